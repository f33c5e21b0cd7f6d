"""What happened and must not be missed: signals, orders, fills, positions, in one stream for every reader there is.

Updates are numbered without a gap, and each names the one before it on its channel. The numbers begin anew in another
epoch when the stream was lost: emptied, or brought back by a server that does not write down each change. What is
older than the stream's cap is gone; whoever asks for it is told what is missing.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple

from app.errors import HotStoreUnavailable
from app.hot.connections import ANSWER_WITHIN, Door
from app.hot.keys import UPDATES, UPDATES_KEPT, UPDATES_MARKS
from app.hot.lines import Line, Message
from app.hot.shelves import Keeper

LARGEST_PAGE = 500  # updates read at once
LISTENS_FOR = 2.0  # seconds of silence, after which a reader makes sure that the stream is still the same


class Cursor(NamedTuple):
    """A place in the stream. Epoch 0: nothing was ever said."""

    epoch: int  # unix milliseconds of its beginning
    seq: int  # of the last update seen; 0: before the first


class Said(NamedTuple):
    """One update. `before`: the last one on its channel, 0 for the first of an epoch."""

    epoch: int
    seq: int
    channel: str
    before: int
    body: bytes

    @property
    def cursor(self) -> Cursor:
        return Cursor(self.epoch, self.seq)


class Stretch(NamedTuple):
    """What follows a cursor. `missing`: the first and last number that are gone for ever; `newest`: the stream's end.

    With `is_lost` the cursor's epoch is over, or the stream ends before the cursor: some of what was said may be gone.
    What follows is then whatever is left of the epochs since, and the newest one from its first number."""

    updates: Sequence[Said]
    newest: Cursor
    missing: tuple[int, int] | None = None
    is_lost: bool = False


# An epoch goes on over a restart only where each change is written down before it is answered (the append-only file).
_EPOCH = """
local stream, marks = KEYS[1], KEYS[2]
local epoch, seq, lived = unpack(redis.call('HMGET', marks, '@epoch', '@seq', '@run'))
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local is_lost = not epoch or not seq or (seq ~= '0' and redis.call('EXISTS', stream) == 0)
if not is_lost and lived ~= run then
    is_lost = not string.find(redis.call('INFO', 'persistence'), 'aof_enabled:1', 1, true)
end
if not is_lost and ARGV[4] == epoch then is_lost = tonumber(seq) < tonumber(ARGV[5]) end
if is_lost then
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    for _, last in ipairs(redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)) do
        now = math.max(now, tonumber(string.match(last[1], '%d+')) + 1)
    end
    epoch, seq = string.format('%.0f', math.max(now, tonumber(epoch or 0) + 1)), '0'
    redis.call('DEL', marks)
    redis.call('HSET', marks, '@epoch', epoch, '@seq', seq)
end
if lived ~= run or is_lost then redis.call('HSET', marks, '@run', run) end
"""

# the new update's epoch and number, with a dash between; given the last one that whoever speaks knows of: a server that
# was killed while its disk was slow may have lost it
SAY = f"""{_EPOCH}
local before = redis.call('HGET', marks, ARGV[1]) or '0'
local id = epoch .. '-' .. string.format('%.0f', seq + 1)
redis.call('XADD', stream, 'MAXLEN', '~', ARGV[3], id, 'channel', ARGV[1], 'before', before, 'body', ARGV[2])
redis.call('HSET', marks, '@seq', string.format('%.0f', seq + 1), ARGV[1], string.format('%.0f', seq + 1))
return id
"""

# the end of the stream, and where it begins
SPAN = f"""{_EPOCH}
local first = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
return {{epoch .. '-' .. seq, first and first[1] or ''}}
"""

# another epoch with the next update, unless that was done already
RENEW = """
if redis.call('HGET', KEYS[2], '@epoch') ~= ARGV[1] then return 0 end
redis.call('HDEL', KEYS[2], '@seq')
return 1
"""

_PLACES = (UPDATES, UPDATES_MARKS)


class Updates(Keeper):
    """The stream of everything that nobody may miss."""

    def __init__(self, door: Door) -> None:
        super().__init__(door)
        self._newest = Cursor(0, 0)  # that anybody has said or heard here

    async def say_update(self, channel: str, body: bytes, kept: int = UPDATES_KEPT) -> Cursor:
        """Tell every reader, for as long as it is among the last `kept` or so; where it stands. `body`: JSON."""
        said = ("EVAL", SAY, 2, *_PLACES, channel, body, kept, *self._newest)
        (answer,) = await self._door.transact(said)
        self._newest = max(self._newest, _cursor(answer))
        return _cursor(answer)

    async def updates_end(self) -> Cursor:
        """The last update there is: whoever begins here misses nothing from now on."""
        (answer,) = await self._door.transact(("EVAL", SPAN, 2, *_PLACES))
        return _span(answer)[0]

    async def updates_since(self, epoch: int, seq: int, limit: int = LARGEST_PAGE) -> Stretch:
        """The first updates after a cursor, at most `limit`, with no gap among those of one epoch but the `missing`."""
        answers = await self._door.transact(
            ("EVAL", SPAN, 2, *_PLACES), ("XRANGE", UPDATES, f"({epoch}-{seq}", "+", "COUNT", limit)
        )
        end, start = _span(answers[0])
        if epoch > end.epoch or (epoch == end.epoch and seq > end.seq):
            first_page = await self._door.transact(("XRANGE", UPDATES, f"{end.epoch}-0", "+", "COUNT", limit))
            return Stretch(_read_entries(first_page[0]), end, None, is_lost=True)
        is_lost = 0 < epoch < end.epoch
        return Stretch(_read_entries(answers[1]), end, _missing(Cursor(epoch, seq), start), is_lost)

    async def renew_updates(self, epoch: int) -> None:
        """Begin another epoch with the next update: somebody knows that this one has lost what was said."""
        await self._door.run_script(RENEW, list(_PLACES), [str(epoch)])

    @asynccontextmanager
    async def hear_updates(self, after: Cursor) -> AsyncGenerator[AsyncIterator[Stretch]]:
        """Everything after a cursor as it is said, and an empty stretch now and then while nothing is:
        `async with hot.hear_updates(cursor) as heard: async for stretch in heard`. A gap is told as by `updates_since`.
        Raises HotStoreUnavailable when Redis goes away; go on from the last cursor."""
        line = await self._door.open_line(_Deaf())
        try:
            yield self._hear(line, after)
        finally:
            line.close()

    async def _hear(self, line: Line, after: Cursor) -> AsyncIterator[Stretch]:
        while True:
            updates = await _wait_for_more(line, after)
            if updates and _follows(updates[0], after):
                stretch = Stretch(updates, updates[-1].cursor)
            else:  # silence, a gap or another epoch: the slow way says which
                stretch = await self._look_again(after)
            after = stretch.updates[-1].cursor if stretch.updates else stretch.newest
            self._newest = max(self._newest, after)
            yield stretch

    async def _look_again(self, after: Cursor) -> Stretch:
        """A stream that ends before what was heard has lost some of it: its numbers must not be given twice."""
        stretch = await self.updates_since(*after)
        if not stretch.is_lost or stretch.newest.epoch != after.epoch:
            return stretch
        await self.renew_updates(after.epoch)
        return await self.updates_since(*after)


class _Deaf:
    """Nobody speaks on this line without being asked."""

    def hear(self, message: Message) -> None:
        pass

    def lose(self, error: HotStoreUnavailable) -> None:
        pass


async def _wait_for_more(line: Line, after: Cursor) -> list[Said]:
    words = (b"XREAD", b"COUNT", b"%d" % LARGEST_PAGE, b"BLOCK", b"%d" % (LISTENS_FOR * 1000), b"STREAMS")
    try:
        async with asyncio.timeout(LISTENS_FOR + ANSWER_WITHIN):
            answer = await line.ask(*words, UPDATES.encode(), b"%d-%d" % after)
    except TimeoutError:
        raise HotStoreUnavailable("Redis shows no sign of life") from None
    return _read_entries(answer[1]) if isinstance(answer, list) and len(answer) > 1 else []


def _follows(first: Said, after: Cursor) -> bool:
    return first.cursor == Cursor(after.epoch, after.seq + 1)


def _missing(after: Cursor, start: Cursor | None) -> tuple[int, int] | None:
    """What lies between a cursor and the first update that is left."""
    if start is None or start.seq == 1:
        return None
    seen = after.seq if after.epoch == start.epoch else 0
    is_gone = after.epoch <= start.epoch and seen + 1 < start.seq
    return (seen + 1, start.seq - 1) if is_gone else None


def _span(answer: object) -> tuple[Cursor, Cursor | None]:
    assert isinstance(answer, list)  # our own script's
    end, start = answer
    return _cursor(end), _cursor(start) if start else None


def _cursor(written: object) -> Cursor:
    assert isinstance(written, bytes)  # ids of the stream
    epoch, _, seq = written.partition(b"-")
    return Cursor(int(epoch), int(seq))


def _read_entries(entries: object) -> list[Said]:
    """Entries as either client gives them: fields in a dict, or one after the other."""
    assert isinstance(entries, list)
    return [_read_entry(entry[0], entry[1]) for entry in entries]


def _read_entry(name: bytes, fields: dict[bytes, bytes] | list[bytes]) -> Said:
    found = fields if isinstance(fields, dict) else dict(zip(fields[::2], fields[1::2], strict=True))
    epoch, seq = _cursor(name)
    return Said(epoch, seq, found[b"channel"].decode(), int(found[b"before"]), found[b"body"])
