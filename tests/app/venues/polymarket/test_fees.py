"""What a market of Gamma says of its fees → its schedule."""

from pathlib import Path

import msgspec
import pytest

from app.domain.fees import FeeSchedule
from app.venues.polymarket import wire
from app.venues.polymarket.fees import FREE, schedule_of
from app.venues.polymarket.translate import events_from


def schedule(**said: object) -> FeeSchedule | None:
    return schedule_of(wire.MARKET.decode(msgspec.json.encode(said)))


def rounded(taker: int, **more: object) -> FeeSchedule:
    return FeeSchedule(taker=taker, step=10, least=10, source="feeSchedule", **more)


TAKER_ONLY = {"rate": 0.05, "exponent": 1, "takerOnly": True, "rebateRate": 0.15}
SAID = [
    ({"feesEnabled": True, "feeSchedule": TAKER_ONLY}, rounded(50_000)),
    ({"feeSchedule": TAKER_ONLY}, rounded(50_000)),
    ({"feesEnabled": True, "feeSchedule": {**TAKER_ONLY, "rate": 0.0695}}, rounded(69_500)),
    ({"feesEnabled": True, "feeSchedule": {**TAKER_ONLY, "rate": "0.05", "exponent": "1"}}, rounded(50_000)),
    ({"feesEnabled": True, "feeSchedule": {**TAKER_ONLY, "rate": 0}}, rounded(0)),
    ({"feesEnabled": True, "feeSchedule": {**TAKER_ONLY, "exponent": 2.0}}, rounded(50_000, exponent=2)),
    ({"feesEnabled": True, "feeSchedule": {**TAKER_ONLY, "takerOnly": False}}, rounded(50_000, maker=50_000)),
    ({"feesEnabled": False}, FREE),
    ({"feesEnabled": False, "feeSchedule": TAKER_ONLY}, FREE),
    ({"feesEnabled": True}, None),
    ({}, None),
    ({"feesEnabled": True, "feeSchedule": {**TAKER_ONLY, "exponent": 1.5}}, None),
    ({"feesEnabled": True, "feeSchedule": {**TAKER_ONLY, "exponent": 0}}, None),
    ({"feesEnabled": True, "feeSchedule": {**TAKER_ONLY, "exponent": 40}}, None),
    ({"feesEnabled": True, "feeSchedule": {"rate": 0.05}}, None),
    ({"feesEnabled": True, "feeSchedule": {**TAKER_ONLY, "rate": 5}}, None),
    ({"feesEnabled": True, "feeSchedule": {**TAKER_ONLY, "rate": -0.01}}, None),
    ({"feesEnabled": True, "feeSchedule": {**TAKER_ONLY, "rate": None}}, None),
    ({"feesEnabled": True, "feeSchedule": "sports"}, None),
    ({"feesEnabled": True, "feeSchedule": {**TAKER_ONLY, "takerOnly": "perhaps"}}, None),
]


@pytest.mark.parametrize(("said", "expected"), SAID)
def test_what_a_market_says_it_charges(said: dict[str, object], expected: FeeSchedule | None) -> None:
    assert schedule(**said) == expected


RECORDED = [
    ("rs_gamma_market_sports_market_money_line", [(30_000, "sports_fees_v2")]),
    ("rs_gamma_market_sports_market_map_handicap", [(30_000, "sports_fees_v2")]),
    ("rs_gamma_event", [(0, "no fees"), (0, "no fees")]),
    ("rs_gamma_market", [None]),  # of a time when fees had no schedule
]


@pytest.mark.parametrize(("name", "expected"), RECORDED)
def test_recorded_markets(shared: Path, name: str, expected: list[tuple[int, str] | None]) -> None:
    read = events_from((shared / "data/polymarket/messages" / f"{name}.json").read_bytes())
    markets = [market for event in read.items for market in event.markets or ()]
    assert [market.fees and (market.fees.taker, market.fees.source) for market in markets] == expected


def test_the_recorded_slate_was_free(shared: Path) -> None:
    read = events_from((shared / "slates/nba-2026-01-09/polymarket/events.json").read_bytes())
    markets = [market for event in read.items for market in event.markets or ()]
    assert len(markets) == 738
    assert {market.fees for market in markets} == {FREE}
