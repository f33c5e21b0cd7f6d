"""What Kalshi says of its fees → a market's schedule."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from app.domain.fees import FeeSchedule
from app.domain.markets import Market
from app.domain.parsing import parsed
from app.errors import PayloadRefused
from app.venues.kalshi.fees import (
    NOTHING_TOLD,
    Charge,
    FeeTable,
    event_changes_page,
    in_force,
    schedule_of,
    series_changes_page,
    series_charge,
    with_fees,
)
from app.venues.kalshi.translate import listed_page
from tests.app.venues.kalshi.test_translate import TICKER, event, market

NOW = datetime(2026, 11, 22, tzinfo=UTC)
WITH_MAKERS, WITHOUT = "quadratic_with_maker_fees", "quadratic"


def schedule(taker: int, maker: int, **more: object) -> FeeSchedule:
    return FeeSchedule(taker=taker, maker=maker, step=10_000, **more)


RECORDED = [  # series, taker and maker in millionths
    ("KXMLBGAME", 35_000, 8_750),
    ("KXMLBSPREAD", 35_000, 0),
    ("KXATPDOUBLES", 70_000, 0),
    ("KXWNBAGAME", 70_000, 17_500),
]


@pytest.mark.parametrize(("series", "taker", "maker"), RECORDED)
def test_recorded_series(shared: Path, series: str, taker: int, maker: int) -> None:
    recorded = (shared / "data/kalshi/mlb-wnba-nfl-2026-08/series_fee_fields.json").read_bytes()
    payload = msgspec.json.encode(msgspec.json.decode(recorded)["payloads"][series])
    read = schedule_of(series_charge(payload), None)
    assert read is not None
    assert msgspec.structs.replace(read, source="") == schedule(taker, maker)


CHARGES = [
    (Charge(WITHOUT, 1), schedule(70_000, 0, source="quadratic x 1")),
    (Charge(WITH_MAKERS, 0.5), schedule(35_000, 8_750, source="quadratic_with_maker_fees x 0.5")),
    (Charge(WITHOUT, 1.25), schedule(87_500, 0, source="quadratic x 1.25")),
    (Charge(WITHOUT, 0), schedule(0, 0, source="quadratic x 0")),
    (Charge("flat", 1), None),
    (Charge("quadratic_with_combo_maker_fees", 1), None),
    (Charge(None, 1), None),
    (Charge(WITHOUT, None), None),
    (Charge(WITHOUT, -1), None),
    (Charge(WITHOUT, 15), None),  # more than a dollar a contract
    (None, None),
]


@pytest.mark.parametrize(("charge", "expected"), CHARGES)
def test_a_charge_that_is_not_understood_is_no_schedule(charge: Charge | None, expected: FeeSchedule | None) -> None:
    assert schedule_of(charge, None) == expected


WAIVERS = [
    ("1970-01-01T00:00:01Z", 1_000_000_000),
    ("2026-11-22T00:00:00.000001Z", 1_795_305_600_000_001_000),
    ("soon", 0),
    ("", 0),
]


@pytest.mark.parametrize(("waiver", "until"), WAIVERS)
def test_a_waiver_ends_when_it_says_and_one_that_says_nothing_is_none(waiver: str, until: int) -> None:
    read = schedule_of(Charge(WITHOUT, 1), waiver)
    assert read is not None
    assert (read.taker, read.waived_until) == (70_000, until)


def priced(table: FeeTable, *markets: object, **of_event: object) -> tuple[Market, ...]:
    (listed,) = parsed(listed_page(msgspec.json.encode([event(*markets, **of_event)])).elements).items
    return with_fees(listed, table).markets or ()


def rates(markets: tuple[Market, ...]) -> list[tuple[int, int] | None]:
    return [market.fees and (market.fees.taker, market.fees.maker) for market in markets]


SERIES = {"KXNBAGAME": Charge(WITH_MAKERS, 0.5)}
WORDS = [  # what is told of the event elsewhere, what its own fields say, rates
    ({}, {}, (35_000, 8_750)),
    ({TICKER: Charge(WITHOUT, 1)}, {}, (70_000, 0)),
    ({TICKER: Charge(None, 1)}, {}, (70_000, 17_500)),
    ({TICKER: Charge(None, None)}, {}, (35_000, 8_750)),  # taken back
    ({}, {"fee_type_override": WITHOUT, "fee_multiplier_override": 1}, (70_000, 0)),
    ({}, {"fee_type_override": None, "fee_multiplier_override": None}, (35_000, 8_750)),
    ({}, {"fee_multiplier_override": "1"}, (70_000, 17_500)),
    ({}, {"fee_multiplier_override": 0}, (0, 0)),
    ({TICKER: Charge(WITHOUT, 1)}, {"fee_multiplier_override": 2}, (140_000, 0)),
    ({"KXNBAGAME-26NOV23LALBOS": Charge(WITHOUT, 1)}, {}, (35_000, 8_750)),
    ({}, {"fee_type_override": "flat"}, None),
]


@pytest.mark.parametrize(("events", "own", "expected"), WORDS)
def test_the_events_word_goes_over_its_series(
    events: dict[str, Charge], own: dict[str, object], expected: tuple[int, int] | None
) -> None:
    assert rates(priced(FeeTable(SERIES, events), market(), market("NYK"), **own)) == [expected, expected]


def test_a_series_that_nobody_told_leaves_its_markets_without_fees() -> None:
    assert rates(priced(NOTHING_TOLD, market())) == [None]
    assert rates(priced(FeeTable({"KXNFLGAME": Charge(WITHOUT, 1)}), market())) == [None]
    assert priced(FeeTable(SERIES)) == ()


def test_one_market_of_an_event_may_be_free_for_a_while() -> None:
    free = market("NYK", fee_waiver_expiration_time="2026-12-01T00:00:00Z")
    markets = priced(FeeTable(SERIES), market(), free)
    assert [each.fees and each.fees.waived_until for each in markets] == [0, 1_796_083_200_000_000_000]
    assert rates(markets) == [(35_000, 8_750), (35_000, 8_750)]


def series_change(at: object, **more: object) -> dict[str, object]:
    return {
        "id": "1",
        "series_ticker": "KXNBAGAME",
        "fee_type": WITHOUT,
        "fee_multiplier": 1,
        "scheduled_ts": at,
        **more,
    }


def event_change(at: str, fee_type: str | None, multiplier: float | None) -> dict[str, object]:
    said = {"fee_type_override": fee_type, "fee_multiplier_override": multiplier}
    return {"id": "2", "event_ticker": TICKER, "series_ticker": "KXNBAGAME", "scheduled_ts": at, **said}


def test_the_last_word_that_counts_by_now() -> None:
    arr = [
        event_change("2026-11-21T00:00:00Z", WITHOUT, 1),
        event_change("2026-11-23T00:00:00Z", WITHOUT, 3),
        event_change("2026-11-20T00:00:00Z", WITHOUT, 2),
    ]
    read = parsed(event_changes_page(msgspec.json.encode({"event_fee_changes": arr, "cursor": "next"})).elements)
    assert in_force(read.items, NOW) == {TICKER: Charge(WITHOUT, 1)}
    taken_back = [*read.items, *changes(event_change("2026-11-21T12:00:00Z", None, None))]
    assert in_force(taken_back, NOW) == {TICKER: Charge(None, None)}


def changes(*told: object) -> tuple[object, ...]:
    return parsed(event_changes_page(msgspec.json.encode({"event_fee_changes": told})).elements).items


def test_a_change_is_read_however_its_moment_is_written_and_a_bad_one_costs_itself() -> None:
    arr = [
        series_change("2026-11-22T00:00:00Z"),
        series_change(1_795_305_600),
        series_change("soon"),
        series_change(None),
    ]
    arr += [series_change(1e300), series_change("2026-11-22T00:00:00Z", series_ticker=None), 5]
    page = series_changes_page(msgspec.json.encode({"series_fee_change_arr": arr}))
    read = parsed(page.elements)
    assert [(each.name, each.charge, each.at) for each in read.items] == [("KXNBAGAME", Charge(WITHOUT, 1), NOW)] * 2
    assert [refusal.field for refusal in read.refused] == ["scheduled_ts"] * 3 + ["series_ticker", ""]
    assert page.cursor == ""


def test_an_answer_that_is_none_is_refused() -> None:
    for read in (series_charge, series_changes_page, event_changes_page):
        with pytest.raises(PayloadRefused):
            read(b'{"code": "not_found"}')
