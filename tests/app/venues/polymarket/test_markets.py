"""What a market of Gamma asks of orders."""

from pathlib import Path

import msgspec
import pytest

from app.domain.markets import Handling
from app.domain.money import Size, size
from app.venues.polymarket.translate import events_from

Json = dict[str, object]
CENTS = Size(10_000)

MARKET: Json = {
    "id": "555",
    "conditionId": "0x202a",
    "slug": "nba-nyk-bos-2026-11-22",
    "question": "Knicks vs. Celtics",
    "outcomes": '["Knicks", "Celtics"]',
    "clobTokenIds": '["1119", "2228"]',
    "orderMinSize": 5,
}


def handling(**said: object) -> Handling | None:
    (event,) = events_from(msgspec.json.encode({**MARKET, **said})).items
    assert event.markets is not None
    return event.markets[0].handling


SAID: list[tuple[Json, Handling | None]] = [
    ({}, Handling(least=size("5"), step=CENTS)),
    ({"orderMinSize": "15.5"}, Handling(least=size("15.5"), step=CENTS)),
    ({"orderMinSize": 0}, Handling(least=CENTS, step=CENTS)),
    ({"secondsDelay": 3}, Handling(least=size("5"), step=CENTS, delay_ms=3000)),
    ({"secondsDelay": "1"}, Handling(least=size("5"), step=CENTS, delay_ms=1000)),
    ({"secondsDelay": None}, Handling(least=size("5"), step=CENTS)),
    ({"secondsDelay": -1}, Handling(least=size("5"), step=CENTS)),
    ({"clearBookOnStart": True}, Handling(least=size("5"), step=CENTS, is_wiped_at_start=True)),
    ({"negRisk": True}, Handling(least=size("5"), step=CENTS, is_neg_risk=True)),
    ({"orderMinSize": None}, None),
    ({"orderMinSize": -5}, None),
    ({"orderMinSize": "much"}, None),
    ({"orderMinSize": 1e300}, None),
]


@pytest.mark.parametrize(("said", "expected"), SAID)
def test_what_a_market_asks_of_orders(said: Json, expected: Handling | None) -> None:
    assert handling(**said) == expected


def test_recorded_games_say_what_they_ask(shared: Path) -> None:
    payload = (shared / "slates/nba-2026-01-09/polymarket/events.json").read_bytes()
    told = {market.handling for event in events_from(payload).items for market in event.markets or ()}
    expected = Handling(least=size("5"), step=CENTS, delay_ms=3000, is_wiped_at_start=True)
    assert expected in told
    assert {one.least for one in told if one} == {size("5")}
