"""What a position counts as when somebody bids, when nobody does, and when its game is over."""

import msgspec
import pytest

from app.domain.markets import ContractId
from app.domain.money import ONE_DOLLAR, Price, Size, money
from app.domain.prices import SECOND, Nanos, Quote
from app.positions.marks import Mark, first_mark, mark_of, unrealised, value_of
from tests.app.positions.held import after, position

FRESH = 2 * SECOND
NOW = after(100)
BID = Quote(ContractId("kalshi:M1:yes"), Price(5_300), Size(1), Price(5_500), Size(1), NOW, NOW, NOW)
LAST = Mark(Price(5_300), "last", NOW)
PAID = first_mark(position())


def quote(**more: object) -> Quote:
    return msgspec.structs.replace(BID, **more)


@pytest.mark.parametrize(
    ("told", "before", "expected", "mark"),
    [
        (BID, PAID, None, Mark(Price(5_300), "bid", NOW)),
        (quote(bid=None), Mark(Price(5_300), "bid", NOW), None, LAST),
        (None, Mark(Price(5_300), "bid", NOW), None, LAST),
        (quote(doubt="gap"), Mark(Price(4_000), "bid", Nanos(1)), None, Mark(Price(4_000), "last", Nanos(1))),
        (quote(proved_at=Nanos(NOW - FRESH - 1)), LAST, None, LAST),
        (quote(bid=None), PAID, None, PAID),
        (None, PAID, None, PAID),
        (BID, LAST, ONE_DOLLAR, Mark(ONE_DOLLAR, "expected", NOW)),  # the market speaks no more
        (None, PAID, Price(0), Mark(Price(0), "expected")),
    ],
)
def test_it_counts_as_what_somebody_pays(told: Quote | None, before: Mark, expected: Price | None, mark: Mark) -> None:
    assert mark_of(told, before, expected, NOW, FRESH) == mark


def test_only_what_is_won_waits_to_be_paid() -> None:
    marks = [Mark(ONE_DOLLAR, "expected"), Mark(Price(0), "expected"), Mark(ONE_DOLLAR, "bid"), PAID]
    assert [mark.is_unpaid for mark in marks] == [True, False, False, False]


def test_before_anybody_bids_it_counts_as_what_was_paid() -> None:
    assert Mark(Price(5_000), "cost") == PAID
    assert first_mark(position(contracts="0", cost="0")) == Mark(Price(0), "cost")


def test_what_would_be_gained() -> None:
    assert value_of(position(), Price(5_300)) == money("53")
    assert unrealised(position(), Price(5_300)) == money("3")
    assert unrealised(position(), Price(0)) == money("-50")
