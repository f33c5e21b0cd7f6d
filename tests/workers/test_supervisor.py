"""The pipeline begins in order; what does not belong to it, or is slow, is waited for by nobody."""

import asyncio
from collections.abc import Callable

import pytest

import workers.supervisor
from app.domain.operations import Round
from app.resources import Resources
from app.settings import Settings
from tests.workers.worlds import World
from workers.roster import Worker, roster
from workers.supervisor import supervised


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
    renamed = type(padres)(padres.id, padres.pool, "San Diego Friars", "San Diego", "Friars", "SD")
    async with supervised([], world.resources):
        assert await other.learn_teams([renamed]) == 1
        await until(lambda: world.resources.matching.resolve("San Diego Friars", "mlb").team is not None)
    assert world.resources.matching.resolve("San Diego Padres", "mlb").team is not None
