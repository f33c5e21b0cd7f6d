"""What a market of Kalshi asks of orders."""

from pathlib import Path

import msgspec
import pytest

from app.domain.markets import Handling
from app.domain.money import size
from app.venues.kalshi.translate import events_from

MARKET = {"ticker": "KXNBAGAME-26NOV22NYKBOS-BOS", "event_ticker": "KXNBAGAME-26NOV22NYKBOS", "status": "active"}

SAID: list[tuple[dict[str, object], str]] = [
    ({}, "0.01"),
    ({"fractional_trading_enabled": True}, "0.01"),
    ({"fractional_trading_enabled": None}, "0.01"),
    ({"fractional_trading_enabled": False}, "1"),
]


@pytest.mark.parametrize(("said", "step"), SAID)
def test_what_a_market_asks_of_orders(said: dict[str, object], step: str) -> None:
    (event,) = events_from(msgspec.json.encode([{**MARKET, **said}])).items
    assert event.markets is not None
    assert event.markets[0].handling == Handling(least=size("1"), step=size(step))


def test_recorded_markets_in_whole_contracts_say_so(shared: Path) -> None:
    payload = (shared / "data/kalshi/epl-2026-03/kalshi_markets.json").read_bytes()
    told = {market.handling for event in events_from(payload).items for market in event.markets or ()}
    assert told == {Handling(least=size("1"), step=size("1"))}
