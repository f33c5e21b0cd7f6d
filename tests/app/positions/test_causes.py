"""The causes of profit and loss, and that they always add up."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.folds import Dealings, Dealt
from app.domain.money import Money, Price, Size, money, price, size
from app.domain.orders import FillId, Purpose
from app.positions.causes import Causes, Did, Paid, causes_of


def did(text: str, at: int = 1, purpose: Purpose = "entry", fee: str = "0") -> Did:
    """`buy 100 at 0.40 for 0.39`: what was counted with comes last."""
    side, count, _, paid, _, quoted = text.split()
    dealt = Dealt(at, FillId(f"f{at}"), side == "buy", price(paid), size(count), money(fee))
    return Did(dealt, price(quoted), purpose)


def made(**more: str) -> Causes:
    return Causes(**{name: money(value) for name, value in more.items()})


@pytest.mark.parametrize(
    ("fills", "paid", "causes"),
    [
        ([did("buy 100 at 0.40 for 0.40", fee="1")], None, made(fees="-1")),  # nothing is realised yet
        ([did("buy 100 at 0.42 for 0.40")], None, made()),
        ([did("buy 100 at 0.42 for 0.40")], Paid(price(1)), made(edge="60", slippage="-2")),
        ([did("buy 100 at 0.39 for 0.40")], Paid(price(0)), made(edge="-40", slippage="1")),
        (
            [did("buy 100 at 0.42 for 0.40", fee="1.5"), did("sell 100 at 0.50 for 0.53", 2, "exit", "0.5")],
            None,
            made(edge="13", slippage="-5", fees="-2"),
        ),
        (  # half of it is sold: half of what was paid too much is real
            [did("buy 100 at 0.42 for 0.40"), did("sell 50 at 0.50 for 0.50", 2, "exit")],
            None,
            made(edge="5", slippage="-1"),
        ),
        (  # the other leg did not come: all that the way back costs is its cause
            [did("buy 100 at 0.42 for 0.40"), did("sell 100 at 0.38 for 0.40", 2, "unwind", "1")],
            None,
            made(leg_miss="-4", fees="-1"),
        ),
        (  # only some of it was unwound, the rest is paid
            [did("buy 100 at 0.42 for 0.40"), did("sell 40 at 0.38 for 0.40", 2, "unwind")],
            Paid(price(1)),
            made(leg_miss="-1.6", edge="36", slippage="-1.2"),
        ),
        (
            [did("buy 100 at 0.40 for 0.40")],
            Paid(price("0.5"), expected=price(1)),
            made(edge="60", mismatch="-50"),
        ),
        ([did("buy 100 at 0.40 for 0.40")], Paid(price(1), expected=price(1)), made(edge="60")),
        ([did("buy 100 at 0.40 for 0.40")], Paid(price("0.29")), made(edge="-11")),  # a fair price, as it came
        (  # told the wrong way round: the sale first
            [did("sell 100 at 0.50 for 0.52", 1, "exit"), did("buy 100 at 0.40 for 0.40", 2)],
            None,
            made(edge="12", slippage="-2"),
        ),
        ([], None, made()),
    ],
)
def test_each_cause_has_its_part(fills: list[Did], paid: Paid | None, causes: Causes) -> None:
    assert causes_of(fills, paid) == causes


PRICES = st.integers(1, 9_999).map(Price)
FILLS = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.booleans(),
        PRICES,
        st.integers(1, 3 * 10**9).map(Size),
        st.integers(-(10**6), 10**6).map(Money),
        PRICES,
        st.sampled_from(("entry", "chase", "unwind", "exit", "manual")),
    ),
    max_size=12,
)
PAID = st.none() | st.builds(
    Paid, st.integers(0, 10_000).map(Price), st.none() | st.sampled_from((0, 5_000, 10_000)).map(Price)
)


@given(FILLS, PAID, st.randoms(use_true_random=False))
def test_causes_always_add_up_to_what_is_realised_less_fees(
    told: list[tuple[int, bool, Price, Size, Money, Price, Purpose]], paid: Paid | None, chance: random.Random
) -> None:
    fills = [
        Did(Dealt(at, FillId(f"f{number}"), is_buy, cost, count, fee), quoted, purpose)
        for number, (at, is_buy, cost, count, fee, quoted, purpose) in enumerate(told)
    ]
    everything = Dealings()
    for each in fills:
        everything = everything.with_fill(each.dealt)
    holding = (everything if paid is None else everything.paid_out(paid.pays)).holding
    found = causes_of(fills, paid)
    assert found.total == holding.realised - holding.fees
    assert found.fees == -holding.fees
    chance.shuffle(fills)
    assert causes_of(fills, paid) == found  # in whatever order they came


def test_causes_of_several_positions_add_up() -> None:
    assert made(edge="1", fees="-2").plus(made(edge="2", leg_miss="-1")) == made(edge="3", fees="-2", leg_miss="-1")
