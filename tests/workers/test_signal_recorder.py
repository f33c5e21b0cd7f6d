"""What the core decides reaches Postgres and everybody who follows, whatever is away meanwhile."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import msgspec
import pytest

from app.domain.decisions import Decision
from app.domain.prices import SECOND, Nanos
from app.domain.signals import Judged
from app.errors import HistoryUnavailable
from app.history.database import Database
from app.history.signals import OFFERED, Wanted, count_signals, find_signal, list_signals
from app.hot.signals import joined
from app.hot.state import open_hot_state
from app.hot.updates import Cursor, Said
from app.resources import Resources
from tests.app.history.judged import funnel, judged, refused
from tests.servers import Server
from tests.workers.bots import until
from tests.workers.shards import working
from tests.workers.worlds import World
from workers import outboxes
from workers import signal_recorder as recording
from workers.signal_recorder import Recorder, signal_recorder


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outboxes, "TRIES_EVERY", 0.02)
    monkeypatch.setattr(recording, "EVERY", 0.05)


@asynccontextmanager
async def recording_of(resources: Resources) -> AsyncIterator[None]:
    async with working(signal_recorder, resources) as rounds:
        await until(lambda: bool(rounds))
        yield


def decide(resources: Resources, *decisions: Decision) -> None:
    """As the core does."""
    resources.intake._hand_on(decisions)


def living(*told: Judged, resources: Resources) -> Sequence[Judged]:
    """The same, not expired yet by this process's clock."""
    soon = Nanos(resources.intake.now() + 60 * SECOND)
    return [msgspec.structs.replace(x, signal=msgspec.structs.replace(x.signal, expires_at=soon)) for x in told]


async def written(world: World, **wanted: str) -> list[str]:
    asked = msgspec.structs.replace(Wanted(), **wanted)
    return [row.id for row in await list_signals(world.resources.history, asked)]


async def said(world: World) -> list[Said]:
    return list((await world.hot.updates_since(0, 0)).updates)


async def test_a_signal_that_was_kept_is_written_and_told(world: World) -> None:
    async with recording_of(world.resources):
        decide(world.resources, judged(1), refused(2), judged(3))
        await until(lambda: _counts(world, 3))
        (one, other) = await said(world)
    assert (one.channel, other.before) == ("signals", one.seq)
    told = msgspec.json.decode(one.body)
    assert (told["id"], told["cost"], told["profit"], told["simulated"]) == ("a-1", "57.6", "0.6", False)
    found = await find_signal(world.resources.history, "a-2")
    assert found is not None
    assert (found.judged, found.world) == (refused(2), "real")


async def _counts(world: World, rows: int) -> bool:
    return len(await written(world)) == rows and len(await said(world)) == 2


async def test_in_the_sandbox_everything_says_that_it_is_simulated(world: World) -> None:
    simulated = world.process(simulation={"clock_url": "http://localhost/clock"})
    async with recording_of(simulated):
        decide(simulated, judged(1))
        await until(lambda: said(world))
    update, *_ = await said(world)  # its end may be told meanwhile
    assert msgspec.json.decode(update.body)["simulated"] is True
    found = await find_signal(world.resources.history, "a-1")
    assert found is not None
    assert found.world == "simulated"


async def test_without_the_last_word_it_is_offered_and_told_to_nobody(world: World) -> None:
    resources = world.resources
    offered, late = *living(judged(1, is_final=False), resources=resources), judged(2, is_final=False)
    async with recording_of(resources):
        decide(resources, offered, late)
        async with world.hot.hear_offers() as heard:
            found = [offer.signal async for offer in _first(heard)]
        await until(lambda: _has(world, 2))
    assert found == [offered.signal]  # the other one was too late for anybody
    assert await said(world) == []
    assert await written(world, reason=OFFERED) == ["a-2", "a-1"]


async def _first(heard):  # type: ignore[no-untyped-def]
    async for offers in heard:
        for offer in offers:
            yield offer
        if offers:
            return


async def _has(world: World, rows: int) -> bool:
    return len(await written(world)) == rows


async def test_refusals_that_are_all_alike_are_sampled_and_counted(world: World) -> None:
    async with working(signal_recorder, world.resources) as rounds:
        await until(lambda: bool(rounds))
        decide(world.resources, *(refused(number, found_at=judged(1).at) for number in range(20)), judged(99))
        await until(lambda: _has(world, 3))
        await until(lambda: rounds[-1].counts["left_out_in_all"] == 18)
    found = [(each.counts["found"], each.counts["sent"], each.counts["refused"]) for each in rounds]
    assert [sum(column) for column in zip(*found, strict=True)] == [21, 1, 20]


async def test_what_is_kept_waits_for_redis_and_comes_in_its_order(server: Server, fresh_database_url: str) -> None:
    history = Database(fresh_database_url, pool_size=2)
    async with open_hot_state(server.url) as hot:
        await hot.ping()
        world = World(hot, history)
        async with working(signal_recorder, world.resources) as rounds:
            await until(lambda: bool(rounds))
            decide(world.resources, judged(1))
            await until(lambda: said(world))
            server.stop()
            decide(world.resources, *(judged(number) for number in range(2, 30)))
            await until(lambda: _has(world, 29))  # Postgres is there
            await until(lambda: any("updates of signals wait" in words for words in rounds[-1].standing))
            server.socket.unlink(missing_ok=True)
            server.start()
            await until(lambda: _told(world, 29))
        told = [msgspec.json.decode(each.body)["id"] for each in await said(world)]
    assert list(dict.fromkeys(told)) == [f"a-{number}" for number in range(1, 30)]
    await history.close()


async def _told(world: World, count: int) -> bool:
    return len({each.body for each in await said(world)}) == count


async def test_what_is_kept_waits_for_postgres(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    is_away, write = True, recording.write_signals

    async def away(*given):  # type: ignore[no-untyped-def]
        if is_away:
            raise HistoryUnavailable("away")
        return await write(*given)

    monkeypatch.setattr(recording, "write_signals", away)
    async with working(signal_recorder, world.resources) as rounds:
        await until(lambda: bool(rounds))
        decide(world.resources, *(judged(number) for number in range(60)))
        await until(lambda: "60 kept signals wait" in rounds[-1].trouble)
        await until(lambda: _told(world, 60))  # who follows is told all the same
        is_away = False
        await until(lambda: _has(world, 60))
        await until(lambda: rounds[-1].trouble == "" and rounds[-1].counts["waiting"] == 0)


async def test_what_was_decided_in_the_last_moment_is_written_all_the_same(world: World) -> None:
    async with recording_of(world.resources):
        decide(world.resources, *(judged(number) for number in range(120)), refused(200))
    assert await count_signals(world.resources.history, Wanted()) == 121
    assert await _told(world, 120)  # one that was under way may come twice


async def test_too_many_that_wait_lose_the_oldest_aloud(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(recording, "MOST_KEPT", 5)
    recorder = Recorder(world.resources)
    for number in range(8):
        recorder.take(judged(number))
    done = await recorder.round()
    assert (done.counts["sent"], done.counts["lost_in_all"], done.counts["waiting"]) == (8, 6, 10)
    assert {record.message for record in caplog.records if record.levelno >= logging.ERROR} == {"lost"}


async def test_the_funnel_is_told_while_the_process_lives(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    other = world.process()
    for resources, count in ((world.resources, 3), (other, 4)):
        monkeypatch.setattr(resources.intake.pipeline, "funnel", lambda count=count: funnel(count))
    async with recording_of(world.resources), recording_of(other):
        whole = joined(await world.hot.funnels())
        assert whole is not None
        assert [(stop.reason, stop.count) for stop in whole.stops] == [("stale", 7), ("no_edge", 14), ("sent", 2)]
    assert await world.hot.funnels() == []


async def test_the_funnel_is_one_line_of_the_log_a_minute(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(world.resources.intake.pipeline, "funnel", lambda: funnel(3))
    monkeypatch.setattr(world.resources.intake, "now", lambda: round(world.now.timestamp()) * SECOND)
    recorder = Recorder(world.resources)
    for _ in range(181):
        await recorder.round()
        world.pass_time(1)
    lines = [record for record in caplog.records if record.message == "funnel"]
    assert len(lines) == 3
    assert vars(lines[-1]) | {
        "games": 4,
        "games_linked": 2,
        "combinations": 7,
        "let_go_fresh": {"stale": 3},
        "let_go_edge": {"no_edge": 6},
        "sent": 1,
        "standing": {"fresh": 1, "edge": 2},
        "nearest": "fresh: stale; polymarket is 3.1 s old (game 401810001, kalshi:KX-BOS:yes + polymarket:71321)",
    } == vars(lines[-1])


async def test_the_channel_goes_on_where_a_reader_left_it(world: World) -> None:
    async with recording_of(world.resources):
        decide(world.resources, judged(1))
        await until(lambda: said(world))
        (first,) = await said(world)
        decide(world.resources, judged(2))
        await asyncio.sleep(0.1)
    left = await world.hot.updates_since(*Cursor(first.epoch, first.seq))
    assert [msgspec.json.decode(each.body)["id"] for each in left.updates] == ["a-2"]
