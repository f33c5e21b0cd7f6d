"""Where profit and loss come from. The causes of a position always add up to what it has realised, less its fees, to
the micro-dollar: what no other cause explains is the edge that was bought, or was thought to be.

What a purchase pays above the price that was counted with is slippage once those contracts are sold or paid, not
before; so it is carried along with what they have cost, and leaves with it.
"""

from collections.abc import Iterable
from typing import NamedTuple

from app.domain.folds import NOTHING, Dealt, Holding, added, settled
from app.domain.money import ONE_DOLLAR, Money, Price
from app.domain.orders import Purpose


class Did(NamedTuple):
    """A fill that counts, and what its order was for. `quoted`: the price that was counted with."""

    dealt: Dealt
    quoted: Price
    purpose: Purpose


class Paid(NamedTuple):
    """What the venue has paid for one contract in the end, and what was expected of it, where anything was."""

    pays: Price
    expected: Price | None = None


class Causes(NamedTuple):
    """Money earned, or lost when negative. `leg_miss`: by selling what was bought for a hedge that did not come about;
    `mismatch`: by a settlement other than score and rules had said."""

    edge: Money = Money(0)
    slippage: Money = Money(0)
    fees: Money = Money(0)
    leg_miss: Money = Money(0)
    mismatch: Money = Money(0)

    @property
    def total(self) -> Money:
        """What was realised, less fees."""
        return Money(sum(self))

    def plus(self, other: "Causes") -> "Causes":
        """Both together."""
        return Causes(*(Money(one + two) for one, two in zip(self, other, strict=True)))


def causes_of(did: Iterable[Did], paid: Paid | None = None) -> Causes:
    """The causes of what was realised by these fills of one contract, and by its settlement. In any order; each fill
    once, without those that were undone."""
    holding, carried, found = NOTHING, Money(0), Causes()
    for each in sorted(did):
        before, holding = holding, added(holding, each.dealt)
        carried, slipped = _carry(before, carried, each)
        earned = Money(holding.realised - before.realised)
        found = found.plus(_of_fill(each, earned, slipped))
    return found if paid is None else found.plus(_of_settlement(holding, carried, paid))


def _carry(before: Holding, carried: Money, each: Did) -> tuple[Money, Money]:
    """What is carried on, and how much slippage this fill has made real."""
    dealt = each.dealt
    own = Money(dealt._replace(price=each.quoted).paid - dealt.paid)  # better than counted with when positive
    held = abs(before.size)
    is_closing = (before.size > 0) != dealt.is_buy and held > 0
    closed = min(held, dealt.size) if is_closing else 0
    if not closed:
        return Money(carried + own), Money(0)
    released = carried * closed // held
    made_real = own * closed // dealt.size
    return Money(carried - released + own - made_real), Money(released + made_real)


def _of_fill(each: Did, earned: Money, slipped: Money) -> Causes:
    fees = Money(-each.dealt.fee)
    if each.purpose == "unwind":
        return Causes(fees=fees, leg_miss=earned)
    return Causes(edge=Money(earned - slipped), slippage=slipped, fees=fees)


def _of_settlement(holding: Holding, carried: Money, paid: Paid) -> Causes:
    earned = settled(holding, paid.pays).realised - holding.realised
    mismatch = 0 if paid.expected is None else (paid.pays - paid.expected) * holding.size // ONE_DOLLAR
    return Causes(edge=Money(earned - carried - mismatch), slippage=carried, mismatch=Money(mismatch))
