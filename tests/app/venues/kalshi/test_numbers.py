"""Decimals as Kalshi writes them, and what is none."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import BadInput
from app.venues.kalshi.numbers import (
    CHANGES,
    MIRRORED,
    MOST_REMEMBERED,
    PRICES,
    Meanings,
    read_asks,
    read_bids,
    read_change,
    read_mirrored,
    read_price,
)

BAD = ["", "x", "0.5x", "nan", "inf", "1e9", "1E999999999", "0.12345", "1.01", "-0.1", "9" * 40, "0,5", float("1e30")]


@pytest.mark.parametrize(("written", "price"), [("0.5600", 5600), ("0.56", 5600), ("1", 10_000), (0.56, 5600), (0, 0)])
def test_prices(written: str | float, price: int) -> None:
    assert (read_price(written), read_mirrored(written)) == (price, 10_000 - price)


@pytest.mark.parametrize("written", BAD)
def test_what_is_no_price(written: str | float) -> None:
    with pytest.raises(BadInput):
        read_price(written)


@pytest.mark.parametrize(
    ("written", "units"),
    [
        ("100.00", 100_000_000),
        ("-3.13", -3_130_000),
        ("-0.01", -10_000),
        ("0.00", 0),
        ("5", 5_000_000),
        ("0.123456", 123_456),
        ("-.50", -500_000),
        (-200.5, -200_500_000),
        (7, 7_000_000),
    ],
)
def test_changes(written: str | float, units: int) -> None:
    assert read_change(written) == units


@pytest.mark.parametrize("written", ["", "-", ".", "--1.00", "1_0.00", "+-1.00", "1e3", "0.1234567", "x.00", "٣.00"])
def test_what_is_no_change(written: str) -> None:
    with pytest.raises(BadInput):
        read_change(written)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_changes_are_exact(change: Decimal) -> None:
    assert read_change(f"{change:.2f}") == CHANGES[f"{change:.2f}"] == int(change * 1_000_000)


def test_bids_for_no_are_offers_of_yes() -> None:
    written = [("0.0100", "5.00"), (0.45, 310)]
    assert read_bids(written) == ((100, 5_000_000), (4500, 310_000_000))
    assert read_asks(written) == ((9900, 5_000_000), (5500, 310_000_000))
    assert read_bids(None) == read_asks([]) == ()


def test_a_level_of_less_than_nothing_is_none() -> None:
    with pytest.raises(BadInput, match="negative"):
        read_bids([("0.0100", "-5.00")])


def test_no_more_is_remembered_than_may_be() -> None:
    meanings = Meanings(read_change)
    for number in range(MOST_REMEMBERED + 10):
        assert meanings[f"{number}.00"] == number * 1_000_000
    assert len(meanings) == 10
    assert PRICES["0.5000"] == MIRRORED["0.5000"]
