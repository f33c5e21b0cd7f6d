"""One who follows over `/ws`. Whatever can be sent is sent at once, without a task; who is full gets one until it is
empty again, and costs the others nothing meanwhile.

Plain ASGI can only be waited for. Our own server (`app.cli.frames`) offers `PUSH`, which sends at once or not at all;
behind another one every client has its task, and all else is the same.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Final, NamedTuple

from starlette.types import Message, Send

from app.hot.updates import Cursor
from routers.sockets.backlogs import Backlog, Source, TooSlow

STALLED_AFTER = 20.0  # seconds in which nothing could be sent
CLOSES_WITHIN = 5.0  # seconds


PUSH: Final = "crosscourt.push"  # among the extensions of a scope
Push = Callable[[Message], bool]


class Ending(NamedTuple):
    """Why we close. Codes from 4000 on are an application's own."""

    code: int
    reason: str


RESUME: Final = Ending(4008, "too slow: connect again and subscribe with since and epoch")
NO_KEY: Final = Ending(4401, "no key was sent in time, or it is known no longer")
IDLE: Final = Ending(4009, "nothing is followed")
GONE: Final = Ending(1001, "")
AWAY: Final = Ending(1012, "this process ends: connect again and resume")


def as_message(text: str) -> Message:
    """A text as ASGI sends it; one for all who get it."""
    return {"type": "websocket.send", "text": text}


class Client:
    """`after`: the last update it was told, or began at. While `is_resuming` it is told updates by who resumes it."""

    def __init__(
        self,
        send: Send,
        deadline: asyncio.Timeout,
        is_welcome: Callable[[], Awaitable[bool]],
        push: Push | None = None,
    ) -> None:
        """`is_welcome`: asked now and then, for a key may be revoked meanwhile."""
        self._push = push or _never
        self.is_welcome = is_welcome
        self.after = Cursor(0, 0)
        self.is_resuming = False
        self.ending: Ending | None = None
        self._expected_ending = GONE
        self._send = send
        self._deadline = deadline
        self._backlog = Backlog()
        self._draining: asyncio.Task[None] | None = None

    def offer(self, message: Message, source: Source, names: Iterable[str]) -> None:
        """Tell what has changed; if that cannot be sent now, the newest of it is told as soon as anything can."""
        if self._draining is not None or self._backlog.is_ahead(source) or not self._push(message):
            self._backlog.mark(source, names)
            self._drain()

    def tell(self, message: Message) -> None:
        """What must not be dropped. Who lets too much of it wait is let go, to come again and resume."""
        if self._draining is None and self._push(message):
            return
        try:
            self._backlog.add(message["text"])
        except TooSlow:
            self.end(RESUME)
        else:
            self._drain()

    async def say(self, text: str) -> None:
        """The same, by somebody who waits until it is sent."""
        if self.ending is None:
            await self._send_within(text)

    def forget(self, source: Source) -> None:
        """Nothing of it is told any more."""
        self._backlog.forget(source)

    def end(self, ending: Ending) -> None:
        """Let it go: whoever serves it closes."""
        if self.ending is None:
            self.ending = ending
            self._backlog.clear()
            with suppress(RuntimeError):  # it is on its way out
                self._deadline.reschedule(asyncio.get_running_loop().time())

    def would_end(self, ending: Ending) -> None:
        """Why it is closed if its time runs out."""
        self._expected_ending = ending

    async def is_drained(self) -> None:
        """Until nothing waits: who asks more than it listens is not heard."""
        while self._draining is not None:
            await asyncio.wait([self._draining])

    async def close(self) -> None:
        """Say why, if it still listens."""
        if self._draining is not None:
            self._draining.cancel()
            await asyncio.wait([self._draining])
        ending = self.ending or self._expected_ending
        with suppress(OSError, RuntimeError):  # TimeoutError is an OSError
            async with asyncio.timeout(CLOSES_WITHIN):
                await self._send({"type": "websocket.close", "code": ending.code, "reason": ending.reason})

    def _drain(self) -> None:
        if self._draining is None and self.ending is None:
            self._draining = asyncio.create_task(self._tell_what_waits())

    async def _tell_what_waits(self) -> None:
        try:
            while (text := self._backlog.take()) is not None:
                await self._send_within(text)
        finally:
            self._draining = None

    async def _send_within(self, text: str) -> None:
        try:
            async with asyncio.timeout(STALLED_AFTER):
                await self._send(as_message(text))
        except TimeoutError:
            self.end(RESUME)
        except (OSError, RuntimeError):
            self.end(GONE)


def _never(_: Message) -> bool:
    return False
