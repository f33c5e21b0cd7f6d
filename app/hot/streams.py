"""Streams that one consumer reads under one name: what it had taken and not settled when it died comes first when
another begins."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple

from app.errors import HotStoreUnavailable
from app.hot.connections import ANSWER_WITHIN, Door
from app.hot.lines import Line, Message

AT_ONCE = 100  # entries read together
LISTENS_FOR = 1.0  # seconds of silence, after which what was left behind is looked at again


class Entry(NamedTuple):
    """`fields` are empty when the stream's cap took it before it was read."""

    name: str
    fields: Mapping[bytes, bytes]


@asynccontextmanager
async def entries_of(door: Door, stream: str, group: str) -> AsyncGenerator[AsyncIterator[Sequence[Entry]]]:
    """What came and is not settled yet, again and again until it is, then what comes; and nothing now and then, while
    nothing does. Raises HotStoreUnavailable when Redis goes away; enter again."""
    await door.try_each(("XGROUP", "CREATE", stream, group, "0", "MKSTREAM"))  # refused where there is one
    line = await door.open_line(_Deaf())
    try:
        yield _entries(line, stream.encode(), group.encode())
    finally:
        line.close()


async def settle(door: Door, stream: str, group: str, names: Sequence[str]) -> None:
    """Nobody need look at these any more."""
    if names:
        await door.transact(("XACK", stream, group, *names), ("XDEL", stream, *names))


class _Deaf:
    """Nobody speaks on this line without being asked."""

    def hear(self, message: Message) -> None:
        pass

    def lose(self, error: HotStoreUnavailable) -> None:
        pass


async def _entries(line: Line, stream: bytes, group: bytes) -> AsyncIterator[Sequence[Entry]]:
    while True:
        yield await _read(line, stream, group, b"0") or await _read(line, stream, group, b">")


async def _read(line: Line, stream: bytes, group: bytes, after: bytes) -> list[Entry]:
    """What the group had delivered and nobody has settled, after "0"; what is new, after ">", for which it waits."""
    wait = (b"BLOCK", b"%d" % (LISTENS_FOR * 1000)) if after == b">" else ()
    words = (b"XREADGROUP", b"GROUP", group, group, b"COUNT", b"%d" % AT_ONCE, *wait)
    try:
        async with asyncio.timeout(LISTENS_FOR + ANSWER_WITHIN):
            answer = await line.ask(*words, b"STREAMS", stream, after)
    except TimeoutError:
        raise HotStoreUnavailable("Redis shows no sign of life") from None
    found = answer[1] if isinstance(answer, list) and len(answer) > 1 else []
    return [Entry(name.decode(), _fields(words)) for name, words in found]


def _fields(words: list[bytes] | None) -> Mapping[bytes, bytes]:
    return dict(zip(words[::2], words[1::2], strict=True)) if words else {}
