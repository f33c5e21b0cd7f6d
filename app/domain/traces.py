"""A trace: one signal from the venue's word to the fill that was told, each stage with its moment and its budget."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from app.domain.markets import VenueId
from app.domain.orders import OrderId
from app.domain.prices import MILLISECOND, Nanos
from app.domain.signals import SignalId

StageName = Literal[
    "venue",  # the book became so, by the venue's clock
    "received",  # we heard of it
    "found",  # the core found the signal; it reads no clock, so this is the moment of what it was told
    "judged",  # and had the last word on it
    "begun",  # a trade was made of it
    "intended",  # an order was decided upon
    "durable",  # it is written down
    "sent",  # and on its way
    "accepted",  # the venue has answered
    "filled",  # it traded, by the venue's clock
    "heard",  # we heard of the fill
    "booked",  # the fill is written down
    "told",  # whoever follows /ws knows
]

OF_ORDERS: tuple[StageName, ...] = ("intended", "durable", "sent", "accepted", "filled", "heard", "booked", "told")
BESIDE: frozenset[StageName] = frozenset({"told"})  # nothing waits for it

# Milliseconds that a stage may take of ours, on a quiet machine; what a venue takes has none.
BUDGETS: Mapping[StageName, float] = {
    "found": 0.5,  # a price update
    "judged": 0.5,  # a signal
    "begun": 0.5,  # a lookup of the market
    "intended": 0.5,  # a check of what is held
    "durable": 1.0,  # a trade: its intent
    "sent": 0.5,
    "booked": 1.0,  # and its fill
}
BUDGET = 8.0  # milliseconds of ours in all


class Stage(msgspec.Struct, frozen=True):
    """One stage. `at` 0: nobody has noted it; `took`: nanoseconds since the one before that was; of an order's stages
    `order_id` says which."""

    name: StageName
    at: Nanos
    took: int | None
    venue: VenueId | None = None
    order_id: OrderId | None = None
    leg: int | None = None

    @property
    def budget(self) -> float | None:
        """Milliseconds; None: it is not ours to hurry, or it waits for another order."""
        return BUDGETS.get(self.name) if self.name != "intended" or not self.leg else None


class OrderSteps(msgspec.Struct, frozen=True, kw_only=True):
    """When what became of one order; 0: not, or nobody knows."""

    order_id: OrderId
    venue: VenueId
    account: str
    leg: int
    moments: Mapping[StageName, Nanos]


class Trace(msgspec.Struct, frozen=True):
    """All of one signal, in order."""

    signal_id: SignalId
    account: str
    stages: tuple[Stage, ...]

    @property
    def ours(self) -> float:
        """Milliseconds of those stages that have a budget."""
        known = (stage.took for stage in self.stages if stage.budget is not None and stage.took is not None)
        return sum(known) / MILLISECOND


def traced(
    signal_id: SignalId, account: str, moments: Mapping[StageName, Nanos], orders: Sequence[OrderSteps]
) -> Trace:
    """`moments`: those before any order."""
    return Trace(signal_id, account, tuple(_stages(moments, orders)))


def _stages(moments: Mapping[StageName, Nanos], orders: Sequence[OrderSteps]) -> Iterator[Stage]:
    before = Nanos(0)
    for name, at in moments.items():
        yield Stage(name, at, at - before if at and before else None)
        before = at or before
    for order in orders:
        for name in OF_ORDERS:
            at = order.moments.get(name, Nanos(0))
            took = at - before if at and before else None
            yield Stage(name, at, took, order.venue, order.order_id, order.leg)
            before = at if at and name not in BESIDE else before
