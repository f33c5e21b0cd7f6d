"""A feed at work on a host, and what comes of it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.clock import nanos_clock, wall_clock
from app.domain.decisions import Decision, Resync, Silent
from app.domain.games import GameId
from app.domain.inputs import Input, Tick
from app.domain.markets import ContractId, MarketId
from app.domain.prices import SECOND, Listed, book_id
from app.fetching import Fetcher
from app.pipeline import Pipeline
from app.ports import PriceFeed
from app.settings import KalshiSettings, PricesSettings
from app.venues.kalshi.feed import kalshi_feed
from app.venues.kalshi.markets import KALSHI
from tests.app.venues.kalshi.hosts import Host
from tests.app.venues.kalshi.references import FoldedBooks

NOW = nanos_clock(wall_clock)
KEY = Ed25519PrivateKey.generate()
PRICES = PricesSettings(prove_after=0.1, compare_every=0.3, silence=0.5)
A, B, C = (f"KXNBAGAME-26NOV22LALBOS-{name}" for name in ("BOS", "LAL", "TIE"))


def listed(ticker: str) -> Listed:
    first, second = (ContractId(f"{KALSHI}:{ticker}:{side}") for side in ("yes", "no"))
    return Listed(book_id(KALSHI, MarketId(ticker)), KALSHI, MarketId(ticker), GameId("1"), first, second)


class Desk:
    """A feed at work on a host, and what the core and the plainest books make of what it tells."""

    def __init__(self, host: Host, prices: PricesSettings, settings: KalshiSettings, client: httpx.AsyncClient) -> None:
        self.host = host
        self.folded = FoldedBooks()
        self.core = Pipeline(int(prices.silence * SECOND))
        self.feed: PriceFeed = kalshi_feed(settings, prices, Fetcher(client, host.url, settings), self.put, NOW)
        self.decisions: list[Decision] = []

    def put(self, told: Input) -> None:
        self.folded(told)
        for decision in self.core.apply(told):
            self.decisions.append(decision)
            if isinstance(decision, Resync):
                self.feed.resync(decision.book_id, decision.doubt)
            elif isinstance(decision, Silent):
                self.feed.reopen(decision.lane)

    async def follow(self, *tickers: str, live: Sequence[str] = ()) -> None:
        await self.feed.follow([listed(one) for one in tickers], frozenset(listed(one).book_id for one in live))

    def is_exact(self, *tickers: str) -> bool:
        """Whether the core and the plainest books have what the host has, undoubted."""
        return all(self._is_exact(ticker) for ticker in tickers)

    def _is_exact(self, ticker: str) -> bool:
        bids, asks = (
            {round(float(price) * 10_000): int(size) * 1_000_000 for price, size in levels.items()}
            for levels in self.host.books[ticker].sides.values()
        )
        truth = bids, {10_000 - price: size for price, size in asks.items()}
        ladder = self.core.ladder(listed(ticker).book_id)
        core = ladder and not ladder.doubt and (dict(ladder.bids), dict(ladder.asks))
        return self.folded.books.get(listed(ticker).book_id) == truth == core

    def doubt(self, ticker: str) -> str | None:
        ladder = self.core.ladder(listed(ticker).book_id)
        return ladder.doubt if ladder else "unknown"

    async def tick(self) -> None:
        while True:
            self.put(Tick(NOW()))
            await asyncio.sleep(0.02)


@asynccontextmanager
async def desk(
    host: Host, key_file: Path | None, prices: PricesSettings = PRICES, **given: object
) -> AsyncIterator[Desk]:
    settings = KalshiSettings(
        base_url=host.url,
        socket_url=host.socket_url,
        key_id=key_file and "my-key",
        private_key_file=key_file,
        longest_wait=0.2,
        per_second=100,
        tries=1,
        **given,
    )
    async with httpx.AsyncClient() as client:
        one = Desk(host, prices, settings, client)
        tasks = [asyncio.create_task(work) for work in (one.feed.run(), one.tick())]
        try:
            yield one
            assert not [task for task in tasks if task.done()]
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
