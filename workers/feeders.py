"""Feeds the trading core of a process that knows games while another holds the venue's sockets: over Redis, with the
venue's marks, grids and times as they were.

Three seconds without a word of a venue's lanes mean that the process which held them is no more: what it told is lost.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Container, Iterable, Mapping, Sequence
from typing import NamedTuple

from app.domain.games import GameId
from app.domain.inputs import Cut, Doubted, Dropped, Followed, GameTaken, Heard, Shown, Snapshot
from app.domain.markets import VenueId
from app.domain.prices import SECOND, BookId, Grid, LaneId, Listed, Nanos, book_id
from app.errors import HotStoreUnavailable
from app.hot.quotes import Told, read_book
from app.hot.shown import BookShown, LanesUpdate, grid_of, levels_of, nanos
from app.resources import Resources
from workers.turns import Breath, under_way

LOST_AFTER = 3 * SECOND  # of silence about a venue's lanes, which are told once a second
LOOK_EVERY = 0.5  # seconds
OPEN_AGAIN = 1.0  # seconds

log = logging.getLogger(__name__)


class Fed(NamedTuple):
    """What was told of a book last."""

    flush: int
    listed: Listed
    grid: Grid


class Feeder:
    """What this process was told of books that others hold."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._intake = resources.intake
        self._taken: Mapping[GameId, GameTaken] = resources.intake.pipeline.taken
        self._fed: dict[BookId, Fed] = {}
        self._games: defaultdict[GameId, set[BookId]] = defaultdict(set)
        self._lanes: defaultdict[VenueId, dict[LaneId, Nanos]] = defaultdict(dict)  # with their newest proof
        self._heard_at: dict[VenueId, Nanos] = {}
        self._lost: set[VenueId] = set()

    async def run(self) -> None:
        """Listen without end; after a gap everything is read anew."""
        while True:
            try:
                await self._listen()
            except HotStoreUnavailable as error:
                log.warning("books of other processes are lost", extra={"error": str(error)})
            for venue in list(self._heard_at):
                self._lose(venue)
            await asyncio.sleep(OPEN_AGAIN)

    async def _listen(self) -> None:
        hot = self._resources.hot
        async with hot.hear_books() as books, hot.hear_lanes() as lanes:
            self._lost.clear()  # what is read now may be a dead process's: who says nothing is lost again
            self._heard_at = dict.fromkeys(self._heard_at, self._intake.now())
            await self.read(self._taken)
            loops = (self._hear_books(books), self._hear_lanes(lanes), self._watch())
            async with under_way(loops) as tasks:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()

    async def read(self, game_ids: Iterable[GameId], lanes: Collection[LaneId] | None = None) -> None:
        """The books of these games as they stand in Redis; `lanes`: only what one of these carries. Raises
        HotStoreUnavailable."""
        breath = Breath()
        for game_id in list(game_ids):
            for book in (await self._resources.hot.books(self._books_of(game_id))).values():
                if lanes is None or book.lane in lanes:
                    self.feed(book)
                await breath.take()

    def forget_all_but(self, game_ids: Container[GameId]) -> None:
        """The others are known here no longer."""
        for game_id in [each for each in self._games if each not in game_ids]:
            for key in sorted(self._games.pop(game_id)):
                self._drop(key)

    def feed(self, book: BookShown) -> None:
        """Tell the core of a book, unless this process holds it itself or knows nothing of its game."""
        if book.venue in self._resources.mirrored or book.game_id not in self._taken:
            return
        before = self._fed.get(book.book_id)
        if before is not None and book.flush < before.flush:
            return
        if book.doubt == "lost":
            self._drop(book.book_id)
            return
        put, now, told = self._intake.put, self._intake.now(), Fed(book.flush, book.listed, grid_of(book.grid))
        self._heard_at.setdefault(book.venue, now)
        if before is None or before[1:] != told[1:]:  # another holder may tell it in terms of the other contract
            put(Followed(told.listed, told.grid, now))
            self._games[book.game_id].add(book.book_id)
        self._fed[book.book_id] = told
        if book.doubt == "waiting":
            put(Doubted(book.book_id, book.doubt, now))
        else:
            self._tell(book)

    def _drop(self, book_id: BookId) -> None:
        if self._fed.pop(book_id, None) is not None:
            self._intake.put(Dropped(book_id, self._intake.now()))

    def _tell(self, book: BookShown) -> None:
        put, proved_at, changed_at = self._intake.put, nanos(book.proved_at), nanos(book.received_at)
        bids, asks = levels_of(book.bids), levels_of(book.asks)
        times = (nanos(book.venue_time), changed_at)
        put(Snapshot(book.book_id, book.lane, bids, asks, *times, book.sequence, book.mark, book.doubt))
        lanes = self._lanes[book.venue]
        lanes[book.lane] = lane_proved_at = max(changed_at, lanes.get(book.lane, Nanos(0)))
        put(Heard(book.lane, lane_proved_at))  # the snapshot may be much older than what its lane carried since
        if proved_at > lane_proved_at:  # asked over REST, and found to be so
            put(Shown(book.book_id, bids, asks, proved_at, proved_at))

    def hear_lanes(self, told: LanesUpdate) -> bool:
        """A venue's lanes; True when they were lost before, and the books have to be read anew."""
        if told.venue in self._resources.mirrored:
            self._leave_to_this_process(told.venue)
            return False
        self._heard_at[told.venue] = self._intake.now()
        lanes = self._lanes[told.venue]
        for lane, at in told.lanes.items():
            if at > lanes.get(lane, Nanos(0)):
                lanes[lane] = at
                self._intake.put(Heard(lane, at))
        for lane in lanes.keys() - told.lanes.keys():
            del lanes[lane]
        was_lost = told.venue in self._lost
        self._lost.discard(told.venue)
        return was_lost

    def look(self) -> None:
        """Is anybody silent for too long?"""
        now = self._intake.now()
        for venue, heard_at in list(self._heard_at.items()):
            self._heard_at[venue] = min(heard_at, now)  # a clock that was set back would hide a silence
            if venue in self._resources.mirrored:
                self._leave_to_this_process(venue)
            elif now - heard_at > LOST_AFTER and venue not in self._lost:
                self._lose(venue)

    def _lose(self, venue: VenueId) -> None:
        self._lost.add(venue)
        for lane in sorted(self._lanes[venue]):
            self._intake.put(Cut(lane, "lost", self._intake.now()))

    def _leave_to_this_process(self, venue: VenueId) -> None:
        """Its own monitor follows the books now, and drops them."""
        self._heard_at.pop(venue, None)
        self._lanes.pop(venue, None)
        self._lost.discard(venue)
        for key in [key for key in self._fed if key.startswith(f"{venue}:")]:
            del self._fed[key]

    def _books_of(self, game_id: GameId) -> Sequence[BookId]:
        taken = self._taken.get(game_id)
        links = taken.links if taken else ()
        mirrored: Collection[VenueId] = self._resources.mirrored
        found = {book_id(link.venue, link.market_id) for link in links if link.market_id and link.venue not in mirrored}
        return sorted(found)

    async def _hear_books(self, books: AsyncIterator[Told]) -> None:
        async for game_id, body in books:
            if game_id in self._taken:
                book = read_book(body)
                if book is not None:
                    self.feed(book)

    async def _hear_lanes(self, lanes: AsyncIterator[LanesUpdate]) -> None:
        async for told in lanes:
            if self.hear_lanes(told):  # of others it may still have what the dead one wrote
                await self.read(self._taken, told.lanes)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            self.look()
