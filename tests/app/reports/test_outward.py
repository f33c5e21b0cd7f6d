"""Reports as JSON: what an integer means is told by its field."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from app.domain.money import Money, Price, Size
from app.reports.outward import outward


class Inner(NamedTuple):
    paid: Money
    price: Price | None


class Outer(msgspec.Struct):
    n: int
    at: datetime
    size: Size
    shares: Mapping[str, float]
    sums: Mapping[str, Money]
    inner: Sequence[Inner]
    none: Inner | None = None


def test_money_prices_and_sizes_are_text_and_counts_are_numbers() -> None:
    at = datetime(2026, 1, 9, tzinfo=UTC)
    told = Outer(
        3, at, Size(1_500_000), {"a": 0.5}, {"b": Money(-1)}, [Inner(Money(1), None), Inner(Money(0), Price(1))]
    )
    assert outward(told, Outer) == {
        "n": 3,
        "at": "2026-01-09T00:00:00Z",
        "size": "1.5",
        "shares": {"a": 0.5},
        "sums": {"b": "-0.000001"},
        "inner": [{"paid": "0.000001", "price": None}, {"paid": "0", "price": "0.0001"}],
        "none": None,
    }
