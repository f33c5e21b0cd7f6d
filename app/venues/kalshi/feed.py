"""Kalshi's prices as they change: over its socket, each book proved by its subscription's unbroken sequence, and
compared over REST where the subscription is silent."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from typing import NoReturn
from urllib.parse import urlsplit

from app.domain.inputs import Doubted
from app.domain.markets import VenueId
from app.domain.prices import BookId, Doubt, LaneId, Listed, Nanos
from app.errors import SettingsRefused
from app.fetching import Fetcher
from app.ports import PriceFeed, Put
from app.settings import KalshiSettings, PricesSettings
from app.venues.kalshi.comparisons import Comparisons
from app.venues.kalshi.connections import Connection
from app.venues.kalshi.following import Following
from app.venues.kalshi.markets import KALSHI
from app.venues.kalshi.polling import PollingFeed
from app.venues.kalshi.signing import Signer
from app.venues.tasks import end, until

SHARE_OF_CALLS = 0.5  # of what one host allows, for comparisons
MOST_CONNECTIONS = 20
SIGNED_FROM = "/trade-api"  # whatever may stand before it


def kalshi_feed(
    settings: KalshiSettings, prices: PricesSettings, fetcher: Fetcher, put: Put, now: Callable[[], Nanos]
) -> PriceFeed:
    """Over the socket with a key, over REST without one. Raises SettingsRefused for a key that is of no use."""
    if settings.key_id is None:
        return PollingFeed(settings, prices, fetcher, put, now)
    return KalshiFeed(settings, prices, fetcher, put, now)


class KalshiFeed:
    """Markets spread over as few connections as may be. Raises SettingsRefused for a key that is of no use."""

    venue: VenueId = KALSHI

    def __init__(
        self, settings: KalshiSettings, prices: PricesSettings, fetcher: Fetcher, put: Put, now: Callable[[], Nanos]
    ) -> None:
        if settings.key_id is None or settings.private_key_file is None:
            raise SettingsRefused("Kalshi's socket wants a key: set KALSHI__KEY_ID and KALSHI__PRIVATE_KEY_FILE")
        self._settings = settings
        self._signer = Signer(settings.key_id, settings.private_key_file)
        self._put = put
        self._now = now
        self._counts: Counter[str] = Counter()
        self._fetcher = fetcher
        self._following = Following(fetcher, put, now, self._counts)
        self._comparisons = Comparisons(fetcher, put, now, prices, self._counts)
        self._most = settings.books_a_connection
        self._of: dict[str, Connection] = {}  # by ticker
        self._has_changed = asyncio.Event()
        self.connections: list[Connection] = []

    @property
    def counts(self) -> Mapping[str, int]:
        """Frames, connections, and what went wrong, by kind, since the start."""
        frames = sum(connection.frames for connection in self.connections)
        return {**self._fetcher.counts, **self._counts, "frames": self._counts["frames"] + frames}

    @property
    def trouble(self) -> str:
        """What stands in the way now, for people; empty when nothing does."""
        told = [connection.trouble for connection in self.connections]
        told += [self._following.trouble, self._comparisons.trouble]
        if beyond := len(self._following.listed) - len(self._of):
            told.append(f"Kalshi has no room for {beyond} more markets")
        return "; ".join(dict.fromkeys(filter(None, told)))

    async def follow(self, listed: Sequence[Listed], live: frozenset[BookId]) -> None:
        """These books and no others from now on."""
        joined, left = self._following.change(listed, live)
        for one in left:
            self._comparisons.leave(one.market_id)
            if connection := self._of.pop(one.market_id, None):
                connection.leave(one.market_id)
        for one in joined:
            self._comparisons.join(one.market_id, one.book_id)
        for one in listed:  # also what found no room so far
            if one.market_id not in self._of:
                self._place(one)
        self._counts["frames"] += sum(one.frames for one in self.connections if not one.books)
        self.connections = [one for one in self.connections if one.books]
        self._has_changed.set()

    def resync(self, book_id: BookId, doubt: Doubt) -> None:
        """The core doubts this book: ask the venue for a snapshot."""
        ticker = book_id.removeprefix(f"{KALSHI}:")
        if (connection := self._of.get(ticker)) is not None:
            connection.resync(ticker)

    def reopen(self, lane: LaneId) -> None:
        """The core hears nothing from this lane: open another."""
        for connection in self.connections:
            if connection.lane == lane:
                connection.reopen("nothing came although books are followed")

    async def run(self) -> None:
        """Hold the connections until cancelled; a failure of the venue does not end it."""
        tasks: dict[Connection, asyncio.Task[None]] = {}
        beside = [asyncio.create_task(work) for work in self._beside()]
        try:
            while True:
                self._has_changed.clear()
                for connection in self.connections:
                    if connection not in tasks:
                        tasks[connection] = asyncio.create_task(self._keep(connection))
                for connection in [one for one in tasks if one not in self.connections]:
                    tasks.pop(connection).cancel()
                await until(self._has_changed, (*tasks.values(), *beside))
        finally:
            await end((*tasks.values(), *beside))

    def _beside(self) -> tuple[Coroutine[None, None, NoReturn], ...]:
        pace = 1 / (self._settings.per_second * SHARE_OF_CALLS)
        return (
            self._following.keep_reading(self._on_trading),
            self._comparisons.keep_comparing(self._silent_since, self._is_current, pace),
        )

    async def _keep(self, connection: Connection) -> None:
        url = self._settings.socket_url
        path = "".join(urlsplit(url).path.partition(SIGNED_FROM)[1:])
        await connection.keep(url, lambda: self._signer.headers("GET", path, self._now()), self._settings.longest_wait)

    def _place(self, listed: Listed) -> None:
        """Where there is room, or on a connection of its own."""
        connection = next((one for one in self.connections if len(one.books) < one.capacity), None)
        if connection is None and len(self.connections) >= MOST_CONNECTIONS:
            return
        if connection is None:
            connection = Connection(self._most, self._put, self._now, self._counts, self._on_terms, self._on_full)
            self.connections.append(connection)
        self._of[listed.market_id] = connection
        connection.join(listed.market_id, listed.book_id)

    def _on_full(self, connection: Connection, capacity: int) -> None:
        """Kalshi lets this connection have no more markets: the others go elsewhere, and are not trusted until then."""
        self._most = connection.capacity = capacity
        for ticker in connection.surplus(capacity):
            listed = self._following.listed[ticker]
            connection.leave(ticker)
            del self._of[ticker]
            self._put(Doubted(listed.book_id, "waiting", self._now()))
            self._place(listed)
        self._has_changed.set()

    def _on_terms(self, ticker: str) -> None:
        self._following.read_again((ticker,))

    def _on_trading(self, ticker: str, is_trading: bool) -> None:
        if (connection := self._of.get(ticker)) is not None:
            connection.trades(ticker, is_trading=is_trading)

    def _is_current(self, ticker: str) -> bool:
        connection = self._of.get(ticker)
        return connection is not None and connection.is_current(ticker)

    def _silent_since(self, moment: Nanos) -> Iterator[str]:
        """The live markets of the connections that have said nothing since then."""
        live = self._following.live
        for connection in self.connections:
            if connection.heard_at < moment:
                yield from (ticker for ticker, book_id in connection.books.items() if book_id in live)
