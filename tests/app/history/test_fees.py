"""What markets charged over time: a row for each change, and none for what stayed."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlmodel import col, select

from app.clock import nanos_of
from app.domain.fees import FeeSchedule
from app.domain.markets import Market
from app.history.database import Database
from app.history.fees import FeeChange, FeeHistory
from app.history.tables import FeeScheduleRow
from tests.app.history.samples import NOW, event

A_MINUTE = timedelta(minutes=1)
HALF = FeeSchedule(taker=35_000, maker=8_750, step=10_000, source="quadratic_with_maker_fees x 0.5")
WHOLE = FeeSchedule(taker=70_000, maker=17_500, step=10_000, source="quadratic_with_maker_fees x 1")
UNTIL = datetime(2026, 2, 1, 0, 0, 0, 5, tzinfo=UTC)


@pytest.fixture
def fees(history: Database) -> FeeHistory:
    return FeeHistory(history)


def markets(*schedules: FeeSchedule | None) -> list[Market]:
    """One market for each schedule."""
    listed = event(*("" for _ in schedules)).markets or ()
    return [msgspec.structs.replace(one, fees=fees) for one, fees in zip(listed, schedules, strict=True)]


async def rows(history: Database) -> Sequence[FeeScheduleRow]:
    return await history.read(select(FeeScheduleRow).order_by(col(FeeScheduleRow.id)))


async def test_what_is_first_told_is_written_and_is_no_change(history: Database, fees: FeeHistory) -> None:
    assert await fees.record(markets(HALF, WHOLE), NOW) == []
    first, second = await rows(history)
    assert (first.venue, first.taker, first.maker, first.exponent, first.step) == ("kalshi", 35_000, 8_750, 1, 10_000)
    assert (first.waived_until, first.source, first.seen_at) == (None, HALF.source, NOW)
    assert second.taker == 70_000


async def test_a_change_is_a_row_more_and_told_with_what_was_before(history: Database, fees: FeeHistory) -> None:
    await fees.record(markets(HALF, HALF), NOW)
    changed = markets(HALF, WHOLE)
    (told,) = await fees.record(changed, NOW + A_MINUTE)
    assert told == FeeChange(changed[1].venue, changed[1].id, HALF, WHOLE)
    assert [(row.market_id, row.taker, row.seen_at) for row in await rows(history)] == [
        (changed[0].id, 35_000, NOW),
        (changed[1].id, 35_000, NOW),
        (changed[1].id, 70_000, NOW + A_MINUTE),
    ]


async def test_a_new_process_knows_what_was_charged_before(history: Database, fees: FeeHistory) -> None:
    await fees.record(markets(HALF), NOW)
    assert await FeeHistory(history).record(markets(HALF), NOW + A_MINUTE) == []
    (told,) = await FeeHistory(history).record(markets(WHOLE), NOW + 2 * A_MINUTE)
    assert (told.before, told.after) == (HALF, WHOLE)
    (back,) = await FeeHistory(history).record(markets(HALF), NOW - A_MINUTE)  # a clock that was put back
    assert (back.before, back.after) == (WHOLE, HALF)
    assert await FeeHistory(history).record(markets(HALF), NOW + 3 * A_MINUTE) == []
    assert [row.taker for row in await rows(history)] == [35_000, 70_000, 35_000]


async def test_another_word_for_the_same_figures_is_no_change(history: Database, fees: FeeHistory) -> None:
    await fees.record(markets(HALF), NOW)
    assert await fees.record(markets(msgspec.structs.replace(HALF, source="told anew")), NOW + A_MINUTE) == []
    assert len(await rows(history)) == 1


async def test_what_is_not_told_leaves_what_was(history: Database, fees: FeeHistory) -> None:
    await fees.record(markets(HALF), NOW)
    assert await fees.record(markets(None), NOW + A_MINUTE) == []
    assert await fees.record(markets(HALF), NOW + 2 * A_MINUTE) == []
    assert await fees.record([], NOW) == []
    assert len(await rows(history)) == 1


async def test_a_waiver_is_kept_to_the_microsecond(history: Database, fees: FeeHistory) -> None:
    waived = msgspec.structs.replace(HALF, waived_until=nanos_of(UNTIL))
    await fees.record(markets(waived), NOW)
    assert [row.waived_until for row in await rows(history)] == [UNTIL]
    (told,) = await FeeHistory(history).record(markets(HALF), NOW + A_MINUTE)
    assert told.before == waived


async def test_what_stayed_is_not_sent_again(history: Database, fees: FeeHistory) -> None:
    await fees.record(markets(HALF), NOW)
    await history.close()
    assert await fees.record(markets(HALF), NOW + A_MINUTE) == []


async def test_thousands_of_markets_at_once(history: Database, fees: FeeHistory) -> None:
    many = [HALF] * 6_000
    assert await fees.record(markets(*many), NOW) == []
    changed = await FeeHistory(history).record(markets(*[WHOLE] * 6_000), NOW + A_MINUTE)
    assert len(changed) == 6_000
    assert len(await rows(history)) == 12_000
