"""A connection to Redis that speaks and hears at once (RESP3), where every microsecond of a round trip counts.

The library takes a connection out of its pool for each command and reads a message in a dozen awaits; here both are
plain calls. A message costs 8 us of CPU to be heard and not 33 (`benchmarks/hearing.py`), a question to the matcher 0.8
of a bare round trip and not 1.4 (`benchmarks/rpc.py`). This file goes when that is no longer so. The library still says
how to connect, and everything else goes through `connections.Door`.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import NamedTuple, Protocol, cast

from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection, Connection, SSLConnection, UnixDomainSocketConnection

from app.errors import HotStoreUnavailable

Told = Callable[[object], None]  # the server's answer to a command, or HotStoreUnavailable

_END = b"\r\n"
_BULK, _LISTS, _MAP, _PUSH, _INTEGER, _ERROR, _NULL = b"$=!", b"*~>", b"%", b">", b":", b"-", b"_"


class Message(NamedTuple):
    """What was said on a channel."""

    channel: str
    body: bytes


class Push(NamedTuple):
    """What the server says without having been asked."""

    parts: list[object]


class Ear(Protocol):
    """Who has a line. Both are called from within the event loop and must not take long."""

    def hear(self, message: Message) -> None: ...

    def lose(self, error: HotStoreUnavailable) -> None:
        """The line is gone, for ever."""
        ...


class Line(asyncio.Protocol):
    """Commands leave as they are given; answers come back in their order, and between them what is heard."""

    def __init__(self, name: str, ear: Ear) -> None:
        self._name = name
        self._ear = ear
        self._unanswered: deque[Told] = deque()
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def send(self, *words: bytes, told: Told) -> None:
        """Give a command; `told` is called once, with its answer or HotStoreUnavailable."""
        if self._transport is None or self._transport.is_closing():
            told(self._gone("the connection is closed"))
            return
        self._unanswered.append(told)
        self._transport.write(command(*words))

    async def ask(self, *words: bytes) -> object:
        """The answer to a command. Raises HotStoreUnavailable, also when it is refused."""
        answered: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self.send(*words, told=lambda answer: None if answered.done() else answered.set_result(answer))
        answer = await answered
        if isinstance(answer, HotStoreUnavailable):
            raise answer
        return answer

    async def prove(self, within: float) -> None:
        """Hear a sign of life within so many seconds, or close and raise HotStoreUnavailable."""
        try:
            async with asyncio.timeout(within):
                await self.ask(b"PING")
        except TimeoutError:
            self.close()
            raise HotStoreUnavailable(f"Redis at {self._name} shows no sign of life") from None

    async def subscribe(self, channel: str, *, is_pattern: bool = False) -> None:
        """Hear what is said there from now on."""
        assert self._transport is not None  # it was opened
        self._transport.write(command(b"PSUBSCRIBE" if is_pattern else b"SUBSCRIBE", channel.encode()))
        await self.ask(b"PING")  # a subscription is confirmed by a push, and refused by an answer: this one's

    def unsubscribe(self, channel: str, *, is_pattern: bool = False) -> None:
        """Hear nothing more of it; what is under way is still heard."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(command(b"PUNSUBSCRIBE" if is_pattern else b"UNSUBSCRIBE", channel.encode()))

    def pause(self) -> None:
        """Leave what is said with the server for now."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()

    def resume(self) -> None:
        """Go on hearing."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def close(self) -> None:
        """Nobody who waits for an answer gets one."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are no subclass of it

    def data_received(self, data: bytes) -> None:
        buffer, at = self._buffer + data if self._buffer else data, 0
        while (found := read_value(buffer, at)) is not None:
            value, at = found
            self._take(value)
        self._buffer = buffer[at:]

    def connection_lost(self, exc: Exception | None) -> None:
        error = self._gone(str(exc or "the connection is closed"))
        while self._unanswered:
            self._unanswered.popleft()(error)
        self._ear.lose(error)

    def _take(self, value: object) -> None:
        if not isinstance(value, Push):
            told = self._unanswered.popleft() if self._unanswered else None
            if told is not None:
                told(self._gone(str(value)) if isinstance(value, Refusal) else value)
        elif value.parts[0] in (b"message", b"pmessage"):
            channel, body = value.parts[-2:]
            if isinstance(channel, bytes) and isinstance(body, bytes):
                self._ear.hear(Message(channel.decode(), body))

    def _gone(self, why: str) -> HotStoreUnavailable:
        return HotStoreUnavailable(f"Redis at {self._name} cannot be used: {why}")


async def open_line(redis: Redis, name: str, ear: Ear) -> Line:
    """A line to the server of this client. Raises OSError and HotStoreUnavailable."""
    given = redis.connection_pool.make_connection()  # type: ignore[no-untyped-call]
    line = Line(name, ear)
    await _connect(given, line)
    try:
        await line.ask(*_greeting(given))
        if given.db:
            await line.ask(b"SELECT", str(given.db).encode())
    except BaseException:
        line.close()
        raise
    return line


async def _connect(given: AbstractConnection, line: Line) -> None:
    loop = asyncio.get_running_loop()
    if isinstance(given, UnixDomainSocketConnection):
        await loop.create_unix_connection(lambda: line, given.path)
    elif isinstance(given, Connection):
        encryption = given.ssl_context.get() if isinstance(given, SSLConnection) else None
        await loop.create_connection(lambda: line, given.host, int(given.port), ssl=encryption)


def _greeting(given: AbstractConnection) -> list[bytes]:
    words = [b"HELLO", b"3"]
    if given.password:
        words += [b"AUTH", (given.username or "default").encode(), str(given.password).encode()]
    return [*words, b"SETNAME", b"crosscourt"]


def command(*words: bytes) -> bytes:
    """A command as the server reads it."""
    return b"*%d\r\n%b" % (len(words), b"".join([b"$%d\r\n%b\r\n" % (len(word), word) for word in words]))


class Refusal(bytes):
    """The server's word for a command it does not obey."""

    def __str__(self) -> str:
        return self.decode(errors="replace")


def read_value(buffer: bytes, at: int) -> tuple[object, int] | None:
    """The value that begins at `at`, and where the next one does; None while it is not all there."""
    end = buffer.find(_END, at)
    if end < 0:
        return None
    kind, said, after = buffer[at : at + 1], buffer[at + 1 : end], end + 2
    if kind in _BULK:
        return _read_bulk(buffer, after, int(said))
    if kind in _LISTS or kind == _MAP:
        found = _read_list(buffer, after, int(said) * (2 if kind == _MAP else 1))
        return found if found is None or kind != _PUSH else (Push(found[0]), found[1])
    if kind == _INTEGER:
        return int(said), after
    if kind == _NULL:
        return None, after
    return Refusal(said) if kind == _ERROR else said, after


def _read_bulk(buffer: bytes, at: int, length: int) -> tuple[bytes | None, int] | None:
    if length < 0:
        return None, at
    end = at + length
    return (buffer[at:end], end + 2) if len(buffer) >= end + 2 else None


def _read_list(buffer: bytes, at: int, length: int) -> tuple[list[object], int] | None:
    values: list[object] = []
    for _ in range(length):
        found = read_value(buffer, at)
        if found is None:
            return None
        value, at = found
        values.append(value)
    return values, at
