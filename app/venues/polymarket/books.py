"""The order books as the CLOB shows them over REST: to compare with what its socket has told."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from app.domain.inputs import Regridded, Shown
from app.domain.parsing import Refusal, decode, decode_element
from app.domain.prices import Level, Nanos
from app.errors import BadInput
from app.fetching import SLICE_SECONDS, Fetcher
from app.ports import Put
from app.venues.polymarket import wire
from app.venues.polymarket.amounts import Amounts
from app.venues.polymarket.pairs import Pair

MOST_ASKED = 500  # tokens in one request; the venue refuses more


class ShownBooks:
    """Asks for books and tells the core what is shown."""

    def __init__(
        self, fetcher: Fetcher, put: Put, now: Callable[[], Nanos], amounts: Amounts, counts: Counter[str]
    ) -> None:
        self._fetcher = fetcher
        self._put = put
        self._now = now
        self._amounts = amounts
        self._counts = counts

    async def compare(self, pairs: Sequence[Pair]) -> None:
        """At most MOST_ASKED markets, each by its first token. Those that have no book are not in the answer. Raises
        FeedUnavailable and PayloadRefused."""
        asked_at = self._now()
        of_token = {pair.first: pair for pair in pairs}
        asked = msgspec.json.encode([wire.BookAsked(token) for token in of_token])
        payload = await self._fetcher.post("/books", asked)
        received_at = self._now()
        elements: list[msgspec.Raw] = decode(payload, wire.ELEMENTS)
        self._counts["books_compared"] += len(elements)
        self._counts["books_not_shown"] += len(of_token) - len(elements)
        for pair in pairs:
            pair.is_shown = False
        began = time.monotonic()
        for raw in elements:
            self._tell(raw, of_token, asked_at, received_at)
            if time.monotonic() - began > SLICE_SECONDS:
                await asyncio.sleep(0)
                began = time.monotonic()

    def _tell(self, raw: msgspec.Raw, of_token: dict[str, Pair], asked_at: Nanos, received_at: Nanos) -> None:
        book: wire.Book | Refusal = decode_element(raw, wire.BOOK, "books")
        pair = None if isinstance(book, Refusal) else of_token.get(book.asset_id)
        if isinstance(book, Refusal) or pair is None:
            self._counts["refused_shown"] += 1
            return
        try:
            bids, asks = self._levels(book.bids), self._levels(book.asks)
            tick = self._amounts.prices[str(book.tick_size)] if book.tick_size is not None else 0
        except BadInput:
            self._counts["refused_shown"] += 1
            return
        pair.is_shown = True
        if pair.take_tick(tick):
            self._put(Regridded(pair.book_id, pair.grid, received_at))
        # Without the hash: that of the last change is the venue's even when one before it was lost on the way to us.
        self._put(Shown(pair.book_id, bids, asks, asked_at, received_at))

    def _levels(self, levels: Sequence[wire.Level]) -> tuple[Level, ...]:
        prices, sizes = self._amounts.prices, self._amounts.sizes
        return tuple((prices[level.price], sizes[level.size]) for level in levels)
