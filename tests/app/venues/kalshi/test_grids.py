"""The grids that Kalshi's listings tell."""

from pathlib import Path

import msgspec
import pytest

from app.domain.prices import CENT_GRID, Grid, Step, even_grid
from app.venues.kalshi import wire
from app.venues.kalshi.grids import grid_of, is_trading


def terms(label: str | None = None, *ranges: tuple[str, str, str]) -> wire.MarketTerms:
    written = [wire.PriceRange(start=start, end=end, step=step) for start, end, step in ranges]
    return wire.MarketTerms(ticker="X", price_level_structure=label, price_ranges=written or None)


TAPERED = Grid((Step(0, 1000, 10), Step(1000, 9000, 100), Step(9000, 10_000, 10)))


@pytest.mark.parametrize(
    ("told", "grid"),
    [
        (terms("linear_cent", ("0.0000", "1.0000", "0.0100")), CENT_GRID),
        (terms("linear_cent", ("0.0000", "1.0000", "0.0010")), even_grid(10)),  # a label means what the ranges say
        (terms("new", ("0.9", "1", "0.001"), ("0", "0.1", "0.001"), ("0.1", "0.9", "0.01")), TAPERED),
        (terms("linear_cent"), CENT_GRID),
        (terms("deci_cent"), even_grid(10)),
        (terms("tapered_deci_cent"), TAPERED),
        (terms("new"), None),
        (terms(), None),
        (terms("linear_cent", ("0", "1", "0")), None),
        (terms("linear_cent", ("1", "0", "0.01")), None),
        (terms("linear_cent", ("0", "x", "0.01")), None),
    ],
)
def test_the_ranges_say_what_the_grid_is(told: wire.MarketTerms, grid: Grid | None) -> None:
    assert grid_of(told) == grid


def test_recorded_grids_are_read(shared: Path) -> None:
    class Renamed(msgspec.Struct, rename={"ticker": "example_ticker"}):
        ticker: str
        price_level_structure: str
        price_ranges: list[wire.PriceRange]

    class Grids(msgspec.Struct):
        grids: list[Renamed]

    raw = (shared / "data/kalshi/mlb-wnba-nfl-2026-08/price_grids.json").read_bytes()
    for one in msgspec.json.decode(raw, type=Grids).grids:
        assert grid_of(wire.MarketTerms(ticker=one.ticker, price_ranges=one.price_ranges)) == CENT_GRID


@pytest.mark.parametrize(("status", "trades"), [("active", True), (None, True), ("inactive", False), ("closed", False)])
def test_only_active_markets_trade(status: str | None, trades: bool) -> None:
    assert is_trading(wire.MarketTerms(ticker="X", status=status)) is trades
