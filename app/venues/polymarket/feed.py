"""Polymarket's order books as a feed of prices: its market channel, and its REST answers to compare with."""

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from itertools import count, islice

from app.domain.inputs import Dropped, Followed
from app.domain.markets import VenueId
from app.domain.parsing import Refusal
from app.domain.prices import SECOND, BookId, Doubt, LaneId, Listed, Nanos
from app.errors import FeedError
from app.fetching import Fetcher
from app.ports import Put
from app.settings import PolymarketSettings, PricesSettings
from app.venues.polymarket import wire
from app.venues.polymarket.amounts import Amounts
from app.venues.polymarket.books import MOST_ASKED, ShownBooks
from app.venues.polymarket.connections import Connection
from app.venues.polymarket.location import words_for
from app.venues.polymarket.markets import POLYMARKET
from app.venues.polymarket.pairs import Pair

LOOK_EVERY = 0.2  # seconds: which books are due to be compared
MOST_COMPARING = 2  # requests for books under way
LOCATION_EVERY = 3600.0  # seconds
LOCATION_AGAIN = 30.0  # seconds after no answer
MOST_LOGGED = 200

log = logging.getLogger(__name__)


class PolymarketFeed:
    """Follows any number of markets over as many connections as they need. The venue numbers nothing, so what was lost
    shows only by the best prices that it names, by silence, and by comparing."""

    venue: VenueId = POLYMARKET

    def __init__(
        self,
        settings: PolymarketSettings,
        prices: PricesSettings,
        fetcher: Fetcher,
        ask_location: Callable[[], Awaitable[wire.Location]],
        put: Put,
        now: Callable[[], Nanos],
    ) -> None:
        self._settings = settings
        self._prove_after = prices.prove_after * SECOND
        self._compare_every = prices.compare_every * SECOND
        self._compare_live_every = prices.compare_live_every * SECOND
        self._ask_location = ask_location
        self._put = put
        self._now = now
        self._fetcher = fetcher
        self._amounts = Amounts()
        self._counts: Counter[str] = Counter()
        self._shown = ShownBooks(fetcher, put, now, self._amounts, self._counts)
        self._numbers = count(1)
        self._connections: list[Connection] = []
        self._holding: dict[Connection, asyncio.Task[None]] = {}
        self._comparing: set[asyncio.Task[None]] = set()
        self._of_book: dict[BookId, Connection] = {}
        self._logged: set[Refusal] = set()
        self._live: frozenset[BookId] = frozenset()
        self._resolved: set[BookId] = set()
        self._location = ""  # what stands in the way there
        self._is_blocked = False
        self._rest = ""
        self._is_running = False
        self._fallen: asyncio.Future[None] | None = None

    @property
    def counts(self) -> Mapping[str, int]:
        """Frames, connections and what went wrong, by kind, since the start; and what was asked over REST."""
        frames = sum(one.reader.frames for one in self._connections)
        now = {"frames": self._counts["frames"] + frames, "location_blocked": int(self._is_blocked)}
        return {**self._fetcher.counts, **self._counts, **now}

    @property
    def trouble(self) -> str:
        """What stands in the way now, for people; empty when nothing does."""
        lanes = [f"{one.lane}: {one.trouble}" for one in self._connections if one.trouble]
        return "; ".join([*lanes[:3], *filter(None, (self._rest, self._location))])

    async def follow(self, listed: Sequence[Listed], live: frozenset[BookId]) -> None:
        """These books and no others from now on. Does not wait for the venue."""
        wanted = {one.book_id: one for one in listed}
        self._live = live
        self._resolved &= wanted.keys()
        for book_id in self._of_book.keys() - wanted.keys():
            self._drop(book_id)
        for book_id, one in wanted.items():
            if book_id not in self._resolved:
                self._follow(book_id, one)
        self._close_the_empty()

    def resync(self, book_id: BookId, doubt: Doubt) -> None:
        """The core doubts this book: ask the venue for a snapshot."""
        if connection := self._of_book.get(book_id):
            self._counts["resyncs"] += 1
            connection.resync(book_id)

    def reopen(self, lane: LaneId) -> None:
        """The core hears nothing from this lane: open another socket."""
        for connection in self._connections:
            if connection.lane == lane:
                self._counts["reopened"] += 1
                connection.reopen()

    async def run(self) -> None:
        """Hold the connections until cancelled; goes on by itself over every failure of the venue."""
        self._is_running = True
        self._fallen = fallen = asyncio.get_running_loop().create_future()
        beside = [asyncio.create_task(self._keep_comparing()), asyncio.create_task(self._keep_asking_location())]
        for connection in self._connections:
            self._hold(connection)
        try:
            done, _ = await asyncio.wait({fallen, *beside}, return_when=asyncio.FIRST_COMPLETED)
            for each in done:
                each.result()  # raises what it fell over
        finally:
            self._is_running = False
            tasks = [*beside, *self._holding.values(), *self._comparing]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            fallen.cancel()
            self._holding.clear()

    # Markets and connections

    def _follow(self, book_id: BookId, listed: Listed) -> None:
        known = self._of_book.get(book_id)
        if known is not None and known.books[book_id].listed == listed:
            return
        if known is not None and _has_same_tokens(known.books[book_id].listed, listed):
            pair = known.books[book_id]
            pair.listed = listed
            self._put(Followed(listed, pair.grid, self._now()))
            return
        if known is not None:
            self._drop(book_id)
        pair = Pair(listed)
        self._put(Followed(listed, pair.grid, self._now()))
        connection = self._with_room()
        self._of_book[book_id] = connection
        connection.add(pair)

    def _with_room(self) -> Connection:
        found = next((one for one in self._connections if one.has_room), None)
        if found is None:
            found = Connection(self._numbers, self._settings, self._put, self._now, self._amounts, self._counts)
            found.reader.on_resolved = self._note_resolved
            self._connections.append(found)
            if self._is_running:
                self._hold(found)
        return found

    def _drop(self, book_id: BookId) -> None:
        self._of_book.pop(book_id).remove(book_id)
        self._put(Dropped(book_id, self._now()))

    def _note_resolved(self, pair: Pair) -> None:
        """Nobody trades there any more: the venue has closed the book."""
        self._resolved.add(pair.book_id)
        self._drop(pair.book_id)

    def _close_the_empty(self) -> None:
        for connection in [one for one in self._connections if not one.books]:
            self._connections.remove(connection)
            self._counts["frames"] += connection.reader.frames
            if task := self._holding.pop(connection, None):
                task.cancel()

    def _hold(self, connection: Connection) -> None:
        task = self._holding[connection] = asyncio.create_task(connection.run())
        task.add_done_callback(self._note_fallen)

    def _note_fallen(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None and self._fallen is not None and not self._fallen.done():
            self._fallen.set_exception(error)

    # Comparing

    async def _keep_comparing(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            self._log_refusals()
            while len(self._comparing) < MOST_COMPARING and (due := list(islice(self._due(), MOST_ASKED))):
                now = self._now()
                for pair in due:
                    pair.compared_at = now
                task = asyncio.create_task(self._compare(due))
                self._comparing.add(task)
                task.add_done_callback(self._comparing.discard)
                task.add_done_callback(self._note_fallen)

    def _due(self) -> Iterator[Pair]:
        """Live books, and soonest those of quiet connections; and every book that was not compared for long."""
        now = self._now()
        for connection in self._connections:
            is_quiet = connection.is_quiet(now, self._prove_after)
            for pair in connection.books.values():
                is_live = pair.has_book and pair.book_id in self._live
                live_every = self._prove_after if is_quiet else self._compare_live_every
                if now - pair.compared_at >= (live_every if is_live else self._compare_every):
                    yield pair

    async def _compare(self, pairs: Sequence[Pair]) -> None:
        try:
            await self._shown.compare(pairs)
            self._rest = ""
        except FeedError as error:
            self._counts["comparisons_failed"] += 1
            self._rest = str(error)
        for pair in pairs:  # not all together the next time
            pair.compared_at = Nanos(pair.compared_at + int(random.random() * self._prove_after / 4))

    def _log_refusals(self) -> None:
        """Each kind once; all are counted."""
        for connection in self._connections:
            while connection.reader.refusals:
                refusal = connection.reader.refusals.popleft()
                if refusal not in self._logged and len(self._logged) < MOST_LOGGED:
                    self._logged.add(refusal)
                    fields = {"lane": connection.lane, "type": refusal.field, "detail": refusal.detail}
                    log.warning("update refused", extra=fields)

    async def _keep_asking_location(self) -> None:
        while True:
            try:
                location = await self._ask_location()
                self._location, self._is_blocked = words_for(location), location.blocked
                wait = LOCATION_EVERY
            except FeedError as error:
                self._location = self._location or f"Polymarket does not say whether this location may trade: {error}"
                wait = LOCATION_AGAIN
            await asyncio.sleep(wait)


def _has_same_tokens(one: Listed, other: Listed) -> bool:
    return (one.first, one.second) == (other.first, other.second)
