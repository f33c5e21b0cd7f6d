"""Limits in versions, and halts: each change with its line in the audit, and never two from one version."""

import asyncio
from datetime import datetime

import msgspec
import pytest
from sqlalchemy import text

from app.domain.money import Money
from app.domain.risks import DOLLAR, Halt, HaltScope, RiskLimits
from app.errors import Conflict
from app.history.audit import Deed, list_deeds
from app.history.database import Database
from app.history.risk import (
    BUILT_IN,
    LimitsVersion,
    count_limits,
    current_limits,
    drop_halt,
    keep_halt,
    keep_limits,
    list_halts,
    list_limits,
)
from tests.app.history.samples import NOW

DEED = Deed(at=NOW, who="anna", what="risk.halted")


def version(number: int, stake: int = 100) -> LimitsVersion:
    limits = RiskLimits(version=number, max_stake=Money(stake * DOLLAR), kelly_fraction=0.1)
    return LimitsVersion(limits=limits, reason="a test", changed_by="anna", changed_at=NOW)


def halted(scope: HaltScope = "all", name: str = "", reason: str = "a test") -> Halt:
    return Halt(scope=scope, name=name, reason=reason, halted_by="anna", halted_at=NOW.isoformat())


async def deeds(history: Database) -> int:
    return len(await list_deeds(history))


async def test_the_built_in_limits_are_version_nought(history: Database) -> None:
    assert await current_limits(history) == BUILT_IN
    assert BUILT_IN.limits == RiskLimits()
    assert (await list_limits(history), await count_limits(history)) == ([], 0)


async def test_limits_are_read_as_they_were_given_and_the_newest_is_in_force(history: Database) -> None:
    for number in (1, 2, 3):
        await keep_limits(history, version(number, 100 * number), DEED)
    assert await current_limits(history) == version(3, 300)
    assert await list_limits(history, 2) == [version(3, 300), version(2, 200)]
    assert await list_limits(history, 2, before=2) == [version(1)]
    assert await count_limits(history) == await deeds(history) == 3


@pytest.mark.parametrize("number", [0, 1, 3])
async def test_a_version_that_does_not_come_next_is_refused_and_nothing_is_written(
    history: Database, number: int
) -> None:
    await keep_limits(history, version(1), DEED)
    with pytest.raises(Conflict) as caught:
        await keep_limits(history, version(number, 500), DEED)
    assert "GET /risk" in caught.value.remedy
    assert (await current_limits(history), await deeds(history)) == (version(1), 1)


async def test_of_two_changes_at_once_one_counts(history: Database) -> None:
    given = (keep_limits(history, version(1, 100 * n), DEED) for n in range(1, 5))
    done = await asyncio.gather(*given, return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["Conflict", "Conflict", "Conflict", "NoneType"]
    assert await count_limits(history) == await deeds(history) == 1


async def test_limits_that_another_version_of_the_program_has_kept_are_read(history: Database) -> None:
    await keep_limits(history, version(1), DEED)
    changed = "UPDATE risk_limits SET limits = limits - 'max_open' || '{\"of_the_future\": 1}'"
    async with history.transaction() as connection:
        await connection.execute(text(changed))
    assert (await current_limits(history)).limits == msgspec.structs.replace(
        version(1).limits, max_open=RiskLimits().max_open
    )


async def test_halts_are_read_as_they_were_said_the_oldest_first(history: Database) -> None:
    later = msgspec.structs.replace(
        halted("league", "nba"), halted_at=datetime(2027, 1, 1, tzinfo=NOW.tzinfo).isoformat()
    )
    for each in (later, halted("game", "401"), halted()):
        assert await keep_halt(history, each, DEED)
    assert await list_halts(history) == (halted(), halted("game", "401"), later)


async def test_halting_twice_is_halting_once(history: Database) -> None:
    assert await keep_halt(history, halted(reason="first"), DEED)
    assert not await keep_halt(history, halted(reason="second"), DEED)
    assert await list_halts(history) == (halted(reason="first"),)
    assert await deeds(history) == 1


async def test_what_is_resumed_goes_on_and_only_that(history: Database) -> None:
    await keep_halt(history, halted("league", "nba"), DEED)
    await keep_halt(history, halted(), DEED)
    assert await drop_halt(history, "all", "", DEED)
    assert not await drop_halt(history, "all", "", DEED)
    assert not await drop_halt(history, "game", "a\0b", DEED)
    assert await list_halts(history) == (halted("league", "nba"),)
    assert await deeds(history) == 3
