"""Tickers and trades as inputs."""

import pytest

from app.domain.inputs import Named, Traded
from app.domain.prices import BookId, Nanos
from app.venues.kalshi import wire
from app.venues.kalshi.updates import named_by, traded_by

BOOK, NOW = BookId("kalshi:X"), Nanos(9)


@pytest.mark.parametrize(
    ("bid", "ask", "best"),
    [
        ("0.5300", "0.5500", (5300, 5500)),
        (0.53, 1, (5300, None)),
        ("0.0000", "0.5500", (None, 5500)),
        ("0.0000", "0.0000", (None, None)),
    ],
)
def test_the_best_that_kalshi_names(bid: wire.Number, ask: wire.Number, best: tuple[int | None, int | None]) -> None:
    told = wire.Ticker(market_ticker="X", yes_bid_dollars=bid, yes_ask_dollars=ask, ts_ms=5)
    assert named_by(told, BOOK, NOW) == Named(BOOK, *best, 5_000_000, NOW, is_aside=True)


@pytest.mark.parametrize(("bid", "ask"), [(None, "0.5"), ("0.5", None), ("x", "0.5")])
def test_half_a_ticker_says_nothing(bid: str | None, ask: str | None) -> None:
    told = wire.Ticker(market_ticker="X", yes_bid_dollars=bid, yes_ask_dollars=ask)
    assert named_by(told, BOOK, NOW) is None


@pytest.mark.parametrize(("newer", "older", "is_buy"), [("yes", None, True), ("no", None, False), (None, "no", False)])
def test_who_takes_yes_buys(newer: str | None, older: str | None, is_buy: bool) -> None:
    told = wire.Trade(
        market_ticker="X",
        yes_price_dollars="0.5400",
        count_fp="12.00",
        taker_outcome_side=newer,
        taker_side=older,
        ts_ms=5,
    )
    assert traded_by(told, BOOK, NOW) == Traded(BOOK, 5400, 12_000_000, is_buy, 5_000_000, NOW, is_aside=True)


@pytest.mark.parametrize(
    ("price", "count", "taken"), [("x", "1.00", "yes"), ("0.5", "0.00", "yes"), ("0.5", "1", None)]
)
def test_a_trade_of_nothing_or_by_nobody_is_none(price: str, count: str, taken: str | None) -> None:
    told = wire.Trade(market_ticker="X", yes_price_dollars=price, count_fp=count, taker_outcome_side=taken)
    assert traded_by(told, BOOK, NOW) is None
