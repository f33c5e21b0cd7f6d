"""The board: every followed book, what is in doubt about it, and the newest quote of each contract.

Each method takes in one thing that was told and says what follows from it; nothing here waits, reads a clock or draws.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from app.domain.decisions import Decision, Silent
from app.domain.inputs import (
    Added,
    Cut,
    Doubted,
    Dropped,
    Followed,
    Heard,
    Hinted,
    Named,
    Regridded,
    Replaced,
    Shown,
    Snapshot,
    Tick,
    Traded,
)
from app.domain.markets import ContractId, VenueId
from app.domain.money import LARGEST, ONE_DOLLAR, Price, Size
from app.domain.prices import SECOND, BookId, Doubt, Grid, Ladder, LaneId, Level, Listed, Nanos, Quote
from app.prices.books import Book, Dispute, Suspicion
from app.prices.clocks import VenueClock
from app.prices.lanes import Lane
from app.prices.quarantine import Quarantine

NOWHERE = LaneId("")  # where books wait for their first snapshot
UNCHANGED: Sequence[Decision] = ()
BEARABLE = SECOND  # the best that a venue names may differ from the book's for so long: it comes another way
BEARABLE_IF_EXACT = SECOND // 4
TELLING = SECOND // 2  # between two comparisons that are held against each other
OF_BEST: tuple[Doubt, Doubt] = ("best", "complement")  # by whether the other contract's book names it


Look = Callable[[Quote, Nanos], None]


def nobody_looks(quote: Quote, now: Nanos) -> None:
    """Where prices are only kept."""


class Board:
    """`patience`: nanoseconds of silence that a lane is granted. `look`: is shown the top of each book, in terms of its
    first contract, whenever that or what is in doubt about it changes, and what time it is: a book that comes late does
    not turn it back. What it has to say it leaves in `said`."""

    def __init__(self, patience: int, look: Look = nobody_looks, said: list[Decision] | None = None) -> None:
        self._patience = patience
        self._look = look
        self._said: list[Decision] = [] if said is None else said
        self._books: dict[BookId, Book] = {}
        self._of_contract: dict[ContractId, Book] = {}
        self._hints: dict[ContractId, Hinted] = {}
        self._lanes: dict[LaneId, Lane] = {}
        self._disputed: dict[BookId, Book] = {}
        self._touched: defaultdict[VenueId, dict[BookId, Book]] = defaultdict(dict)
        self._clocks: defaultdict[VenueId, VenueClock] = defaultdict(VenueClock)
        self._told_at = Nanos(0)  # the time
        self.quarantine = Quarantine()

    # What is known

    def listed(self) -> dict[BookId, Listed]:
        """Every followed market."""
        return {book_id: book.listed for book_id, book in self._books.items()}

    def ladder(self, book_id: BookId) -> Ladder | None:
        """The whole book as it is now."""
        book = self._books.get(book_id)
        return None if book is None else book.ladder()

    def grid(self, book_id: BookId) -> Grid | None:
        """Where the market's prices may lie."""
        book = self._books.get(book_id)
        return None if book is None else book.grid

    def quote(self, contract_id: ContractId) -> Quote | None:
        """The top of the book in terms of this contract, with the newest proof of it."""
        book = self._of_contract.get(contract_id)
        if book is None:
            return None
        quote = book.quote()
        return quote if contract_id == book.listed.first else quote.mirrored(contract_id)

    def asks(self, contract_id: ContractId) -> Iterator[Level]:
        """What is sold of this contract, the best first, as it is asked for."""
        book = self._of_contract.get(contract_id)
        if book is None:
            return iter(())
        if contract_id == book.listed.first:
            return book.each_ask()
        return ((Price(ONE_DOLLAR - price), size) for price, size in book.each_bid())

    def hint(self, contract_id: ContractId) -> Hinted | None:
        """What the listing said, where there is no book."""
        return self._hints.get(contract_id)

    def lanes(self) -> dict[LaneId, Nanos]:
        """When each lane that is not cut last carried data."""
        return {lane.id: lane.proved_at for lane in self._lanes.values() if not lane.is_cut}

    def skew(self, venue: VenueId) -> int | None:
        """Nanoseconds that the venue's messages took at least, by both clocks."""
        return self._clocks[venue].skew

    def take_moved(self, venue: VenueId) -> list[BookId]:
        """The books of a venue that changed in any way since this was last asked."""
        touched = self._touched.pop(venue, {})
        for book in touched.values():
            book.is_touched = False
        return list(touched)

    # What is told

    def follow(self, told: Followed) -> Sequence[Decision]:
        listed = told.listed
        book = self._books.get(listed.book_id)
        if book is None:
            lane = self._lane(NOWHERE, told.received_at)
            book = self._books[listed.book_id] = Book(listed, told.grid, lane, told.received_at)
            book.clock = self._clocks[listed.venue]
            lane.books.add(book.id)
            self.quarantine.await_first(book)
        else:
            self._unname(book)
            book.listed = listed
        for contract_id in (listed.first, listed.second):
            if contract_id is not None:
                self._of_contract[contract_id] = book
        self._touch(book)
        return self._regrid(book, told.grid, told.received_at)

    def drop(self, told: Dropped) -> Sequence[Decision]:
        book = self._books.pop(told.book_id, None)
        if book is not None:
            self._unname(book)
            self._leave_lane(book)
            self._settle(book)
            self._touched[book.listed.venue].pop(book.id, None)
            self.quarantine.forget(book)
            return self._shown(_nothing_of(book, told.received_at), told.received_at)
        return UNCHANGED

    def load(self, told: Snapshot) -> Sequence[Decision]:
        book = self._books.get(told.book_id)
        if book is None:
            return UNCHANGED
        self._join_lane(book, told.lane, told.received_at)
        wrong = book.load(told.bids, told.asks)
        book.last = told
        self._touch(book)
        if told.doubt is not None:
            said = self.quarantine.adopt(book, told.doubt, told.received_at)
            return (*said, *self._shown(book.quote(), told.received_at))
        healed = self.quarantine.heal(book, told.received_at)
        return (*healed, *self._move(book, wrong or True))

    def add(self, told: Added) -> Sequence[Decision]:
        """Most changes are behind the best. These are made here: calling `put` for them costs a tenth of a frame."""
        try:
            book = self._books[told.book_id]
        except KeyError:
            return UNCHANGED
        book.lane.proved_at = told.received_at
        if book.doubt is not None:
            return UNCHANGED
        if not book.is_touched:
            self._touch(book)
        at, is_bid = book.places.get(told.price), told.is_bid
        if at is not None and (at < book.bid_at if is_bid else at > book.ask_at):
            sizes = book.bid_sizes if is_bid else book.ask_sizes
            size = sizes[at] + told.size
            if 0 <= size <= LARGEST:
                sizes[at], book.last = size, told
                return UNCHANGED
        moved = book.put(is_bid, told.price, told.size, True)
        book.last = told
        return self._move(book, moved) if moved else UNCHANGED

    def replace(self, told: Replaced) -> Sequence[Decision]:
        book = self._books.get(told.book_id)
        if book is None:
            return UNCHANGED
        book.lane.proved_at = told.received_at
        if book.doubt is not None:
            return UNCHANGED
        moved = book.put(told.is_bid, told.price, told.size)
        book.last = told
        if not book.is_touched:
            self._touch(book)
        if told.has_more and not isinstance(moved, str):
            book.has_moved |= moved
            return UNCHANGED
        return self._move(book, moved) if moved or book.has_moved else UNCHANGED

    def compare_best(self, told: Named) -> Sequence[Decision]:
        """The venue's own best prices. They may be a moment ahead of the book or behind it, so only a difference that
        lasts is a doubt."""
        book = self._books.get(told.book_id)
        if book is None:
            return UNCHANGED
        if not told.is_aside:
            book.lane.proved_at = told.received_at
        if book.doubt is not None:
            return UNCHANGED
        dispute, doubt = book.dispute, OF_BEST[told.is_mirrored]
        if book.has_best(told.bid, told.ask):
            if dispute is not None and dispute.doubt == doubt:
                self._settle(book)
        elif dispute is None:
            bearable = BEARABLE_IF_EXACT if told.is_exact else BEARABLE
            lasts = told.is_exact or told.is_mirrored
            until = told.received_at + bearable
            book.dispute = Dispute(doubt, until, told.bid, told.ask, lasts=lasts)
            self._disputed[book.id] = book
        elif dispute.doubt == doubt:
            dispute.bid, dispute.ask = told.bid, told.ask
        return UNCHANGED

    def compare_book(self, told: Shown) -> Sequence[Decision]:
        """The book as REST shows it. An equal one is a proof. Another one may be a moment ahead or behind; but a level
        that differs, and differs in the same way when it is shown again later, is one that we were not told of."""
        book = self._books.get(told.book_id)
        if book is None or book.doubt is not None:
            return UNCHANGED
        differing = book.differences(told.bids, told.asks)
        if not differing:
            book.checked_at = max(book.checked_at, told.asked_at)
            book.suspicion = None
        elif book.suspicion is None or told.asked_at - book.suspicion.shown_at >= TELLING:
            if book.suspicion is not None and book.suspicion.levels.items() & differing.items():
                return self._doubt(book, "cross_check", told.received_at)
            book.suspicion = Suspicion(told.received_at, differing)
        return UNCHANGED

    def note_trade(self, told: Traded) -> Sequence[Decision]:
        book = self._books.get(told.book_id)
        if book is not None and not told.is_aside:
            book.lane.proved_at = told.received_at
        return UNCHANGED

    def hear(self, told: Heard) -> Sequence[Decision]:
        lane = self._lanes.get(told.lane)
        if lane is not None:
            lane.proved_at = told.received_at
        return UNCHANGED

    def cut(self, told: Cut) -> Sequence[Decision]:
        lane = self._lanes.get(told.lane)
        if lane is None:
            return UNCHANGED
        lane.is_cut = True
        books = sorted(lane.books)
        return [one for each in books for one in self._doubt(self._books[each], told.doubt, told.received_at)]

    def doubt(self, told: Doubted) -> Sequence[Decision]:
        book = self._books.get(told.book_id)
        return UNCHANGED if book is None else self._doubt(book, told.doubt, told.received_at)

    def regrid(self, told: Regridded) -> Sequence[Decision]:
        book = self._books.get(told.book_id)
        return UNCHANGED if book is None else self._regrid(book, told.grid, told.received_at)

    def note_hint(self, told: Hinted) -> Sequence[Decision]:
        self._hints[told.contract_id] = told
        return UNCHANGED

    def forget_hints(self, contract_ids: Iterable[ContractId]) -> None:
        """Nobody works with these any more."""
        for contract_id in contract_ids:
            self._hints.pop(contract_id, None)

    def pass_time(self, told: Tick) -> Sequence[Decision]:
        """What silence says: lanes that carry nothing, disputes that last, snapshots that do not come."""
        now, said = told.received_at, list[Decision]()
        if now < self._told_at:
            self._turn_back(now)
        self._told_at = now
        for lane in tuple(self._lanes.values()):
            if lane.id != NOWHERE and lane.is_silent(now):
                said.append(Silent(lane.id, now))
                said += self.cut(Cut(lane.id, "silence", now))
        for book in tuple(self._disputed.values()):
            said += self._judge(book, now)
        said += self.quarantine.overdue(now)
        for clock in self._clocks.values():
            clock.pass_time(now)
        return said

    def _move(self, book: Book, moved: bool | Doubt) -> Sequence[Decision]:
        """The best of a book is another, or what was said of it cannot be."""
        last, dispute = book.last, book.dispute
        book.has_moved = False
        if dispute is not None and (not dispute.lasts or book.has_best(dispute.bid, dispute.ask)):
            self._settle(book)
        if isinstance(moved, str) or book.bid_at >= book.ask_at:
            return self._doubt(book, moved if isinstance(moved, str) else "crossed", last.received_at)
        book.clock.take(last.venue_time, last.received_at)
        quote, now = book.quote(), last.received_at
        self._look(quote, now if now > self._told_at else self._told_at)
        if self._said:
            return (quote, *self._take_said())
        return (quote,)

    def _regrid(self, book: Book, grid: Grid, now: Nanos) -> Sequence[Decision]:
        """The levels that lay between the steps are gone, and with them maybe the best."""
        before = book.quote()
        book.regrid(grid)
        self._touch(book)
        after = book.quote()
        if after == before or book.doubt is not None:
            return UNCHANGED
        return (after, *self._shown(after, now))

    def _doubt(self, book: Book, doubt: Doubt, now: Nanos) -> Sequence[Decision]:
        self._touch(book)
        said = self.quarantine.doubt(book, doubt, now)
        return (*said, *self._shown(book.quote(), now)) if said else said

    def _shown(self, quote: Quote, now: Nanos) -> Sequence[Decision]:
        self._look(quote, max(now, self._told_at))
        return self._take_said() if self._said else UNCHANGED

    def _take_said(self) -> Sequence[Decision]:
        said = tuple(self._said)
        self._said.clear()
        return said

    def _touch(self, book: Book) -> None:
        """Something about the book is another than when somebody last asked."""
        if not book.is_touched:
            book.is_touched = True
            self._touched[book.listed.venue][book.id] = book

    def _turn_back(self, now: Nanos) -> None:
        """The clock was set back: what lies ahead of it was not proved then, and nobody waits until then."""
        for lane in self._lanes.values():
            lane.turn_back(now)
        for book in self._books.values():
            book.turn_back(now)
            if book.dispute is not None:
                book.dispute.until = min(book.dispute.until, now + BEARABLE)
        for clock in self._clocks.values():
            clock.forget()

    def _judge(self, book: Book, now: Nanos) -> Sequence[Decision]:
        """Whether a dispute has lasted too long."""
        dispute = book.dispute
        if dispute is not None and now < dispute.until:
            return UNCHANGED
        self._settle(book)
        return UNCHANGED if dispute is None else self._doubt(book, dispute.doubt, now)

    def _settle(self, book: Book) -> None:
        book.dispute = None
        self._disputed.pop(book.id, None)

    def _lane(self, lane_id: LaneId, now: Nanos) -> Lane:
        lane = self._lanes.get(lane_id)
        if lane is None:
            lane = self._lanes[lane_id] = Lane(lane_id, now, self._patience)
        return lane

    def _join_lane(self, book: Book, lane_id: LaneId, now: Nanos) -> None:
        former = book.lane
        if former.id != lane_id:
            self._leave_lane(book)
            book.lane = self._lane(lane_id, now)
            book.lane.books.add(book.id)
            book.lane.succeed(former)
        book.lane.open(now)

    def _leave_lane(self, book: Book) -> None:
        book.lane.books.discard(book.id)
        if not book.lane.books:
            self._lanes.pop(book.lane.id, None)

    def _unname(self, book: Book) -> None:
        for contract_id in (book.listed.first, book.listed.second):
            if contract_id is not None:
                self._of_contract.pop(contract_id, None)


def _nothing_of(book: Book, now: Nanos) -> Quote:
    return Quote(book.listed.first, None, Size(0), None, Size(0), now, now, now, doubt="lost")
