"""What fills come to is a matter of which there are, and of nothing else.

The laws are told chances by hypothesis: SETS of fills, and each of them in so many ORDERS, ten thousand cases in all.
"""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.folds import NOTHING, Dealings, Dealt, Holding, added, dealings, dealt, fold, settled
from app.domain.money import Money, Price, Size
from app.domain.orders import Fill, FillId, OrderId
from app.domain.prices import Nanos

SETS = 400
ORDERS = 25
CONTRACT = 1_000_000


def bought(name: str, at: int, cents: int, contracts: int, fee: int = 0) -> Dealt:
    return Dealt(at, FillId(name), True, Price(cents * 100), Size(contracts * CONTRACT), Money(fee))


def sold(name: str, at: int, cents: int, contracts: int, fee: int = 0) -> Dealt:
    return bought(name, at, cents, contracts, fee)._replace(is_buy=False)


@pytest.mark.parametrize(
    ("fills", "expected"),
    [
        ([], NOTHING),
        ([bought("a", 1, 40, 10, 5)], Holding(Size(10_000_000), Money(4_000_000), Money(5))),
        ([bought("a", 1, 40, 10), bought("b", 2, 60, 10)], Holding(Size(20_000_000), Money(10_000_000))),
        (  # a part of what was bought costs its share
            [bought("a", 1, 40, 10), bought("b", 2, 60, 10), sold("c", 3, 55, 5)],
            Holding(Size(15_000_000), Money(7_500_000), Money(0), Money(250_000)),
        ),
        ([bought("a", 1, 40, 10), sold("b", 2, 30, 10, 7)], Holding(fees=Money(7), realised=Money(-1_000_000))),
        (  # what was sold before it was bought is owed, and settled by the purchase
            [sold("a", 1, 55, 10)],
            Holding(Size(-10_000_000), Money(-5_500_000)),
        ),
        ([sold("a", 1, 55, 10), bought("b", 2, 40, 10)], Holding(realised=Money(1_500_000))),
        (
            [sold("a", 1, 50, 4), bought("b", 2, 40, 10)],
            Holding(Size(6_000_000), Money(2_400_000), Money(0), Money(400_000)),
        ),
        (
            [bought("a", 1, 40, 4), sold("b", 2, 50, 10)],
            Holding(Size(-6_000_000), Money(-3_000_000), Money(0), Money(400_000)),
        ),
    ],
)
def test_fills_come_to(fills: list[Dealt], expected: Holding) -> None:
    assert fold(fills) == expected


def test_a_part_of_a_micro_dollar_is_not_ours() -> None:
    third = Size(333_333)
    assert Dealt(1, FillId("a"), True, Price(1), third, Money(0)).paid == 34
    assert Dealt(1, FillId("a"), False, Price(1), third, Money(0)).paid == -33


def test_the_last_sale_takes_all_that_is_left_of_the_cost() -> None:
    holding = fold([Dealt(1, FillId("a"), True, Price(1), Size(3), Money(0))])
    for number in range(3):
        holding = added(holding, Dealt(2 + number, FillId(f"b{number}"), False, Price(0), Size(1), Money(0)))
    assert (holding.size, holding.cost, holding.cash) == (0, 0, -1)


@pytest.mark.parametrize(
    ("pays", "realised"), [(10_000, 6_000_000), (0, -4_000_000), (5_000, 1_000_000), (4_000, 0), (3_333, -667_000)]
)
def test_settlement_pays_so_much_for_each(pays: int, realised: int) -> None:
    holding = fold([bought("a", 1, 40, 10, 5)])
    assert settled(holding, Price(pays)) == Holding(fees=Money(5), realised=Money(realised))


def test_a_fill_is_folded_by_microseconds_as_postgres_keeps_them() -> None:
    fill = Fill(
        id=FillId("kalshi:1"),
        order_id=OrderId("o"),
        price=Price(1),
        size=Size(2),
        fee=Money(3),
        venue_time=Nanos(5_999),
        received_at=Nanos(6_000),
    )
    assert dealt(fill, "sell") == Dealt(5, FillId("kalshi:1"), False, Price(1), Size(2), Money(3))


@st.composite
def sets_of_fills(draw: st.DrawFn) -> list[Dealt]:
    """Up to eight fills, several at one moment, sizes and prices that do not divide well."""
    count = draw(st.integers(1, 8))
    return [
        Dealt(
            draw(st.integers(0, 3)),
            FillId(f"f{number}"),
            draw(st.booleans()),
            Price(draw(st.integers(0, 10_000))),
            Size(draw(st.integers(1, 40_000_000))),
            Money(draw(st.integers(0, 2_000_000))),
        )
        for number in range(count)
    ]


Told = tuple[str, Dealt]  # "fill", "undone" or "settled", which is of none


def heard(told: list[Told], pays: Price | None) -> Dealings:
    """One thing after the other."""
    found = Dealings()
    for what, each in told:
        if what == "settled":
            assert pays is not None
            found = found.paid_out(pays)
        else:
            found = found.with_fill(each) if what == "fill" else found.without(each.id)
    return found


@settings(max_examples=SETS)
@given(sets_of_fills(), st.randoms(use_true_random=False), st.one_of(st.none(), st.integers(0, 10_000)))
def test_any_order_and_repetition_comes_to_the_same(
    fills: list[Dealt], chance: random.Random, pays: int | None
) -> None:
    undone = {each.id for each in fills if chance.random() < 0.2}
    all_told: list[Told] = [("fill", each) for each in fills]
    all_told += [("undone", each) for each in fills if each.id in undone]
    all_told += [("settled", fills[0])] * (pays is not None)
    price = None if pays is None else Price(pays)
    expected = dealings([each for each in fills if each.id not in undone], frozenset(undone), price)
    for _ in range(ORDERS):
        told = all_told + chance.choices(all_told, k=chance.randrange(4))
        chance.shuffle(told)
        assert heard(told, price) == expected


@settings(max_examples=SETS)
@given(sets_of_fills())
def test_money_is_neither_made_nor_lost(fills: list[Dealt]) -> None:
    holding = dealings(fills).holding
    assert holding.cash == -sum(each.paid + each.fee for each in fills)
    assert holding.size == sum(each.size if each.is_buy else -each.size for each in fills)
    if not holding.size:
        assert holding.cost == 0


@settings(max_examples=SETS)
@given(sets_of_fills(), st.randoms(use_true_random=False))
def test_nothing_is_ever_owed_when_no_more_is_sold_than_was_bought(fills: list[Dealt], chance: random.Random) -> None:
    fills = sorted(fills)
    covered: list[Dealt] = []
    left = 0
    for each in fills:
        can_be_sold = each if each.is_buy else each._replace(size=Size(min(each.size, left)))
        if can_be_sold.size:
            left += can_be_sold.size if each.is_buy else -can_be_sold.size
            covered.append(can_be_sold)
            holding = fold(covered)
            assert holding.size == left >= 0
            assert holding.cost >= 0
    chance.shuffle(covered)
    assert dealings(covered).holding.size == left
