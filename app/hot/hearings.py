"""What is said on many channels, by a pattern: one connection, and no message waits for the one before it."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from app.errors import HotStoreUnavailable
from app.hot.connections import ANSWER_WITHIN, PROVE_AFTER, Door
from app.hot.lines import Line, Message

MOST_HEARD = 10_000  # messages that nobody has taken yet; more are left with the server until these are


class Hearing:
    """The messages of every channel that a pattern names, in their order."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._line: Line | None = None
        self._heard: deque[Message] = deque()
        self._news = asyncio.Event()
        self._lost: HotStoreUnavailable | None = None
        self._is_paused = False

    async def open(self, *patterns: str) -> None:
        """Subscribe. Raises HotStoreUnavailable."""
        self._line = await self._door.open_line(self)
        for pattern in patterns:
            await self._line.subscribe(pattern, is_pattern=True)

    def close(self) -> None:
        if self._line is not None:
            self._line.close()

    async def messages(self) -> AsyncIterator[Message]:
        """Without end. Raises HotStoreUnavailable when the connection is lost: what was said meanwhile nobody knows, so
        whoever listens looks at the keys again."""
        while True:
            while self._heard:
                yield self._heard.popleft()
            if self._lost is not None:
                raise self._lost
            self._go_on()
            await self._wait()

    def hear(self, message: Message) -> None:
        self._heard.append(message)
        self._news.set()
        if len(self._heard) >= MOST_HEARD and not self._is_paused and self._line is not None:
            self._line.pause()
            self._is_paused = True

    def lose(self, error: HotStoreUnavailable) -> None:
        self._lost = error
        self._news.set()

    def _go_on(self) -> None:
        if self._is_paused and self._line is not None:
            self._line.resume()
            self._is_paused = False

    async def _wait(self) -> None:
        """For a message; after silence, for a proof that the server is still there."""
        self._news.clear()
        try:
            async with asyncio.timeout(PROVE_AFTER):
                await self._news.wait()
        except TimeoutError:
            await self._prove()

    async def _prove(self) -> None:
        assert self._line is not None  # it was opened
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                await self._line.ask(b"PING")
        except TimeoutError:
            self._line.close()
            raise HotStoreUnavailable(f"Redis at {self._door.name} shows no sign of life") from None


@asynccontextmanager
async def hearing(door: Door, *patterns: str) -> AsyncGenerator[AsyncIterator[Message]]:
    """What is said from the moment of entering on channels of these patterns. Raises HotStoreUnavailable."""
    heard = Hearing(door)
    try:
        await heard.open(*patterns)
        yield heard.messages()
    finally:
        heard.close()
