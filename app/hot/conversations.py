"""The two ends of the team-matching RPC: one asks, any number answer (`rpc.py` says in which words)."""

import asyncio
import itertools
import secrets
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from app.domain.questions import MatchRequest
from app.errors import HotStoreUnavailable, MatchingUnavailable
from app.hot.connections import Door, Hearing, Message
from app.hot.keys import MATCH_REQUESTS, match_response_channel
from app.hot.outboxes import Outbox, Told
from app.hot.rpc import Call, encode_call, encode_reply
from app.hot.shelves import Keeper


class MatchCaller:
    """Asks. One subscription hears the answers to all that is asked, however much of it at once."""

    def __init__(self, heard: Hearing, outbox: Outbox, name: str) -> None:
        self._heard = heard
        self._outbox = outbox
        self._ids = (f"{name}:{number}" for number in itertools.count(1))
        self._waiting: dict[str, asyncio.Future[bytes]] = {}  # by the channel of the answer
        self.is_hearing = True

    async def ask(self, asked: Sequence[MatchRequest]) -> bytes:
        """The reply that comes first. Raises MatchingUnavailable when nobody listens, and HotStoreUnavailable; waits
        without end for who listens and says nothing."""
        request_id = next(self._ids)
        channel = match_response_channel(request_id)
        reply: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiting[channel] = reply
        try:
            request = Message(MATCH_REQUESTS, encode_call(request_id, asked))
            self._outbox.put(request, lambda heard_by: _unless_heard(reply, heard_by))
            return await reply
        finally:
            del self._waiting[channel]

    async def hear(self) -> None:
        """Bring replies to those that wait for them; when Redis is away nobody waits any longer, and it ends."""
        try:
            while True:
                message = await self._heard.next()
                reply = None if message is None else self._waiting.get(message.channel)
                if message is not None and reply is not None and not reply.done():  # another may have answered first
                    reply.set_result(message.body)
        except HotStoreUnavailable as error:
            for waiting in self._waiting.values():
                _unless_heard(waiting, error)
        finally:
            self.is_hearing = False


def _unless_heard(reply: asyncio.Future[bytes], heard_by: int | HotStoreUnavailable) -> None:
    """A question that nobody has heard has no answer to wait for."""
    if reply.done():
        return
    if isinstance(heard_by, HotStoreUnavailable):
        reply.set_exception(heard_by)
    elif heard_by == 0:
        reply.set_exception(
            MatchingUnavailable("nobody listens to team:match:request; is the team_matching worker up?")
        )


@asynccontextmanager
async def open_match_caller(door: Door) -> AsyncGenerator[MatchCaller]:
    """Subscribed before anything is asked. Raises HotStoreUnavailable."""
    name, outbox = secrets.token_hex(8), Outbox(door)
    async with door.hearing(match_response_channel(f"{name}:*"), is_pattern=True) as heard:
        caller = MatchCaller(heard, outbox, name)
        hearing = asyncio.create_task(caller.hear())
        try:
            yield caller
        finally:
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)
            await outbox.close()


class MatchDesk:
    """Answers. Hears every request from the moment it is opened."""

    def __init__(self, heard: Hearing, outbox: Outbox) -> None:
        self._heard = heard
        self._outbox = outbox

    async def next(self, within: float) -> bytes | None:
        """The next request, or None when there was none for about so many seconds. Raises HotStoreUnavailable."""
        message = await self._heard.next(within)
        return None if message is None else message.body

    def reply(self, call: Call, answers: Sequence[bytes], told: Told) -> None:
        """Say what its questions are answered with, soon."""
        channel = match_response_channel(str(call.request_id))
        self._outbox.put(Message(channel, encode_reply(call, answers)), told)


class MatchCalls(Keeper):
    """The desk as part of the hot state."""

    @asynccontextmanager
    async def match_desk(self) -> AsyncGenerator[MatchDesk]:
        """A desk that hears every request from now on."""
        outbox = Outbox(self._door)
        try:
            async with self._door.hearing(MATCH_REQUESTS) as heard:
                yield MatchDesk(heard, outbox)
        finally:
            await outbox.close()
