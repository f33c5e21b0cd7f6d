"""One connection for whatever channels are wanted at the moment: they are heard and left as people come and go."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from app.errors import HotStoreUnavailable
from app.hot.connections import ANSWER_WITHIN, Door
from app.hot.lines import Line, Message
from app.hot.shelves import Keeper

PROVE_EVERY = 2.0  # seconds; a server that is mute must be noticed before its prices look fresh

Hear = Callable[[Message], None]


class Switchboard:
    """Hands each message to one listener, straight from the socket. A channel with a star in it is a pattern."""

    def __init__(self, door: Door, hear: Hear) -> None:
        self._door = door
        self.hear = hear
        self._line: Line | None = None
        self._lost: asyncio.Future[HotStoreUnavailable] = asyncio.get_running_loop().create_future()

    async def open(self) -> None:
        """Raises HotStoreUnavailable."""
        self._line = await self._door.open_line(self)

    def close(self) -> None:
        if self._line is not None:
            self._line.close()

    async def listen(self, channel: str) -> None:
        """Hear what is said there from now on. Raises HotStoreUnavailable."""
        assert self._line is not None  # it was opened
        await self._line.subscribe(channel, is_pattern="*" in channel)

    def leave(self, channel: str) -> None:
        """Hear it no longer."""
        if self._line is not None:
            self._line.unsubscribe(channel, is_pattern="*" in channel)

    async def hold(self) -> None:
        """Until the connection is lost, or says nothing: raises HotStoreUnavailable then."""
        assert self._line is not None  # it was opened
        while not self._lost.done():
            await asyncio.wait([self._lost], timeout=PROVE_EVERY)
            if not self._lost.done():
                await self._line.prove(ANSWER_WITHIN)
        raise self._lost.result()

    def lose(self, error: HotStoreUnavailable) -> None:
        if not self._lost.done():
            self._lost.set_result(error)


class Switchboards(Keeper):
    """Switchboards as part of the hot state."""

    @asynccontextmanager
    async def open_switchboard(self, hear: Hear) -> AsyncGenerator[Switchboard]:
        """One of one's own, closed at the end. Raises HotStoreUnavailable."""
        board = Switchboard(self._door, hear)
        try:
            await board.open()
            yield board
        finally:
            board.close()
