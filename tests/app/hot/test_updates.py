"""Nothing that was said is missed in silence, whatever becomes of the reader, the stream or the server."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

import pytest
from redis.asyncio import Redis

from app.errors import HotStoreUnavailable
from app.hot.keys import UPDATES, UPDATES_MARKS
from app.hot.state import HotState, open_hot_state
from app.hot.updates import Cursor, Said, Stretch
from tests.servers import Server

START = Cursor(0, 0)


async def say(hot: HotState, count: int, channel: str = "fills") -> list[Cursor]:
    return [await hot.say_update(channel, b'{"n":%d}' % n) for n in range(count)]


async def empty(url: str) -> None:
    async with Redis.from_url(url) as redis:
        await redis.delete(UPDATES)


async def hear(heard: AsyncIterator[Stretch], count: int) -> list[Said]:
    """As many updates as that."""
    updates: list[Said] = []
    async with asyncio.timeout(20):
        while len(updates) < count:
            updates += (await anext(heard)).updates
    return updates


def seqs(updates: Sequence[Said]) -> list[int]:
    return [said.seq for said in updates]


async def test_updates_are_numbered_without_a_gap_by_however_many_say_them(hot: HotState, fresh_redis_url: str) -> None:
    async with open_hot_state(fresh_redis_url) as other:
        await asyncio.gather(*(say(each, 50, channel) for each in (hot, other) for channel in ("fills", "orders")))
    told = (await hot.updates_since(*START)).updates
    assert seqs(told) == list(range(1, 201))
    for channel in ("fills", "orders"):
        mine = [said for said in told if said.channel == channel]
        assert [said.before for said in mine] == [0, *seqs(mine)[:-1]]
    assert await hot.updates_end() == told[-1].cursor


async def test_a_reader_goes_on_after_its_cursor_page_by_page(hot: HotState) -> None:
    said = await say(hot, 7)
    page = await hot.updates_since(*said[1], 3)
    assert (seqs(page.updates), page.newest, page.missing, page.is_lost) == ([3, 4, 5], said[-1], None, False)
    assert page.updates[0] == Said(said[0].epoch, 3, "fills", 2, b'{"n":2}')
    assert seqs((await hot.updates_since(*page.updates[-1].cursor)).updates) == [6, 7]
    assert (await hot.updates_since(*said[-1])).updates == []


async def test_what_is_older_than_the_cap_is_named_as_missing(hot: HotState) -> None:
    said = await say(hot, 5)
    for n in range(400):
        await hot.say_update("fills", b"%d" % n, 100)
    left = await hot.updates_since(*said[-1])
    first = left.updates[0].seq
    assert first > 6
    assert left.missing == (6, first - 1)
    assert (await hot.updates_since(*START)).missing == (1, first - 1)
    assert (await hot.updates_since(said[0].epoch, first - 1)).missing is None
    assert seqs(left.updates) == list(range(first, 406))


async def test_a_lost_stream_begins_another_epoch_and_says_so(hot: HotState, fresh_redis_url: str) -> None:
    before = (await say(hot, 3))[-1]
    await empty(fresh_redis_url)
    after = (await say(hot, 2))[-1]
    assert after.epoch > before.epoch
    told = await hot.updates_since(*before)
    assert (seqs(told.updates), told.newest, told.is_lost) == ([1, 2], after, True)
    assert told.updates[0].before == 0


async def test_a_lost_stream_is_noticed_before_anything_is_said_again(hot: HotState, fresh_redis_url: str) -> None:
    before = (await say(hot, 3))[-1]
    await empty(fresh_redis_url)
    told = await hot.updates_since(*before)
    assert (told.updates, told.newest.seq, told.is_lost) == ([], 0, True)
    assert (await hot.say_update("fills", b"{}")).epoch == told.newest.epoch


@pytest.mark.parametrize("ahead", [Cursor(1, 99), Cursor(2**45, 1)])
async def test_a_cursor_beyond_the_stream_is_lost(hot: HotState, ahead: Cursor) -> None:
    end = (await say(hot, 3))[-1]
    asked = ahead if ahead.epoch > 1 else Cursor(end.epoch, ahead.seq)
    told = await hot.updates_since(*asked)
    assert (seqs(told.updates), told.newest, told.is_lost) == ([1, 2, 3], end, True)


async def test_hearing_goes_on_from_a_cursor_and_then_with_what_is_said(hot: HotState) -> None:
    said = await say(hot, 4)
    async with hot.hear_updates(said[1]) as heard:
        assert seqs(await hear(heard, 2)) == [3, 4]
        await say(hot, 700, "orders")  # more than one page
        assert seqs(await hear(heard, 700)) == list(range(5, 705))


async def test_who_hears_is_told_of_a_lost_stream(hot: HotState, fresh_redis_url: str) -> None:
    end = (await say(hot, 2))[-1]
    async with hot.hear_updates(end) as heard:
        await empty(fresh_redis_url)
        fresh = await hot.say_update("fills", b"{}")
        async with asyncio.timeout(20):
            stretch = await anext(heard)
        assert (seqs(stretch.updates), stretch.newest, stretch.is_lost) == ([1], fresh, True)
        await hot.say_update("fills", b"{}")
        assert seqs(await hear(heard, 1)) == [2]


async def test_who_hears_is_told_of_what_the_cap_took_before_it_came(hot: HotState) -> None:
    start = (await say(hot, 1))[-1]
    for n in range(400):
        await hot.say_update("fills", b"%d" % n, 100)
    async with hot.hear_updates(start) as heard:
        stretch = await anext(heard)
    assert stretch.missing == (2, stretch.updates[0].seq - 1)


async def test_a_number_that_a_reader_has_heard_is_never_given_again(
    hot: HotState, monkeypatch: pytest.MonkeyPatch
) -> None:
    end = (await say(hot, 2))[-1]
    monkeypatch.setattr("app.hot.updates.LISTENS_FOR", 0.05)
    async with hot.hear_updates(Cursor(end.epoch, 9)) as heard:  # what came after 2 was lost by the server
        async with asyncio.timeout(20):
            stretch = await anext(heard)
    assert stretch.is_lost
    assert stretch.newest == (await hot.updates_end())
    assert (stretch.newest.epoch > end.epoch, stretch.newest.seq) == (True, 0)


async def test_the_epoch_outlives_a_server_that_writes_each_change_down(server: Server) -> None:
    async with open_hot_state(server.url) as hot:
        before = (await say(hot, 3))[-1]
        server.write_down()
        server.stop()
        server.start()
        assert await hot.say_update("fills", b"{}") == Cursor(before.epoch, 4)
        assert seqs((await hot.updates_since(before.epoch, 2)).updates) == [3, 4]


async def test_another_epoch_begins_where_the_last_update_was_lost(server: Server) -> None:
    async with open_hot_state(server.url) as hot, Redis.from_url(server.url) as redis:
        before = (await say(hot, 3))[-1]
        await redis.hset(UPDATES_MARKS, "@seq", "1")  # as a killed server finds it whose disk was behind
        await redis.xtrim(UPDATES, maxlen=1)
        after = await hot.say_update("fills", b"{}")
    assert (after.epoch > before.epoch, after.seq) == (True, 1)


async def test_another_epoch_begins_after_a_server_that_does_not(server: Server) -> None:
    server.stop()
    server.start("--appendonly", "no")
    async with open_hot_state(server.url) as hot:
        before = (await say(hot, 3))[-1]
        async with Redis.from_url(server.url) as redis:
            await redis.save()
        await say(hot, 2)  # which nobody will know
        server.stop()
        server.start("--appendonly", "no")
        after = await hot.say_update("fills", b"{}")
        assert (after.epoch > before.epoch, after.seq) == (True, 1)
        told = await hot.updates_since(before.epoch, 2)
        assert ([said.cursor for said in told.updates], told.is_lost) == ([before, after], True)


async def test_a_reader_whose_server_goes_is_told_and_goes_on_later(server: Server) -> None:
    async with open_hot_state(server.url) as hot:
        end = (await say(hot, 2))[-1]
        async with hot.hear_updates(end) as heard, asyncio.timeout(20):
            asyncio.get_running_loop().call_later(0.1, server.stop)
            with pytest.raises(HotStoreUnavailable):
                await anext(heard)
        server.start()
        await say(hot, 1)
        async with hot.hear_updates(end) as heard:
            assert seqs(await hear(heard, 1)) == [3]


async def test_silence_leaves_the_cursor_where_it_is(hot: HotState, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.hot.updates.LISTENS_FOR", 0.05)
    end = (await say(hot, 1))[-1]
    async with hot.hear_updates(end) as heard:
        assert await anext(heard) == Stretch([], end)
        with suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                assert seqs(await hear(heard, 1)) == []
