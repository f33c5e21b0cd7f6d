"""Order books as Kalshi shows them over REST."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.domain.parsing import decode
from app.domain.prices import Level
from app.errors import BadInput
from app.fetching import Fetcher
from app.venues.kalshi import wire
from app.venues.kalshi.numbers import read_asks, read_bids

BOOKS_A_CALL = 100


class ShownBook(NamedTuple):
    """A market's whole book, in terms of YES."""

    ticker: str
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]


async def ask_for_books(fetcher: Fetcher, tickers: Sequence[str]) -> list[ShownBook]:
    """The books of these markets, at most BOOKS_A_CALL; one that cannot be read is left out. Raises FeedUnavailable or
    PayloadRefused."""
    answer = await fetcher.get(
        "/markets/orderbooks", {"tickers": tuple(tickers)}
    )  # commas would make one ticker of them
    return list(_readable(decode(answer, wire.ORDER_BOOKS), frozenset(tickers)))


def _readable(answer: wire.OrderBooks, asked: frozenset[str]) -> Iterator[ShownBook]:
    for book in answer.orderbooks:
        if book.ticker in asked:
            try:
                levels = book.orderbook_fp
                yield ShownBook(book.ticker, read_bids(levels.yes_dollars), read_asks(levels.no_dollars))
            except BadInput:
                continue
