"""Every posting is balanced, and all of them together are the difference between the first holding and the last."""

import random
from collections import Counter
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.folds import NOTHING, Dealings, Holding
from app.domain.ledgers import Entry
from app.domain.markets import ContractId
from app.domain.money import Money, Price, Size
from app.domain.postings import deposited, entries, moved
from tests.app.domain.test_folds import SETS, Dealt, sets_of_fills

HERE = ContractId("kalshi:X:yes")


def test_a_purchase_moves_cash_into_positions_and_fees() -> None:
    after = Holding(Size(10_000_000), Money(4_000_000), Money(170_000))
    assert entries(NOTHING, after, HERE) == (
        Entry("cash", -4_170_000),
        Entry("positions", 4_000_000, HERE),
        Entry("fees", 170_000, HERE),
    )


def test_a_sale_brings_cash_and_what_is_earned_stands_negative() -> None:
    before, after = Holding(Size(10), Money(4_000)), Holding(Size(4), Money(1_600), Money(10), Money(600))
    assert moved(before, after) == {"cash": 2_990, "positions": -2_400, "fees": 10, "realised": -600}


def test_money_comes_from_deposits() -> None:
    assert deposited(Money(-5)) == (Entry("cash", -5), Entry("deposits", 5))
    assert deposited(Money(0)) == ()


@settings(max_examples=SETS)
@given(sets_of_fills(), st.randoms(use_true_random=False), st.integers(0, 10_000))
def test_all_entries_add_up_to_nothing_and_to_what_is_there(
    fills: list[Dealt], chance: random.Random, pays: int
) -> None:
    stands = [Dealings()]
    for each in fills:
        stands.append(stands[-1].with_fill(each))
        if chance.random() < 0.3:
            stands.append(stands[-1].without(chance.choice(fills).id))
    stands.append(stands[-1].paid_out(Price(pays)))
    books: Counter[str] = Counter()
    for before, after in pairwise(stands):
        posted = entries(before.holding, after.holding, HERE)
        assert sum(entry.amount for entry in posted) == 0
        for entry in posted:
            books[entry.book] += entry.amount
    last = stands[-1].holding
    found = [books[book] for book in ("cash", "positions", "fees", "realised")]
    assert found == [last.cash, last.cost, last.fees, -last.realised]
    assert last.size == last.cost == 0
