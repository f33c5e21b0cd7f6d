"""One market's book: how much lies at each price, and the best of it.

Sizes stand in two lists with a place for each step of the market's grid, so a change is one assignment; the best is
remembered, and looked for again only when it is taken away. Where a grid is not told, the lists are as fine as the
prices that came so far.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from math import gcd
from typing import NamedTuple

from app.domain.inputs import Added, Replaced, Snapshot
from app.domain.money import LARGEST, ONE_DOLLAR, Price
from app.domain.prices import CENT_GRID, FINEST_GRID, Doubt, Grid, Ladder, Level, Listed, Nanos, Quote
from app.prices.clocks import VenueClock
from app.prices.lanes import Lane

NOWHERE = -1  # the place of the best bid where nobody bids

Change = Added | Replaced | Snapshot


class Dispute:
    """The venue names another best than the book has, and one of the two may be a moment ahead. One that `lasts` ends
    when both agree; another one also when the book moves on, as what was named was of another state."""

    __slots__ = ("ask", "bid", "doubt", "lasts", "until")

    def __init__(self, doubt: Doubt, until: int, bid: Price | None, ask: Price | None, *, lasts: bool) -> None:
        self.doubt = doubt
        self.until = until  # when it has lasted too long
        self.bid = bid
        self.ask = ask
        self.lasts = lasts


class Suspicion(NamedTuple):
    """Levels that REST has shown otherwise: side and price → what lay there by us, and by them."""

    shown_at: Nanos
    levels: Mapping[tuple[bool, int], tuple[int, int]]


class Book:
    """Levels of both sides. The best ask of an empty side is a place beyond the last, so that bids are below it."""

    __slots__ = (
        "_top",
        "_unit",
        "ask_at",
        "ask_sizes",
        "asked_at",
        "bid_at",
        "bid_sizes",
        "checked_at",
        "clock",
        "dispute",
        "doubt",
        "grid",
        "has_moved",
        "id",
        "is_touched",
        "lane",
        "last",
        "listed",
        "places",
        "since",
        "suspicion",
        "wait",
    )

    def __init__(self, listed: Listed, grid: Grid, lane: Lane, now: Nanos) -> None:
        self.id = listed.book_id
        self.listed = listed
        self.lane = lane
        self.clock = VenueClock()  # the board gives it that of its venue
        self.last: Change = Snapshot(self.id, lane.id, (), (), Nanos(0), Nanos(0))  # what changed it last
        self.doubt: Doubt | None = "waiting"
        self.since = now  # it is in doubt, or right
        self.asked_at = now  # when a snapshot was last asked for
        self.wait = 0  # nanoseconds until the next may be
        self.checked_at = Nanos(0)  # compared over REST and found equal
        self.suspicion: Suspicion | None = None
        self.dispute: Dispute | None = None
        self.has_moved = False  # the best did, within a message that is not at its end
        self.is_touched = False  # in any way, since somebody asked
        self.bid_at, self.ask_at = NOWHERE, 0  # places of the best
        self.regrid(grid)

    @property
    def proved_at(self) -> Nanos:
        """When the venue last showed that this is the book: over its lane, or asked over REST."""
        return max(self.lane.proved_at, self.checked_at)

    def turn_back(self, now: Nanos) -> None:
        """The clock was set back to this."""
        self.checked_at, self.asked_at = min(self.checked_at, now), min(self.asked_at, now)
        self.since, self.suspicion = min(self.since, now), None

    def has_best(self, bid: Price | None, ask: Price | None) -> bool:
        """Whether these are the best prices; None where there is none."""
        places = self.places
        bid_at = NOWHERE if bid is None else places.get(bid)
        return bid_at == self.bid_at and (self._top if ask is None else places.get(ask)) == self.ask_at

    def put(self, is_bid: bool, price: int, size: int, adds: bool = False) -> bool | Doubt:
        """So much lies there now, or with `adds` so much more or less. Whether the best, or what lies there, changed;
        or why that cannot be. One function for both: each message comes here, and a call costs as much as the work."""
        try:
            at = self.places[price]
        except KeyError:
            return self.put(is_bid, price, size, adds) if self._refine(price) else "off_grid"
        levels = self.bid_sizes if is_bid else self.ask_sizes
        if adds:
            size += levels[at]
            if size < 0:
                return "negative"
            if size > LARGEST:
                return "garbage"
        if levels[at] == size:
            return False
        levels[at] = size
        if at < self.bid_at if is_bid else at > self.ask_at:
            return False
        if not size:
            self._look_behind(is_bid, at)
        elif is_bid:
            self.bid_at = at
        else:
            self.ask_at = at
        return True

    def load(self, bids: Iterable[Level], asks: Iterable[Level]) -> Doubt | None:
        """These levels and no others; or why that cannot be, and then there are none."""
        self._empty()
        for is_bid, levels in ((True, bids), (False, asks)):
            for price, size in levels:
                if size and isinstance(self.put(is_bid, price, size), str):
                    self._empty()
                    return "off_grid"
        return None

    def regrid(self, grid: Grid) -> None:
        """Another grid from now on. What lies between its steps goes, as it does at the venue."""
        self.grid = grid
        bids, asks = (self.bids(), self.asks()) if self.ask_at else ((), ())
        self._unit = CENT_GRID.unit if grid == FINEST_GRID else grid.unit
        self._empty()
        for is_bid, levels in ((True, bids), (False, asks)):
            for price, size in levels:
                self.put(is_bid, price, size)

    def bids(self) -> tuple[Level, ...]:
        """Best first."""
        return tuple(self.each_bid())

    def asks(self) -> tuple[Level, ...]:
        """Best first."""
        return tuple(self.each_ask())

    def each_bid(self) -> Iterator[Level]:
        """Best first, found as they are asked for."""
        unit, sizes = self._unit, self.bid_sizes
        return ((at * unit, size) for at in range(self.bid_at, -1, -1) if (size := sizes[at]))  # type: ignore[misc]

    def each_ask(self) -> Iterator[Level]:
        """Best first, found as they are asked for."""
        unit, sizes = self._unit, self.ask_sizes
        return ((at * unit, size) for at in range(self.ask_at, self._top) if (size := sizes[at]))  # type: ignore[misc]

    def differences(self, bids: Iterable[Level], asks: Iterable[Level]) -> dict[tuple[bool, int], tuple[int, int]]:
        """Where other levels are not these: side and price → what lies there here, and in the other."""
        found: dict[tuple[bool, int], tuple[int, int]] = {}
        for is_bid, ours, theirs in ((True, dict(self.bids()), dict(bids)), (False, dict(self.asks()), dict(asks))):
            if ours != theirs:
                sizes = {price: (ours.get(price, 0), theirs.get(price, 0)) for price in ours.keys() | theirs.keys()}
                found |= {(is_bid, price): pair for price, pair in sizes.items() if pair[0] != pair[1]}
        return found

    def quote(self) -> Quote:
        """The top of the book, in terms of the first contract."""
        bid_at, ask_at, unit, lane, last = self.bid_at, self.ask_at, self._unit, self.lane, self.last
        proved_at, checked_at = lane.proved_at, self.checked_at
        bid = ask = None
        bid_size = ask_size = 0
        if bid_at != NOWHERE:
            bid, bid_size = bid_at * unit, self.bid_sizes[bid_at]
        if ask_at != self._top:
            ask, ask_size = ask_at * unit, self.ask_sizes[ask_at]
        return Quote(
            self.listed.first,
            bid,  # type: ignore[arg-type]  # calls of Price and Size would cost a quarter of it
            bid_size,  # type: ignore[arg-type]
            ask,  # type: ignore[arg-type]
            ask_size,  # type: ignore[arg-type]
            last.venue_time,
            last.received_at,
            proved_at if proved_at > checked_at else checked_at,
            last.sequence,
            last.mark,
            self.doubt,
            lane.id,
        )

    def ladder(self) -> Ladder:
        """Everything that lies in it."""
        last = self.last
        return Ladder(
            self.listed,
            self.bids(),
            self.asks(),
            last.venue_time,
            last.received_at,
            self.proved_at,
            last.sequence,
            last.mark,
            self.doubt,
            self.lane.id,
            self.since if self.doubt else Nanos(0),
        )

    def _look_behind(self, is_bid: bool, at: int) -> None:
        """The best was taken away: find the next."""
        if is_bid:
            levels = self.bid_sizes
            while at >= 0 and not levels[at]:
                at -= 1
            self.bid_at = at
        else:
            levels, top = self.ask_sizes, self._top
            while at < top and not levels[at]:
                at += 1
            self.ask_at = at

    def _empty(self) -> None:
        self.places = places_on(self.grid, self._unit)
        self._top = ONE_DOLLAR // self._unit + 1
        self.bid_sizes, self.ask_sizes = [0] * self._top, [0] * self._top
        self.bid_at, self.ask_at = NOWHERE, self._top

    def _refine(self, price: int) -> bool:
        """A price came that lies between two places; whether the grid has it at all."""
        unit = gcd(self._unit, price)
        if price not in places_on(self.grid, unit):
            return False
        bids, asks = self.bids(), self.asks()
        self._unit = unit
        self._empty()
        for is_bid, levels in ((True, bids), (False, asks)):
            for known, size in levels:
                self.put(is_bid, known, size)
        return True


@cache
def places_on(grid: Grid, unit: int) -> Mapping[int, int]:
    """Every price that an order may have there and that is a multiple of `unit` → its place in a list of sizes."""
    return {price: price // unit for price in range(unit, ONE_DOLLAR, unit) if grid.holds(price)}
