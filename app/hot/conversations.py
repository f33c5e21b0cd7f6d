"""The two ends of the team-matching RPC: one asks, any number answer (`rpc.py` says in which words)."""

import asyncio
import itertools
import secrets
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress

from app.domain.questions import MatchRequest
from app.errors import HotStoreUnavailable, MatchingUnavailable
from app.hot.connections import ANSWER_WITHIN, Door
from app.hot.keys import MATCH_REQUESTS, match_response_channel
from app.hot.lines import Line, Message, Told
from app.hot.rpc import Call, encode_call, encode_reply
from app.hot.shelves import Keeper

MOST_WAITING = 1_000  # requests heard and not yet taken; more are left with the server until these are

_ASKED = MATCH_REQUESTS.encode()


class MatchCaller:
    """Asks. One subscription hears the answers to all that is asked, however much of it at once."""

    def __init__(self) -> None:
        name = secrets.token_hex(8)
        self.channels = match_response_channel(f"{name}:*")
        self._ids = (f"{name}:{number}" for number in itertools.count(1))
        self._waiting: dict[str, asyncio.Future[bytes]] = {}  # by the channel of the answer
        self._line: Line | None = None

    @property
    def is_open(self) -> bool:
        return self._line is not None and self._line.is_open

    async def open(self, door: Door) -> None:
        """Subscribe, before anything is asked. Raises HotStoreUnavailable."""
        self._line = await door.open_line(self)
        await self._line.subscribe(self.channels, is_pattern=True)

    def close(self) -> None:
        """Whoever waits gets HotStoreUnavailable."""
        if self._line is not None:
            self._line.close()

    async def ask(self, asked: Sequence[MatchRequest]) -> bytes:
        """The reply that comes first. Raises MatchingUnavailable when nobody listens, and HotStoreUnavailable; waits
        without end for who listens and says nothing."""
        assert self._line is not None  # it was opened
        request_id = next(self._ids)
        channel = match_response_channel(request_id)
        reply: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiting[channel] = reply
        try:
            question = encode_call(request_id, asked)
            self._line.send(b"PUBLISH", _ASKED, question, told=lambda heard_by: _unless_heard(reply, heard_by))
            return await reply
        finally:
            del self._waiting[channel]

    def hear(self, message: Message) -> None:
        reply = self._waiting.get(message.channel)
        if reply is not None and not reply.done():  # another may have answered first
            reply.set_result(message.body)

    def lose(self, error: HotStoreUnavailable) -> None:
        for reply in self._waiting.values():
            _unless_heard(reply, error)


def _unless_heard(reply: asyncio.Future[bytes], heard_by: object) -> None:
    """A question that nobody has heard has no answer to wait for."""
    if reply.done():
        return
    if isinstance(heard_by, HotStoreUnavailable):
        reply.set_exception(heard_by)
    elif heard_by == 0:
        reply.set_exception(MatchingUnavailable(f"nobody listens to {MATCH_REQUESTS}; is the team_matching worker up?"))


class MatchDesk:
    """Answers. Hears every request from the moment it is opened."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._line: Line | None = None
        self._heard: deque[bytes] = deque()
        self._news = asyncio.Event()
        self._is_paused = False

    async def open(self) -> None:
        """Subscribe. Raises HotStoreUnavailable."""
        self._line = await self._door.open_line(self)
        await self._line.subscribe(MATCH_REQUESTS)

    def close(self) -> None:
        """What is not answered by now never is."""
        if self._line is not None:
            self._line.close()

    async def next(self, within: float) -> bytes | None:
        """The next request, or None when there was none for so many seconds. Over a short absence of Redis it goes on;
        raises HotStoreUnavailable after a longer one."""
        if not self._heard:
            self._go_on()
            await self._wait(within)
        return self._heard.popleft() if self._heard else None

    def reply(self, call: Call, answers: Sequence[bytes], told: Told) -> None:
        """Say what its questions are answered with; `told`: how many have heard it, or HotStoreUnavailable."""
        assert self._line is not None  # it was opened
        channel = match_response_channel(str(call.request_id)).encode()
        self._line.send(b"PUBLISH", channel, encode_reply(call, answers), told=told)

    def hear(self, message: Message) -> None:
        self._heard.append(message.body)
        self._news.set()
        if len(self._heard) >= MOST_WAITING and not self._is_paused and self._line is not None:
            self._line.pause()
            self._is_paused = True

    def lose(self, error: HotStoreUnavailable) -> None:
        self._news.set()  # whoever waits looks again

    def _go_on(self) -> None:
        if self._is_paused and self._line is not None:
            self._line.resume()
            self._is_paused = False

    async def _wait(self, within: float) -> None:
        """For a request; after silence, for a proof that the server is still there."""
        self._news.clear()
        if self._line is None or not self._line.is_open:
            await self.open()
        assert self._line is not None
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._news.wait()
                return
        await self._line.prove(ANSWER_WITHIN)


class MatchCalls(Keeper):
    """The desk as part of the hot state."""

    @asynccontextmanager
    async def match_desk(self) -> AsyncGenerator[MatchDesk]:
        """A desk that hears every request from now on. Raises HotStoreUnavailable."""
        desk = MatchDesk(self._door)
        try:
            await desk.open()
            yield desk
        finally:
            desk.close()
