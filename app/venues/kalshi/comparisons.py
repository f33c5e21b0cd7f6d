"""Books compared with what Kalshi shows over REST: those of live games when their subscription says nothing, and each
one now and then."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import NoReturn

from app.domain.inputs import Shown
from app.domain.prices import SECOND, BookId, Nanos
from app.errors import FeedError, FeedUnavailable
from app.fetching import Fetcher
from app.ports import Put
from app.settings import PricesSettings
from app.venues.kalshi.orderbooks import BOOKS_A_CALL, ask_for_books

IDLE = 0.1  # seconds
LONGEST_REST = 5.0  # seconds, after a call that failed

Current = Callable[[str], bool]  # whether the core has the book of this ticker


class Comparisons:
    """What was compared when, and what is due."""

    def __init__(
        self, fetcher: Fetcher, put: Put, now: Callable[[], Nanos], prices: PricesSettings, counts: Counter[str]
    ) -> None:
        self._fetcher = fetcher
        self._put = put
        self._now = now
        self._counts = counts
        self._prove_after = int(prices.prove_after * SECOND)
        self._compare_every = int(prices.compare_every * SECOND)
        self._asked: dict[str, Nanos] = {}  # by ticker, the longest ago first
        self._books: dict[str, BookId] = {}
        self.trouble = ""

    def join(self, ticker: str, book_id: BookId) -> None:
        self._books[ticker] = book_id
        self._asked[ticker] = self._now()  # its snapshot is on the way

    def leave(self, ticker: str) -> None:
        self._books.pop(ticker, None)
        self._asked.pop(ticker, None)

    async def keep_comparing(
        self, silent_since: Callable[[Nanos], Iterable[str]], is_current: Current, pace: float
    ) -> NoReturn:
        """For ever, one call in `pace` seconds at most. `silent_since`: the tickers of live games whose subscriptions
        have said nothing since then; they come first."""
        while True:
            due = tuple(itertools.islice(self._due(silent_since, is_current), BOOKS_A_CALL))
            await asyncio.sleep(await self._compare(due, pace) if due else IDLE)

    def _due(self, silent_since: Callable[[Nanos], Iterable[str]], is_current: Current) -> Iterator[str]:
        now = self._now()
        chosen: set[str] = set()
        for ticker in silent_since(Nanos(now - self._prove_after)):
            if is_current(ticker) and now - self._asked.get(ticker, now) >= self._prove_after:
                chosen.add(ticker)
                yield ticker
        for ticker, asked_at in self._asked.items():
            if now - asked_at < self._compare_every:
                return
            if ticker not in chosen and is_current(ticker):
                yield ticker

    async def _compare(self, tickers: tuple[str, ...], pace: float) -> float:
        """How long to rest after it, in seconds."""
        asked_at = self._now()
        for ticker in tickers:
            del self._asked[ticker]
            self._asked[ticker] = asked_at
        try:
            shown = await ask_for_books(self._fetcher, tickers)
        except FeedError as error:
            self._counts["failed_comparisons"] += 1
            self.trouble = f"Kalshi's books over REST: {error}"
            wait = error.retry_after if isinstance(error, FeedUnavailable) else None
            return min(max(wait or 1.0, pace), LONGEST_REST)
        self.trouble = ""
        self._counts["comparisons"] += len(shown)
        received_at = self._now()
        for book in shown:
            if (book_id := self._books.get(book.ticker)) is not None:
                self._put(Shown(book_id, book.bids, book.asks, asked_at, received_at))
        return pace
