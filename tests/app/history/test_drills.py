"""What was broken on purpose is kept."""

from datetime import timedelta

import msgspec

from app.domain.drills import DrillResult
from app.domain.reports import Period
from app.history.database import Database
from app.history.drills import drills_of, keep_drill, list_drills
from tests.app.hot.samples import NOW

SAFE = DrillResult(
    run="r-1",
    name="mute_kalshi",
    world="simulated",
    began_at=NOW,
    verdict="safe",
    within=5.0,
    safe_after=2.31,
    whole_after=7.02,
    means="none of its contracts counts as fresh",
    detail="198 contracts of 9 games at kalshi",
)
FAILED = msgspec.structs.replace(
    SAFE,
    name="kill_switch",
    began_at=NOW + timedelta(minutes=1),
    verdict="failed",
    safe_after=None,
    whole_after=None,
    left_over="could not be put back: nobody answers\x00",
)


async def test_drills_are_listed_with_the_newest_first(history: Database) -> None:
    assert await list_drills(history, 10) == []
    for each in (SAFE, FAILED):
        await keep_drill(history, each)
    newest, oldest = await list_drills(history, 10)
    assert oldest == SAFE
    assert (newest.verdict, newest.safe_after) == ("failed", None)
    assert newest.left_over.startswith("could not be put back: nobody answers")
    assert await list_drills(history, 1) == [newest]


async def test_a_period_has_those_that_began_in_it(history: Database) -> None:
    for each in (SAFE, FAILED):
        await keep_drill(history, each)
    assert await drills_of(history, Period(NOW, NOW + timedelta(minutes=1))) == [SAFE]
    assert await drills_of(history, Period(NOW - timedelta(days=1), NOW)) == []
