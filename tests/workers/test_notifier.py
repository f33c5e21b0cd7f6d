"""People are told of fills, exits, halts, incidents and silent workers, each once, also over restarts."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from pydantic import SecretStr

from app.domain.operations import Beat
from app.domain.orders import Order
from app.domain.risks import Halt
from app.history.trading_tables import IncidentRow
from app.hot.trading_shown import fill_shown
from app.settings import NotificationRule, NotificationSettings
from tests.app.hot.test_trading_shown import FILL, ORDER
from tests.app.notifications.places import SECRET, Place, opened
from tests.routers.dealings import incident_row, put
from tests.workers.worlds import NOW, World
from workers.notifier import notifier


def rules(*addressed: tuple[Place, Sequence[str]]) -> NotificationSettings:
    told = tuple(NotificationRule(to=SecretStr(place.address), kinds=tuple(kinds)) for place, kinds in addressed)  # type: ignore[arg-type]
    return NotificationSettings(rules=told, gather_for=0.2, timeout=5)


@asynccontextmanager
async def notifying(world: World, settings: NotificationSettings) -> AsyncIterator[list[Any]]:
    """The worker goes on meanwhile; its rounds so far."""
    rounds: list[Any] = []
    resources = world.process(notifications=settings)

    async def work() -> None:
        async for done in notifier(resources):
            rounds.append(done)

    task = asyncio.create_task(work())
    await until(lambda: bool(rounds))
    try:
        yield rounds
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not is_so():  # noqa: ASYNC110  # several things may make it so
            await asyncio.sleep(0.05)


async def fill(world: World, order: Order = ORDER) -> None:
    await world.hot.say_update("fills", msgspec.json.encode(fill_shown(order, FILL, is_simulated=True)))


def beat(worker: str, at: timedelta = timedelta()) -> Beat:
    return Beat(
        worker=worker, process_id=1, host="h", started_at=NOW, at=NOW + at, every=1.0, runs=1, failures=0, took_ms=1.0
    )


def words(place: Place) -> str:
    return "\n".join(f"{told['title']}\n{told['message']}" for told in place.told)


async def test_each_is_told_what_its_rule_names(world: World) -> None:
    async with (
        opened() as everything,
        opened() as alarms,
        notifying(world, rules((everything, ()), (alarms, ("halt", "exposed", "worker")))),
    ):
        await fill(world)
        sold = msgspec.structs.replace(ORDER, purpose="exit", rule="take_profit", side="sell")
        await fill(world, sold)
        await put(world._history, IncidentRow, incident_row("exposed"), incident_row("overdue", subject="KX"))
        halt = Halt(scope="all", reason="a test", halted_by="cli", halted_at=(NOW + timedelta(1)).isoformat())
        await world.hot.save_halts((halt,))
        await everything.until_told(1)
        await alarms.until_told(1)
        await until(lambda: all(part in words(everything) for part in ("overdue", "take profit", "halted")))
        await until(lambda: all(part in words(alarms) for part in ("one leg has 60", "halted: all by cli: a test")))
    told = words(everything)
    assert "manual: buy 4 of kalshi:KX-BOS:yes at 0.4550 on kalshi (manual, fee $0.07)" in told
    assert "exit by take profit: sell 4 of" in told
    assert "overdue (manual at kalshi)" in told
    assert "fill" not in words(alarms)
    assert SECRET not in told


async def test_a_worker_that_falls_silent_is_missed_once_and_welcomed_back(world: World) -> None:
    await world.hot.beat(beat("execution"))
    async with opened() as place, notifying(world, rules((place, ("worker",)))) as rounds:
        world.pass_time(60)
        await place.until_told(1)
        seen = len(rounds)
        await until(lambda: len(rounds) >= seen + 2)
        assert len(place.told) == 1
        await world.hot.beat(beat("execution", timedelta(seconds=60)))
        await place.until_told(2)
    assert "execution is silent for 60 s" in place.told[0]["message"]
    assert "execution works again" in place.told[1]["message"]


async def test_a_restart_tells_what_happened_meanwhile_and_nothing_twice(world: World) -> None:
    async with opened() as place:
        async with notifying(world, rules((place, ()))) as rounds:
            await put(world._history, IncidentRow, incident_row("drift"))
            await place.until_told(1)
            seen = len(rounds)
            await until(lambda: len(rounds) >= seen + 2)
        await fill(world)
        await put(world._history, IncidentRow, incident_row("ghost", subject="o-9"))
        async with notifying(world, rules((place, ()))):
            await until(lambda: all(part in words(place) for part in ("ghost", "manual: buy")))
    assert (words(place).count("drift"), words(place).count("ghost (")) == (1, 1)


async def test_a_target_that_is_away_holds_nobody(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    async with opened() as mute, opened() as well:
        mute.is_mute = True
        async with notifying(world, rules((mute, ()), (well, ()))):
            for _ in range(2):
                await fill(world)
                await well.until_told(1)
    assert SECRET not in caplog.text
