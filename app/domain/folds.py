"""What fills come to: the fold of the set of them, in an order of its own.

A venue may tell fills late, twice and in any order, so what an account has of a contract is a function of the set of
its fills: folded by the venue's time and, where that is the same, by id. A sale that stands before its purchase there
makes the holding negative until the purchase comes, and ends the same.

>>> bought = Dealt(1, FillId("a"), True, Price(4_000), Size(10_000_000), Money(20_000))
>>> sold = Dealt(2, FillId("b"), False, Price(5_000), Size(4_000_000), Money(10_000))
>>> Dealings().with_fill(sold).with_fill(bought).holding
Holding(size=6000000, cost=2400000, fees=30000, realised=400000)
"""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from app.domain.money import ONE_DOLLAR, Money, Price, Size
from app.domain.orders import Fill, FillId, Side


class Holding(NamedTuple):
    """What fills have come to: contracts, what those have cost, all fees, and what was earned without them."""

    size: Size = Size(0)
    cost: Money = Money(0)
    fees: Money = Money(0)
    realised: Money = Money(0)

    @property
    def cash(self) -> Money:
        """What came in, less what was paid."""
        return Money(self.realised - self.cost - self.fees)


class Dealt(NamedTuple):
    """A fill as it is folded; they sort as they are folded. `at`: microseconds, as Postgres keeps them: what was read
    from there must fold like what was heard."""

    at: int
    id: FillId
    is_buy: bool
    price: Price
    size: Size
    fee: Money

    @property
    def paid(self) -> Money:
        """For all of it, without its fee; negative when it was sold. A part of a micro-dollar is not ours."""
        exact = self.price * self.size
        return Money(-(-exact // ONE_DOLLAR)) if self.is_buy else Money(-(exact // ONE_DOLLAR))


NOTHING = Holding()


def dealt(fill: Fill, side: Side) -> Dealt:
    """A fill of an order of this side."""
    return Dealt(fill.venue_time // 1_000, fill.id, side == "buy", fill.price, fill.size, fill.fee)


def fold(fills: Iterable[Dealt]) -> Holding:
    """What they come to; they are sorted."""
    holding = NOTHING
    for each in fills:
        holding = added(holding, each)
    return holding


def added(holding: Holding, each: Dealt) -> Holding:
    """One fill more. What is sold has cost its share of the whole, rounded down; the last one takes all."""
    size, cost, fees, realised = holding
    change, paid = each.size if each.is_buy else -each.size, each.paid
    fees = Money(fees + each.fee)
    if size * change >= 0:
        return Holding(Size(size + change), Money(cost + paid), fees, realised)
    closed = min(abs(size), each.size)
    share, part = cost * closed // abs(size), paid * closed // each.size
    left = cost - share if closed < abs(size) else paid - part
    return Holding(Size(size + change), Money(left), fees, Money(realised - part - share))


def settled(holding: Holding, pays: Price) -> Holding:
    """All of it turned to cash, at so much each."""
    earned = pays * holding.size // ONE_DOLLAR - holding.cost
    return Holding(Size(0), Money(0), holding.fees, Money(holding.realised + earned))


class Dealings(msgspec.Struct, frozen=True):
    """Everything that an account has done with one contract. Settlement comes after all fills, whenever they are
    heard; a fill that was undone once stays so, whatever is told of it later."""

    fills: tuple[Dealt, ...] = ()  # sorted, without those undone
    ids: frozenset[FillId] = frozenset()  # of these
    undone: frozenset[FillId] = frozenset()  # and those from before the account began anew
    pays: Price | None = None  # None: not settled
    unsettled: Holding = NOTHING  # what the fills come to before settlement

    @property
    def holding(self) -> Holding:
        """What the account has of it."""
        return self.unsettled if self.pays is None else settled(self.unsettled, self.pays)

    def knows(self, fill_id: FillId) -> bool:
        """Whether it was told, undone or not."""
        return fill_id in self.ids or fill_id in self.undone

    def with_fill(self, new: Dealt) -> "Dealings":
        """And this fill, unless it is known."""
        if self.knows(new.id):
            return self
        if self.fills and new < self.fills[-1]:
            return dealings((*self.fills, new), self.undone, self.pays)
        fills, ids = (*self.fills, new), self.ids | {new.id}
        return Dealings(fills, ids, self.undone, self.pays, added(self.unsettled, new))

    def without(self, fill_id: FillId) -> "Dealings":
        """This fill is undone, or will be known as undone when it comes."""
        undone = self.undone | {fill_id}
        if fill_id not in self.ids:
            return msgspec.structs.replace(self, undone=undone)
        fills = [each for each in self.fills if each.id != fill_id]
        return dealings(fills, undone, self.pays)

    def paid_out(self, pays: Price) -> "Dealings":
        """The venue has turned the contract to cash; what it said first stays."""
        return self if self.pays is not None else msgspec.structs.replace(self, pays=pays)


def dealings(fills: Iterable[Dealt], undone: frozenset[FillId] = frozenset(), pays: Price | None = None) -> Dealings:
    """Of fills in any order."""
    ordered = tuple(sorted(fills))
    return Dealings(ordered, frozenset(each.id for each in ordered), undone, pays, fold(ordered))
