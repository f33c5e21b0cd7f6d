"""Whoever was cut off goes on where it was: no number is missed and none comes twice, whatever happened meanwhile."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

import pytest
from redis.asyncio import Redis

from app.hot.keys import UPDATES, UPDATES_KEPT
from app.hot.quotes import PricesMirror
from app.hot.state import HotState, open_hot_state
from app.settings import Settings
from routers.sockets import backlogs, sequences
from tests.app.history.judged import judged, refused
from tests.routers.sockets.replicas import (
    CHANNEL,
    Follower,
    Json,
    Replica,
    follower,
    now,
    quote,
    replica,
    seqs,
    tell,
)
from tests.servers import Server
from workers.signal_recorder import Recorder

LASTING = ("signals", "orders", "fills", "positions")
CUT_OFF_FOR = 30.0  # seconds


async def say(hot: HotState, count: int, channels: Sequence[str] = LASTING) -> None:
    for number in range(count):
        await hot.say_update(channels[number % len(channels)], b'{"n":%d}' % number)


def assert_whole(updates: Sequence[Json]) -> None:
    """No number is missed and none comes twice; each names the one before it on its channel."""
    assert seqs(updates) == list(range(updates[0]["seq"], updates[0]["seq"] + len(updates)))
    last: dict[str, int] = {}
    for update in updates:
        assert update["before"] == last.get(update["channel"], update["before"])
        last[update["channel"]] = update["seq"]


@pytest.fixture
async def saying(hot: HotState) -> AsyncIterator[HotState]:
    """Something happens all the time."""

    async def keep_saying() -> None:
        while True:
            await say(hot, 4)
            await asyncio.sleep(0.04)  # in half a minute: more than the thousands that a backlog is read in

    task = asyncio.create_task(keep_saying())
    yield hot
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def followed(of: Replica, count: int, since: Json | None = None, *channels: str) -> list[Json]:
    """So many updates over a connection of its own, from where another one ended."""
    cursor = {} if since is None else {"since": since["seq"], "epoch": since["epoch"]}
    async with follower(of) as bot:
        await bot.subscribe(*(channels or LASTING), **cursor)
        return await bot.updates(count)


async def test_who_comes_back_goes_on_where_it_was(api: Replica, saying: HotState) -> None:
    updates = await followed(api, 50)
    for _ in range(5):
        await asyncio.sleep(0.1)
        updates += await followed(api, 50, updates[-1])
    assert_whole(updates)


@pytest.mark.slow
async def test_who_was_cut_off_for_half_a_minute_goes_on_where_it_was(
    api: Replica, saying: HotState, mirror: PricesMirror
) -> None:
    """In real time, with prices beside it: they are shown anew, and never older than they were."""
    async with follower(api) as bot:
        await bot.subscribe(CHANNEL, "signals", "orders", "fills", "positions")
        await tell(mirror, [quote("0.50", now())])
        updates = await bot.updates(100)
        prices = [each for each in bot.heard if each["type"] == "prices"]
    cut_at = time.monotonic()
    while time.monotonic() - cut_at < CUT_OFF_FOR:
        await tell(mirror, [quote(f"0.{10 + int(time.monotonic()) % 80}", now())])
        await asyncio.sleep(0.5)
    async with follower(api) as bot:
        await bot.subscribe(CHANNEL, *LASTING, since=updates[-1]["seq"], epoch=updates[-1]["epoch"])
        live = await bot.next("live")
        more = [each for each in bot.heard if each["type"] == "update"]
        more += await bot.updates(50)
        shown = next(each for each in bot.heard if each["type"] == "prices")
    assert len(more) > 1_000
    assert live["seq"] >= updates[-1]["seq"] + 1_000
    assert_whole(updates + more)
    assert shown["is_snapshot"]
    flushes = [each["flush"] for message in [*prices, shown] for each in message["quotes"]]
    assert flushes == sorted(flushes)


async def test_it_goes_on_across_a_restart_and_at_another_replica(settings: Settings, fresh_redis_url: str) -> None:
    async with open_hot_state(fresh_redis_url) as hot:
        async with replica(settings) as first, replica(settings) as other:
            await say(hot, 10)
            updates = await followed(first, 10, {"seq": 0, "epoch": 0})
            await say(hot, 10)
            updates += await followed(other, 10, updates[-1])
        await say(hot, 10)  # nobody hears it
        async with replica(settings) as again:
            updates += await followed(again, 10, updates[-1])
    assert seqs(updates) == list(range(1, 31))
    assert_whole(updates)


async def test_who_is_connected_is_told_to_come_again_when_a_process_ends(settings: Settings) -> None:
    async with replica(settings) as ending:
        bot = Follower(await ending.connect())
        await bot.subscribe("fills")
    await bot.connection.wait_closed()
    assert bot.connection.close_code == 1012


async def test_one_that_is_ahead_of_its_process_is_told_nothing_twice(
    api: Replica, saying: HotState, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many come back at any moment, in the midst of what is being told to others."""

    async def comes_and_goes() -> list[Json]:
        updates = await followed(api, 20)
        for _ in range(5):
            updates += await followed(api, 20, updates[-1])
        return updates

    for updates in await asyncio.gather(*(comes_and_goes() for _ in range(8))):
        assert_whole(updates)


async def test_channels_are_joined_at_different_places(api: Replica, hot: HotState, bot: Follower) -> None:
    await say(hot, 8, ("fills", "orders"))
    await bot.subscribe("fills")
    await say(hot, 4, ("fills", "orders"))
    assert seqs(await bot.updates(2)) == [9, 11]
    await bot.subscribe("orders", since=4)
    await bot.next("live")
    assert seqs([each for each in bot.heard if each["type"] == "update"][2:]) == [6, 8, 10, 12]
    await say(hot, 2, ("fills", "orders"))
    assert seqs(await bot.updates(2)) == [13, 14]


async def test_a_channel_is_joined_now_while_others_are_followed(api: Replica, saying: HotState, bot: Follower) -> None:
    await bot.subscribe("fills")
    await bot.updates(10)
    told = await bot.subscribe("orders")
    live = await bot.next("live")
    assert live["seq"] >= told["seq"]
    await bot.updates(100)
    for channel in ("fills", "orders"):
        mine = [each for each in bot.heard if each["type"] == "update" and each["channel"] == channel]
        assert [each["before"] for each in mine[1:]] == seqs(mine)[:-1]


async def test_a_signal_that_was_said_while_one_was_away_is_there_when_it_resumes(api: Replica) -> None:
    """As the recorder of any process says it."""
    recorder = Recorder(api.resources)
    async with follower(api) as bot:
        await bot.subscribe("signals")
        recorder.take(judged(1))
        await recorder.end()
        (first,) = await bot.updates(1)
    for number in (2, 3):
        recorder.take(judged(number))
        recorder.take(refused(10 + number))
    await recorder.end()
    missed = await followed(api, 2, first, "signals")
    assert_whole([first, *missed])
    assert [update["data"]["id"] for update in (first, *missed)] == ["a-1", "a-2", "a-3"]
    assert missed[0]["data"]["legs"][0]["limit"] == "0.4600"


async def test_what_is_followed_no_longer_is_not_told(hot: HotState, bot: Follower) -> None:
    await bot.subscribe("fills", "orders")
    await bot.send(op="unsubscribe", channels=["fills"], id=3)
    answer = await bot.next("unsubscribed")
    assert (answer["id"], answer["channels"]) == (3, ["orders"])
    await say(hot, 2, ("fills", "orders"))
    assert seqs(await bot.updates(1)) == [2]


async def test_who_follows_little_is_told_how_far_the_numbers_are(hot: HotState, bot: Follower) -> None:
    subscribed = await bot.subscribe("positions")
    await say(hot, 20, ("fills",))
    cursor = await bot.next("cursor")
    assert (cursor["epoch"], cursor["seq"] > subscribed["seq"]) == (subscribed["epoch"], True)


async def test_what_the_stream_keeps_no_longer_is_named(
    api: Replica, hot: HotState, fresh_redis_url: str, bot: Follower
) -> None:
    await say(hot, 300)
    async with Redis.from_url(fresh_redis_url) as redis:
        await redis.xtrim(UPDATES, maxlen=100, approximate=False)
    await bot.subscribe(*LASTING, since=10)
    missing = await bot.next("missing")
    assert (missing["first"], missing["last"]) == (11, 200)
    assert missing["remedy"]
    assert seqs(await bot.updates(100)) == list(range(201, 301))
    assert UPDATES_KEPT > 300


async def test_a_lost_stream_is_another_epoch_for_who_is_there_and_for_who_comes_back(
    api: Replica, hot: HotState, fresh_redis_url: str, bot: Follower
) -> None:
    was = await bot.subscribe(*LASTING)
    await say(hot, 5)
    last = (await bot.updates(5))[-1]
    async with Redis.from_url(fresh_redis_url) as redis:
        await redis.delete(UPDATES)
    await say(hot, 3)
    told = await bot.next("epoch")
    assert (told["was"], told["epoch"] > was["epoch"], bool(told["remedy"])) == (was["epoch"], True, True)
    assert [(each["epoch"], each["seq"]) for each in await bot.updates(3)] == [(told["epoch"], n) for n in (1, 2, 3)]
    async with follower(api) as back:
        await back.subscribe(*LASTING, since=last["seq"], epoch=last["epoch"])
        again = await back.next("epoch")
        assert (again["was"], again["epoch"]) == (was["epoch"], told["epoch"])
        assert seqs(await back.updates(3)) == [1, 2, 3]


async def test_a_long_backlog_comes_in_order_while_more_is_said(api: Replica, saying: HotState, hot: HotState) -> None:
    await say(hot, 1_500)
    updates = await followed(api, 1_600, {"seq": 0, "epoch": 0})
    assert_whole(updates)


async def test_who_cannot_keep_up_with_updates_is_closed_and_goes_on_later(
    api: Replica, hot: HotState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlogs, "MOST_LINES", 50)
    body = b'{"text":"' + b"x" * 60_000 + b'"}'
    async with follower(api, max_queue=1) as bot:
        start = await bot.subscribe("fills")
        for _ in range(400):
            await hot.say_update("fills", body)
        updates: list[Json] = []
        with suppress(Exception):
            while True:
                updates += await bot.updates(1)
        assert (bot.connection.close_code, "resume" in (bot.connection.close_reason or "")) == (4008, True) or updates
    assert bot.connection.close_code == 4008
    last = updates[-1] if updates else start
    updates += await followed(api, 400 - len(updates), last, "fills")
    assert_whole(updates)


async def test_redis_goes_and_comes_back_without_a_hole(
    own_redis: Replica, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequences, "TRIES_EVERY", 0.05)
    hot = own_redis.resources.hot
    async with follower(own_redis) as bot:
        await bot.subscribe(*LASTING)
        await say(hot, 4)
        updates = await bot.updates(4)
        server.write_down()
        server.stop()
        interrupted = await bot.next("interrupted")
        assert "REDIS" in interrupted["message"].upper()
        assert interrupted["remedy"]
        server.start()
        await say(hot, 4)
        await bot.next("restored")
        await say(hot, 4)
        seen = [each for each in bot.heard if each["type"] == "update"]
        seen += await bot.updates(12 - len(seen))
    assert_whole(seen)
    assert updates == seen[:4]


async def test_what_a_killed_redis_had_not_written_down_is_another_epoch(
    own_redis: Replica, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its number is never given again, also by who has not heard of it: this process has."""
    monkeypatch.setattr(sequences, "TRIES_EVERY", 0.05)
    async with follower(own_redis) as bot, open_hot_state(server.url) as other:
        was = await bot.subscribe(*LASTING)
        await say(other, 4)
        await bot.updates(4)
        server.write_down()
        server.stop()
        server.lose_the_last_change()
        server.start()
        await say(own_redis.resources.hot, 4)
        told = await bot.next("epoch")
        assert (told["was"], told["epoch"] > was["epoch"]) == (was["epoch"], True)
        assert [(each["epoch"], each["seq"]) for each in await bot.updates(4)] == [
            (told["epoch"], number) for number in (1, 2, 3, 4)
        ]
