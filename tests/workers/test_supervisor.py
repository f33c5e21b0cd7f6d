"""The pipeline begins in order; what does not belong to it, or is slow, is waited for by nobody."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack

import msgspec
import pytest

import workers.supervisor
from app.domain.operations import Round
from app.resources import Resources
from app.settings import Settings
from tests.workers.worlds import World
from workers.roster import Worker, pick, roster
from workers.supervisor import Watch, supervised


def worker(name: str, began: list[str], *, hangs: bool = False, joins: bool = True) -> Worker:
    """It writes down that it began; one that hangs never comes back."""

    async def run(_: Resources) -> Round:
        began.append(name)
        if hangs:
            await asyncio.Event().wait()
        return Round()

    run.__name__ = name
    return Worker(run, every=60, process="discovery", joins_first_round=joins)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while True:
            if holds():
                return
            await asyncio.sleep(0.01)


def test_the_three_loops_of_discovery_begin_in_order_and_nothing_else() -> None:
    workers = roster(Settings(_env_file=None))
    assert [each.name for each in workers if each.joins_first_round] == ["game_poller", "market_searcher", "publisher"]


def test_a_worker_comes_with_those_without_which_its_core_is_not_told_enough() -> None:
    workers = roster(Settings(_env_file=None))
    told = {"risk_watcher", "game_follower", "signal_recorder", "position_tracker", "archiver"}
    assert {each.name for each in pick(workers, ["game_shard"])} == {"game_shard", *told}
    trader = {"signal_processor", "execution", *told}
    assert {each.name for each in pick(workers, ["execution"])} == trader
    assert {each.name for each in pick(workers, ["signal_processor"])} == trader
    assert {each.name for each in pick(workers, ["kalshi_monitor"])} == {"kalshi_monitor", "archiver"}
    names = [each.name for each in workers]
    for worker in workers:  # what is brought brings nothing more, and stands in the roster
        assert {*worker.brings} >= {more for each in workers if each.name in worker.brings for more in each.brings} - {
            worker.name
        }
        assert {*worker.brings} <= {*names}


async def test_what_is_judged_in_a_process_is_traded_in_it(world: World) -> None:
    """One lock: else two processes that have both might each get one."""
    workers = {each.name: each for each in roster(Settings(_env_file=None))}
    pairs = [
        [Watch(workers[name], world.resources, owner) for name in ("signal_processor", "execution")]
        for owner in ("one", "other")
    ]
    assert await pairs[0][1].hold()
    assert [await watch.hold() for pair in pairs for watch in pair] == [True, True, False, False]


async def test_the_first_rounds_come_one_after_another(world: World) -> None:
    began: list[str] = []
    async with supervised([worker(name, began) for name in "abc"], world.resources):
        await until(lambda: len(began) == 3)
    assert began == ["a", "b", "c"]


async def test_a_worker_beside_the_pipeline_is_waited_for_by_nobody(world: World) -> None:
    began: list[str] = []
    beside = worker("lists", began, hangs=True, joins=False)
    async with supervised([beside, worker("a", began), worker("b", began)], world.resources):
        await until(lambda: {"lists", "a", "b"} <= set(began))


async def test_a_slow_first_round_does_not_hold_up_the_next(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers.supervisor, "FIRST_TURN", 0.05)
    began: list[str] = []
    async with supervised([worker("a", began, hangs=True), worker("b", began)], world.resources):
        await until(lambda: began == ["a", "b"])


async def test_a_name_taught_in_one_process_reaches_those_without_workers(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers.supervisor, "LEARN_EVERY", 0.01)
    other = world.process()
    (padres,) = (team for team in other.matching.registry.teams("mlb") if team.name == "San Diego Padres")
    renamed = type(padres)(padres.id, padres.pool, "Quokka Zephyrs", "Quokka", "Zephyrs", "QZ")
    async with supervised([], world.resources):
        assert await other.learn_teams([renamed]) == 1
        await until(lambda: world.resources.matching.resolve("Quokka Zephyrs", "mlb").team is not None)
    assert world.resources.matching.resolve("San Diego Padres", "mlb").team is not None


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses between rounds, as they are asked for; nobody waits, and after the sixth nothing goes on."""
    asked: list[float] = []

    async def note(_: asyncio.Event, seconds: float) -> None:
        asked.append(seconds)
        if len(asked) >= 6:
            await asyncio.Event().wait()

    monkeypatch.setattr(workers.supervisor, "_wait_for", note)
    return asked


def falling(times: int, **how: float) -> Worker:
    """It falls so many times, then works."""
    left = [times]

    async def clumsy(_: Resources) -> Round:
        left[0] -= 1
        if left[0] >= 0:
            raise RuntimeError("stumbled")
        return Round()

    return Worker(clumsy, **{"every": 60, "process": "discovery", **how})


async def test_what_falls_is_run_again_after_a_growing_wait_that_success_ends(world: World, waits: list[float]) -> None:
    async with supervised([falling(4)], world.resources):
        await until(lambda: len(waits) == 6)
    assert waits == [1, 2, 4, 8, 60, 60]


async def test_the_wait_grows_no_further_than_its_limit(world: World, waits: list[float]) -> None:
    async with supervised([falling(9, longest_wait=5)], world.resources):
        await until(lambda: len(waits) == 6)
    assert waits == [1, 2, 4, 5, 5, 5]


async def test_a_round_that_ends_well_before_a_fall_makes_the_wait_short_again(
    world: World, waits: list[float]
) -> None:
    async def clumsy(_: Resources) -> AsyncGenerator[Round]:
        if len(waits) % 3 == 2:
            yield Round()
        raise RuntimeError("stumbled")

    async with supervised([Worker(clumsy, every=60, process="trading")], world.resources):
        await until(lambda: len(waits) == 6)
    assert waits == [1, 2, 1, 2, 4, 1]


async def test_a_worker_that_holds_on_beats_with_each_round_and_lets_go_at_the_end(world: World) -> None:
    went_on, done = asyncio.Event(), list[str]()

    async def stream(_: Resources) -> AsyncGenerator[Round]:
        try:
            met = Round()
            met.counts["answered"] = 3
            yield met
            yield Round()
            went_on.set()
            await asyncio.Event().wait()
        finally:
            done.append("closed")

    watch = Watch(Worker(stream, every=5, process="trading"), world.resources)
    running = asyncio.create_task(watch.run())
    await asyncio.wait_for(went_on.wait(), 20)
    await watch.beat(0.0)
    (beat,) = await world.hot.beats()
    assert (beat.runs, beat.failures, beat.counts) == (2, 0, {"answered": 3})
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert done == ["closed"]


async def test_a_worker_that_holds_on_leaves_when_another_process_has_it(world: World) -> None:
    done = list[str]()

    async def stream(_: Resources) -> AsyncGenerator[Round]:
        try:
            while True:
                yield Round()
                await asyncio.sleep(0)
        finally:
            done.append("closed")

    watch = Watch(Worker(stream, every=5, process="trading"), world.resources)
    running = asyncio.create_task(watch.run())
    await asyncio.sleep(0)
    assert await world.hot.hold("worker:stream", "somebody else", 30)
    assert not await watch.hold()
    await asyncio.wait_for(running, 20)
    assert done == ["closed"]


async def test_a_fall_that_is_over_is_told_no_more(world: World) -> None:
    watch = Watch(falling(1), world.resources)
    with pytest.raises(RuntimeError):
        await watch.run()
    await watch.run()
    await watch.beat(0.0)
    (beat,) = await world.hot.beats()
    assert (beat.failures, beat.last_error) == (1, "")


async def test_falls_are_counted_and_the_last_one_is_told(world: World) -> None:
    watch = Watch(falling(1), world.resources)
    with pytest.raises(RuntimeError):
        await watch.run()
    await watch.beat(0.0)
    (beat,) = await world.hot.beats()
    assert (beat.runs, beat.failures, beat.last_error) == (1, 1, "RuntimeError: stumbled")
    await watch.run()
    await watch.beat(0.0)
    (beat,) = await world.hot.beats()
    assert (beat.runs, beat.failures) == (2, 1)


async def test_a_round_with_nothing_to_do_changes_nothing_that_is_told(world: World) -> None:
    met, idle = Round(), Round()
    met.note("leagues_failed", "nba: answered 503")
    rounds = iter((met, idle))

    async def poller(_: Resources) -> Round:
        return next(rounds)

    watch = Watch(Worker(poller, every=15, process="discovery"), world.resources)
    for _ in range(2):
        await watch.run()
    await watch.beat(0.0)
    (beat,) = await world.hot.beats()
    assert (beat.runs, beat.counts, beat.last_error) == (2, {"leagues_failed": 1}, "nba: answered 503")


async def test_a_worker_beats_before_its_first_round_has_ended(world: World) -> None:
    watch = Watch(worker("long", []), world.resources)
    await watch.beat(0.0)
    (beat,) = await world.hot.beats()
    assert (beat.worker, beat.runs, beat.at) == ("long", 0, world.now)


async def test_the_end_stops_a_round_under_way_and_frees_its_lock(world: World) -> None:
    began: list[str] = []
    async with supervised([worker("long", began, hangs=True)], world.resources):
        await until(lambda: began == ["long"])
        assert await world.hot.holder("worker:long") is not None
    assert await world.hot.holder("worker:long") is None


async def test_the_bodys_own_error_stays_what_it_is(world: World) -> None:
    with pytest.raises(ZeroDivisionError):
        async with supervised([worker("long", [], hangs=True)], world.resources):
            raise ZeroDivisionError


async def test_of_two_processes_one_has_the_worker_and_the_other_takes_over(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers.supervisor, "LOCK_SECONDS", 0.4)
    monkeypatch.setattr(workers.supervisor, "BEAT_EVERY", 0.1)
    first, second = list[str](), list[str]()
    async with AsyncExitStack() as one:
        await one.enter_async_context(supervised([worker("poller", first)], world.resources))
        await until(lambda: bool(first))
        async with supervised([worker("poller", second)], world.process()):
            await asyncio.sleep(0.6)  # longer than the lock lives unless its owner keeps it
            assert not second
            await one.aclose()
            await until(lambda: bool(second))


async def test_a_worker_that_runs_in_each_process_waits_for_no_lock_and_is_missed_by_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers.supervisor, "BEAT_EVERY", 0.01)
    began: list[str] = []
    each = msgspec.structs.replace(worker("each", began, joins=False), runs_in_each=True)
    alone = worker("alone", began, joins=False)

    async def beating() -> list[str]:
        return sorted(beat.worker for beat in await world.hot.beats())

    async with supervised([each, alone], world.resources), supervised([each, alone], world.process()):
        await until(lambda: len(began) >= 3)
        async with asyncio.timeout(20):
            while await beating() != ["alone", "each"]:  # noqa: ASYNC110  # Redis tells nobody of it
                await asyncio.sleep(0.01)
    assert sorted(began) == ["alone", "each", "each"]
    assert await beating() == ["alone"]
