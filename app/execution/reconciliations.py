"""What we have of an account at a venue, and what the venue has: the differences, by name.

A venue's own lists lag behind what it has told, and ours behind what is on its way: a difference counts once it is seen
twice, and an order of a moment ago is in none.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from app.domain.markets import ContractId
from app.domain.money import Money, Size, money_text, size_text
from app.domain.orders import AtVenue, Fill, FillId, Side, Standing
from app.domain.prices import SECOND, Nanos

SETTLES_WITHIN = 5 * SECOND  # what changed later may still be on its way
CENT = 10_000  # Money

Name = Literal["orphan", "ghost", "drift", "fill", "position", "balance"]


class Difference(NamedTuple):
    """`subject`: an order (its name at the venue, of an orphan), a fill, a contract, or "cash"."""

    name: Name
    subject: str
    ours: str
    theirs: str

    @property
    def words(self) -> str:
        return f"{self.name} {self.subject}: {self.ours} here, {self.theirs} at the venue"


class Ours(NamedTuple):
    """What we have of an account at one venue. `orders`: those of which something may still come; `fills`: the names of
    all that are booked since some time."""

    orders: Sequence[Standing]
    fills: frozenset[FillId]
    positions: Mapping[ContractId, Size]


def differences(ours: Ours, theirs: AtVenue, now: Nanos) -> list[Difference]:
    """Everything that is not the same."""
    found = [*_orders(ours, theirs, now), *_fills(ours, theirs, now)]
    if not any(each.name == "fill" for each in found):  # else it follows from that
        found += _positions(ours, theirs)
    return found


def vanished(dealt: Iterable[tuple[Side, Fill]], ours: Size, theirs: Size, listed: Iterable[Fill]) -> list[Fill]:
    """Fills of a contract that are booked and that its venue lists no longer, where they are all by which the position
    differs: it has undone them. Else none: nobody but a person knows then which of the two is right."""
    counting = {fill.id for fill in listed if fill.stage != "undone"}
    gone = [(side, fill) for side, fill in dealt if fill.id not in counting]
    more = sum(fill.size if side == "buy" else -fill.size for side, fill in gone)
    return [fill for _, fill in gone] if more and ours - more == theirs else []


def money_difference(ours: Money, theirs: Money, held_back: Money) -> list[Difference]:
    """Of the cash of an account and what its venues have together; less than a cent is none. `held_back`: for orders
    that rest, which may be taken off already."""
    is_same = -CENT < ours - theirs < held_back + CENT
    return [] if is_same else [Difference("balance", "cash", money_text(ours), money_text(theirs))]


def cost_at_most(standing: Standing) -> Money:
    """What the rest of an order may still cost, with a fee of the usual size."""
    return Money(standing.order.limit * standing.left // 10_000 * 103 // 100)


def lasting(found: Iterable[Difference], before: Iterable[Difference]) -> list[Difference]:
    """Those that were seen before."""
    seen = {(each.name, each.subject) for each in before}
    return [each for each in found if (each.name, each.subject) in seen]


def _orders(ours: Ours, theirs: AtVenue, now: Nanos) -> Iterator[Difference]:
    at_venue = {report.order_id or report.ref: report for report in theirs.orders}
    mine = {standing.order.id: standing for standing in ours.orders}
    refs = {standing.last.ref: standing.order.id for standing in ours.orders if standing.last.ref}
    for name, report in at_venue.items():
        standing = mine.get(report.order_id) or mine.get(refs.get(report.ref, report.order_id))
        if standing is None:
            yield Difference("orphan", report.ref or name, "nothing", report.state)
        elif standing.last.filled != report.filled and _has_rested(standing, now):
            yield Difference("drift", standing.order.id, size_text(standing.last.filled), size_text(report.filled))
    listed = {*at_venue, *(report.ref for report in theirs.orders)}
    for standing in ours.orders:
        is_open = standing.last.state in ("open", "partly_filled")
        if is_open and _has_rested(standing, now) and not {standing.order.id, standing.last.ref} & listed:
            yield Difference("ghost", standing.order.id, standing.last.state, "nothing")


def _fills(ours: Ours, theirs: AtVenue, now: Nanos) -> Iterator[Difference]:
    for fill in theirs.fills:
        is_old = now - fill.venue_time > SETTLES_WITHIN
        if fill.stage != "undone" and fill.id not in ours.fills and is_old:
            yield Difference("fill", fill.id, "nothing", size_text(fill.size))


def _positions(ours: Ours, theirs: AtVenue) -> Iterator[Difference]:
    for contract_id in sorted({*ours.positions, *theirs.positions}):
        here, there = (held.get(contract_id, Size(0)) for held in (ours.positions, theirs.positions))
        if here != there:
            yield Difference("position", contract_id, size_text(here), size_text(there))


def _has_rested(standing: Standing, now: Nanos) -> bool:
    return now - standing.last.at > SETTLES_WITHIN
