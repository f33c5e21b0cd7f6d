"""Tells all other processes what this one knows of a venue's prices: the newest, whenever it changes, off the hot path.

Nothing is queued: what has changed is remembered by name, and what is written is how it stands then.
"""

import asyncio
import logging
import math
from collections.abc import Iterable, Sequence
from itertools import islice, takewhile
from typing import NamedTuple

from app.domain.markets import ContractId, VenueId
from app.domain.money import Size
from app.domain.prices import FINEST_GRID, SECOND, BookId, Ladder, LaneId, Listed, Nanos, Quote, State
from app.errors import HotStoreUnavailable
from app.hot.quotes import PricesMirror
from app.hot.shown import BookShown, QuoteShown, book_shown, quote_shown
from app.resources import Resources

BOOKS_A_WRITE = 32  # of one round trip
BOOKS_A_BREATH = 8  # about half a millisecond of work, then the sockets have their turn
LOOKS_A_BREATH = 250
LOOK_EVERY = SECOND  # is what was fresh still fresh?
LEAST_REPEATED = 8  # books a turn
NEVER = Nanos(0)

log = logging.getLogger(__name__)


async def keep_mirrored(resources: Resources, venue: VenueId) -> None:
    """Write a venue's prices to Redis until cancelled; goes on over every absence of Redis. Raises Superseded when
    another process has begun to do so."""
    mirror = Mirror(resources, venue)
    resources.mirrored.add(venue)
    try:
        while True:
            await asyncio.sleep(resources.settings.prices.publish_every)
            await mirror.turn()
    finally:
        resources.mirrored.discard(venue)


class Told(NamedTuple):
    """What others know of a book."""

    at: Nanos
    state: State
    listed: Listed


class Mirror:
    """What others were told of one venue, and what they are still to be told."""

    def __init__(self, resources: Resources, venue: VenueId) -> None:
        self._resources = resources
        self._now = resources.intake.now
        self._pipeline = resources.intake.pipeline
        self._settings = resources.settings.prices
        self._fresh_within = round(self._settings.fresh * SECOND)
        self._venue = venue
        self._opened: PricesMirror | None = None
        self._due: dict[BookId, None] = {}  # changed since they were told
        self._told: dict[BookId, Told] = {}  # the longest ago first
        self._lanes: dict[LaneId, Nanos] = {}
        self._looked_at = Nanos(0)
        self._is_cut_off = False

    async def turn(self) -> None:
        """Tell what is new, then repeat a little of what is not. Raises Superseded."""
        self._due.update(dict.fromkeys(self._pipeline.take_moved(self._venue)))
        try:
            mirror = self._opened = self._opened or await self._resources.hot.open_mirror(self._venue)
            await self._tell_lanes(mirror)
            await self._tell_changed(mirror)
            await self._repeat(mirror)
        except HotStoreUnavailable as error:
            self._wait_for_redis(error)
        else:
            self._is_cut_off = False

    async def _tell_lanes(self, mirror: PricesMirror) -> None:
        """Once a second, and at once when one is cut off; then also look whose proof has grown too old."""
        now, prefix = self._now(), f"{self._venue}:"
        lanes = {lane: at for lane, at in self._pipeline.lanes().items() if lane.startswith(prefix)}
        is_due = not 0 <= now - self._looked_at < LOOK_EVERY  # also when the clock was set back
        if is_due or self._lanes.keys() - lanes.keys():
            await mirror.write_lanes(lanes, self._resources.clock())
            self._lanes = lanes
        if is_due:
            self._looked_at = now
            await self._look_at_states()

    async def _look_at_states(self) -> None:
        for count, (book_id, told) in enumerate(list(self._told.items()), 1):
            quote = self._pipeline.quote(told.listed.first)
            if quote is None or quote.state(self._now(), self._fresh_within) != told.state:
                self._due[book_id] = None
            if count % LOOKS_A_BREATH == 0:
                await asyncio.sleep(0)

    async def _tell_changed(self, mirror: PricesMirror) -> None:
        while self._due:
            some = list(islice(self._due, BOOKS_A_WRITE))
            await self._write(mirror, some, is_news=True)
            for book_id in some:
                self._due.pop(book_id, None)

    async def _repeat(self, mirror: PricesMirror) -> None:
        """Keep alive what is known: a little each turn, so that nobody waits for all of it."""
        long_ago = self._now() - self._settings.repeat_every * SECOND
        a_turn = 2 * len(self._told) * self._settings.publish_every / self._settings.repeat_every
        due = (book_id for book_id, _ in takewhile(lambda each: each[1].at < long_ago, self._told.items()))
        some = list(islice(due, max(LEAST_REPEATED, math.ceil(a_turn))))
        for first in range(0, len(some), BOOKS_A_WRITE):
            await self._write(mirror, some[first : first + BOOKS_A_WRITE], is_news=False)

    async def _write(self, mirror: PricesMirror, book_ids: Sequence[BookId], *, is_news: bool) -> None:
        books, quotes = await self._show(book_ids, mirror.next_flush())
        await mirror.write(books, quotes, self._resources.clock() if is_news else None)
        now = self._now()
        for book_id in book_ids:
            self._told.pop(book_id, None)
        self._told.update((book.book_id, Told(now, book.state, book.listed)) for book in books if book.doubt != "lost")

    async def _show(self, book_ids: Iterable[BookId], flush: int) -> tuple[list[BookShown], list[QuoteShown]]:
        """As they stand now. Of those that are followed no longer it is said once, as their lane may be proved on."""
        books: list[BookShown] = []
        quotes: list[QuoteShown] = []
        for count, book_id in enumerate(book_ids, 1):
            ladder, now = self._pipeline.ladder(book_id) or self._last_words(book_id), self._now()
            if ladder is not None:
                listed = ladder.listed
                grid = self._pipeline.grid(book_id) or FINEST_GRID
                books.append(book_shown(ladder, now, self._fresh_within, self._settings.depth, flush, grid))
                for contract_id in filter(None, (listed.first, listed.second)):
                    quote = self._pipeline.quote(contract_id) or _quote_of_nobody(contract_id)
                    quotes.append(quote_shown(listed, quote, now, self._fresh_within, flush))
            if count % BOOKS_A_BREATH == 0:
                await asyncio.sleep(0)
        return books, quotes

    def _last_words(self, book_id: BookId) -> Ladder | None:
        told = self._told.get(book_id)
        return None if told is None else Ladder(told.listed, (), (), NEVER, NEVER, NEVER, doubt="lost")

    def _wait_for_redis(self, error: HotStoreUnavailable) -> None:
        """What was told may be gone when it is back; so everything is told again, as it stands then."""
        if not self._is_cut_off:
            log.warning("prices wait for Redis", extra={"venue": self._venue, "error": str(error)})
        self._is_cut_off = True
        self._due.update(dict.fromkeys(self._told))


def _quote_of_nobody(contract_id: ContractId) -> Quote:
    return Quote(contract_id, None, Size(0), None, Size(0), NEVER, NEVER, NEVER, doubt="lost")
