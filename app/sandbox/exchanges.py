"""A venue's floor: the books that somebody looks at, kept up to the moment; nothing is worked out for the others."""

import asyncio
import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from app.sandbox.books import Book, Change
from app.sandbox.endings import Ending
from app.sandbox.fees import Fees
from app.sandbox.grids import Grid
from app.sandbox.makers import Ladder, milliseconds
from app.sandbox.markets import Market

REST = 0.02  # seconds at least between two looks at the floor: what falls due meanwhile goes out together


class Quoting(Protocol):
    """Who knows what stands in the books: simulated makers, or a recording."""

    @property
    def markets(self) -> Mapping[str, Market]:
        """Everything listed so far, by id and by token."""
        ...

    def ladder(self, market: Market, now: int) -> Ladder | None:
        """What stands in a book at a moment (unix milliseconds); None when there is none."""
        ...

    def next_look(self, market: Market, now: int) -> int:
        """When it may next change, unix milliseconds."""
        ...

    def ending(self, market: Market) -> Ending | None:
        """When it closes and is settled; None when nobody knows."""
        ...

    def pays(self, market: Market) -> int:
        """What its first outcome pays once it is settled, 1/10,000 dollar."""
        ...

    def chance(self, market: Market, at: int) -> float:
        """How likely the venue thinks it is."""
        ...

    def fees(self, market: Market, at: int) -> Fees | None:
        """What a plan lets it charge; None: as ever."""
        ...


class Listener(Protocol):
    """Somebody who follows books."""

    def level_changed(self, book: Book, change: Change, *, is_trade: bool) -> None:
        """One step was taken."""
        ...

    def grid_changed(self, book: Book, before: Grid) -> None:
        """Prices lie on another grid from here on."""
        ...

    def looked(self, book: Book) -> None:
        """All steps of one moment were taken, none perhaps."""
        ...


class Customers(Protocol):
    """Who trades with the makers."""

    def stand_in(self, market: Market, ladder: Ladder | None) -> Ladder | None:
        """What stands in a book besides, or instead, of what its makers quote."""
        ...


class Exchange:
    """The books of one venue. `list_all` makes every market known that is listed now; `is_silent`: a recording, whose
    books were seen once, and whose sockets therefore say nothing."""

    def __init__(
        self, quoting: Quoting, clock: Callable[[], datetime], list_all: Callable[[], object], is_silent: bool = False
    ) -> None:
        self.quoting = quoting
        self.is_silent = is_silent
        self.clock = clock
        self.customers: Customers | None = None
        self._list_all = list_all
        self._books: dict[str, Book] = {}
        self._listeners: dict[str, dict[Listener, None]] = {}
        self._due: list[tuple[int, str]] = []
        self._queued: set[str] = set()
        self._pulse: asyncio.Task[None] | None = None

    def market(self, name: str) -> Market | None:
        """The market of an id or a token."""
        if name not in self.quoting.markets:
            self._list_all()
        return self.quoting.markets.get(name)

    def book(self, name: str) -> Book | None:
        """The book of an id or a token as it stands now; None when there is no such market."""
        market = self.market(name)
        if market is None:
            return None
        book = self._books.setdefault(market.id, Book(market))
        self._look(book, milliseconds(self.clock()))
        return book

    def known_book(self, name: str) -> Book | None:
        """The same as it was last looked at, if it was."""
        market = self.quoting.markets.get(name)
        return self._books.get(market.id) if market else None

    def follow(self, market: Market, listener: Listener) -> None:
        """Tell this listener of every change from now on; its book was asked for before. Needs a running loop."""
        heard = self._listeners.setdefault(market.id, {})
        if market.id not in self._queued:
            self._queued.add(market.id)
            heapq.heappush(self._due, (self.quoting.next_look(market, milliseconds(self.clock())), market.id))
        heard[listener] = None
        if self._pulse is None or self._pulse.done():
            self._pulse = asyncio.get_running_loop().create_task(self._keep_looking())

    def leave(self, market: Market, listener: Listener) -> None:
        """Tell it no more."""
        heard = self._listeners.get(market.id, {})
        heard.pop(listener, None)
        if not heard:
            self._listeners.pop(market.id, None)

    def look_anew(self) -> None:
        """What stands in the books may have changed just now, or will sooner than was thought."""
        now = milliseconds(self.clock())
        self._due[:] = sorted((now, name) for _, name in self._due)

    def _look(self, book: Book, now: int) -> None:
        book.market = self.quoting.markets[book.market.id]  # a plan may have put its game off
        ladder = self.quoting.ladder(book.market, now)
        if self.customers:
            ladder = self.customers.stand_in(book.market, ladder)
        listeners = tuple(self._listeners.get(book.market.id, ()))
        book.is_open = ladder is not None
        at, grid = (ladder.at, ladder.grid) if ladder else (now, book.grid)
        goes, comes = book.changes_to(ladder)
        if grid.step_below(1) <= book.grid.step_below(1):
            _change_grid(book, grid, listeners)
        _take(book, goes, at, listeners)
        _change_grid(book, grid, listeners)  # a coarser one: when nothing lies between its ticks any more
        _take(book, comes, at, listeners)
        if not book.last and ladder:
            book.last = ladder.best_bid or ladder.best_ask
        for listener in listeners:
            listener.looked(book)

    async def _keep_looking(self) -> None:
        while self._due:
            now = milliseconds(self.clock())
            while self._due and self._due[0][0] <= now:
                _, name = heapq.heappop(self._due)
                if name in self._listeners:
                    book = self._books[name]
                    self._look(book, now)
                    heapq.heappush(self._due, (self.quoting.next_look(book.market, now), name))
                else:
                    self._queued.discard(name)
            await asyncio.sleep(REST)


def _take(book: Book, changes: Iterable[Change], at: int, listeners: Sequence[Listener]) -> None:
    for change in changes:
        is_trade = book.apply(change, at)
        for listener in listeners:
            listener.level_changed(book, change, is_trade=is_trade)


def _change_grid(book: Book, grid: Grid, listeners: Sequence[Listener]) -> None:
    before, book.grid = book.grid, grid
    if before is not grid:
        for listener in listeners:
            listener.grid_changed(book, before)
