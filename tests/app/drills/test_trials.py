"""How a drill goes, on a fault that the test knows everything about."""

import asyncio
from pathlib import Path

import httpx
import pytest

from app.clock import wall_clock
from app.domain.drills import DrillResult
from app.drills import trials
from app.drills.scenes import Means, Scene
from app.drills.trials import Drill, carry_out
from app.errors import DrillRefused


class Fault:
    """Something that is dangerous for so many looks, and whole again after so many others."""

    def __init__(self) -> None:
        self.dangers: list[str] = []
        self.lacks: list[str] = []
        self.is_prepared = True
        self.is_mendable = True
        self.is_broken = False
        self.stops_at_look: asyncio.Event | None = None

    async def prepare(self) -> str:
        if not self.is_prepared:
            raise DrillRefused("there is nothing to break")
        return "a cup"

    async def break_it(self) -> None:
        self.is_broken = True

    async def danger(self) -> str:
        if self.stops_at_look is not None:
            self.stops_at_look.set()
        return self.dangers.pop(0) if self.dangers else ""

    async def mend(self) -> None:
        if not self.is_mendable:
            raise DrillRefused("no glue")
        self.is_broken = False

    async def lacking(self) -> str:
        return self.lacks.pop(0) if self.lacks else ""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "LOOKS_EVERY", 0.001)
    monkeypatch.setattr(trials, "HOLDS_FOR", 0.02)
    monkeypatch.setattr(trials, "WHOLE_WITHIN", 0.02)


@pytest.fixture
def fault() -> Fault:
    return Fault()


async def lose_nothing(_: str) -> None:
    raise AssertionError("nobody asked for it")


async def carried_out(fault: Fault, within: float = 5.0, *, usual: float = 5.0, heals: bool = True) -> DrillResult:
    stopped = asyncio.Event()
    if fault.stops_at_look is not None:
        fault.stops_at_look = stopped
    drill = Drill("cup", usual, "no shards lie about", needs_faults=False, heals=heals, begin=lambda _: fault)
    async with httpx.AsyncClient() as nobody:
        scene = Scene(nobody, None, Means(lose_nothing, {}, Path()), wall_clock, stopped)
        return await carry_out(drill, scene, "r-1", "simulated", within)


async def test_what_is_safe_in_time_and_whole_again_is_safe(fault: Fault) -> None:
    fault.dangers, fault.lacks = ["shards"] * 3, ["no handle"]
    found = await carried_out(fault)
    assert (found.verdict, found.name, found.run, found.world) == ("safe", "cup", "r-1", "simulated")
    assert found.safe_after is not None
    assert 0 < found.safe_after < 5
    assert found.whole_after is not None
    assert (found.detail, found.left_over, found.means) == ("a cup", "", "no shards lie about")


async def test_what_is_safe_too_late_has_failed_and_says_when_it_was(fault: Fault) -> None:
    fault.dangers = ["shards"]
    found = await carried_out(fault, 0.0)
    assert (found.verdict, found.within) == ("failed", 0.0)
    assert found.safe_after is not None
    assert found.safe_after > 0


async def test_what_is_never_safe_says_what_was_seen_last_and_is_mended(fault: Fault) -> None:
    fault.dangers = [f"{number} shards" for number in range(100_000)]
    found = await carried_out(fault, 0.01, usual=0.005)
    assert (found.verdict, found.safe_after, fault.is_broken) == ("failed", None, False)
    assert "not safe after 0.01 s" in found.detail
    assert "shards" in found.detail


async def test_a_danger_that_comes_back_is_a_failure(fault: Fault) -> None:
    fault.dangers = ["", "shards again"]
    found = await carried_out(fault)
    assert (found.verdict, found.detail) == ("failed", "a cup; not safe any more: shards again")


async def test_where_nothing_can_be_broken_it_was_not_run(fault: Fault) -> None:
    fault.is_prepared = False
    found = await carried_out(fault)
    assert (found.verdict, found.safe_after, found.detail) == ("not_run", None, "there is nothing to break")


async def test_what_cannot_be_put_back_is_named(fault: Fault) -> None:
    fault.is_mendable = False
    found = await carried_out(fault)
    assert (found.verdict, found.left_over) == ("failed", "could not be put back: no glue")


async def test_what_does_not_heal_is_named(fault: Fault) -> None:
    fault.lacks = ["no handle"] * 100_000
    found = await carried_out(fault)
    assert (found.verdict, found.whole_after) == ("failed", None)
    assert found.left_over == "not as before after 0.02 s: no handle"


async def test_what_needs_no_healing_is_not_waited_for(fault: Fault) -> None:
    fault.lacks = ["no handle"] * 100_000
    found = await carried_out(fault, heals=False)
    assert (found.verdict, found.whole_after, found.left_over) == ("safe", None, "")


async def test_whoever_asks_to_end_finds_it_mended(fault: Fault) -> None:
    fault.dangers, fault.stops_at_look = ["shards"] * 100_000, asyncio.Event()
    found = await carried_out(fault)
    assert (found.verdict, fault.is_broken) == ("not_run", False)
    assert "stopped by hand" in found.detail
