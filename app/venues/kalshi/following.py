"""Which markets are followed, and what their listings say of how to read their books. Until a market's grid is told,
nothing is off it."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NoReturn

from app.domain.inputs import Dropped, Followed
from app.domain.prices import FINEST_GRID, BookId, Grid, Listed, Nanos
from app.errors import FeedError
from app.fetching import Fetcher
from app.ports import Put
from app.venues.kalshi import wire
from app.venues.kalshi.grids import MARKETS_A_CALL, ask_for_terms, grid_of, is_trading

TERMS_LIFETIME = 300.0  # seconds, after which listings are read again
ASK_AGAIN_AFTER = 5.0  # seconds

OnTrading = Callable[[str, bool], None]  # the ticker of a market, and whether it trades now


class Following:
    """Tells the core which books there are, and on which grid."""

    def __init__(self, fetcher: Fetcher, put: Put, now: Callable[[], Nanos], counts: Counter[str]) -> None:
        self._fetcher = fetcher
        self._put = put
        self._now = now
        self._counts = counts
        self._grids: dict[str, Grid] = {}
        self._unknown: dict[str, None] = {}  # whose listing is to be read
        self._is_wanted = asyncio.Event()
        self.listed: dict[str, Listed] = {}  # by ticker
        self.live: frozenset[BookId] = frozenset()
        self.trouble = ""

    def change(self, listed: Sequence[Listed], live: frozenset[BookId]) -> tuple[list[Listed], list[Listed]]:
        """These and no others from now on: which are new, and which are followed no longer."""
        wanted = {str(one.market_id): one for one in listed}
        left = [one for ticker, one in self.listed.items() if ticker not in wanted]
        joined = [one for ticker, one in wanted.items() if ticker not in self.listed]
        for one in left:
            self._grids.pop(one.market_id, None)
            self._unknown.pop(one.market_id, None)
            self._put(Dropped(one.book_id, self._now()))
        changed = [one for ticker, one in wanted.items() if self.listed.get(ticker) != one]
        self.listed, self.live = wanted, live
        for one in changed:
            self._tell(one)
        self.read_again(one.market_id for one in joined)
        return joined, left

    def read_again(self, tickers: Iterable[str]) -> None:
        """The listings of these markets may have changed."""
        self._unknown.update(dict.fromkeys(ticker for ticker in tickers if ticker in self.listed))
        if self._unknown:
            self._is_wanted.set()

    async def keep_reading(self, on_trading: OnTrading) -> NoReturn:
        """Read listings as they are wanted, and all of them again after a while."""
        while True:
            try:
                async with asyncio.timeout(TERMS_LIFETIME):
                    await self._is_wanted.wait()
            except TimeoutError:
                self.read_again(tuple(self.listed))
            self._is_wanted.clear()
            while batch := tuple(self._unknown)[:MARKETS_A_CALL]:
                try:
                    await self._read(batch, on_trading)
                except FeedError as error:
                    self._counts["unread_listings"] += 1
                    self.trouble = f"Kalshi's listings: {error}"
                    await asyncio.sleep(ASK_AGAIN_AFTER)

    async def _read(self, tickers: Sequence[str], on_trading: OnTrading) -> None:
        found = await ask_for_terms(self._fetcher, tickers)
        self.trouble = ""
        for ticker in tickers:
            self._unknown.pop(ticker, None)
            if (terms := found.get(ticker)) is None:
                self._counts["unlisted_markets"] += 1
            elif ticker in self.listed:
                self._take(self.listed[ticker], terms)
                on_trading(ticker, is_trading(terms))

    def _take(self, listed: Listed, terms: wire.MarketTerms) -> None:
        grid = grid_of(terms)
        if grid is None:
            self._counts["unknown_grids"] += 1
        elif self._grids.get(listed.market_id) != grid:
            self._grids[listed.market_id] = grid
            self._tell(listed)

    def _tell(self, listed: Listed) -> None:
        self._put(Followed(listed, self._grids.get(listed.market_id, FINEST_GRID), self._now()))
