"""Polymarket's order books over REST and socket, field by field as recorded.

A market has one book. That of the second token shows the same levels from the other side.
"""

import hashlib
from functools import lru_cache

import msgspec

from app.sandbox.books import Book, Change
from app.sandbox.gamma_ids import hash_of, market_id_of
from app.sandbox.grids import DOLLAR, Grid
from app.sandbox.markets import Market
from app.sandbox.marks import HashMarks
from app.sandbox.messages import Message

SMALLEST_ORDER = "5"  # shares
encode = msgspec.json.encode


class Summaries:
    """Books as they are shown, each with the hash of exactly that; worked out once for everybody who asks."""

    def __init__(self, marks: HashMarks) -> None:
        self._marks = marks
        self._known: dict[str, tuple[tuple[int, int, int], tuple[str, str]]] = {}

    def summary(self, book: Book, side: int) -> Message:
        """What `/book` answers for the first (0) or second (1) token."""
        return {**_unhashed(book, side), "hash": self.hashes(book)[side]}

    def hashes(self, book: Book) -> tuple[str, str]:
        """Of both tokens' books as they stand: SHA-1 of the compact JSON with an empty hash."""
        state = book.version, book.last, tick(book.grid)
        known = self._known.get(book.market.id)
        if known is None or known[0] != state:
            known = self._known[book.market.id] = state, (_hash(book, 0), _hash(book, 1))
            for token, hashed in zip(book.market.tokens, known[1], strict=True):
                self._marks.note(token, hashed, book.version, book.oldest)
        return known[1]

    def book_event(self, book: Book, side: int) -> Message:
        return {"event_type": "book", **self.summary(book, side)}

    def price_change(self, book: Book, change: Change) -> Message:
        """One level, told for both tokens."""
        entries = [
            {
                "asset_id": token,
                "price": price(change.price if side == 0 else DOLLAR - change.price),
                "size": size(change.after),
                "side": "BUY" if change.is_bid == (side == 0) else "SELL",
                "hash": hashed,
                **best(book, side),
            }
            for side, (token, hashed) in enumerate(zip(book.market.tokens, self.hashes(book), strict=True))
        ]
        return {"event_type": "price_change", "price_changes": entries, **_stamped(book)}


def last_trade(book: Book, change: Change) -> Message:
    """Somebody took from the best level of the first token's book."""
    return {
        "event_type": "last_trade_price",
        "asset_id": book.market.tokens[0],
        "price": price(change.price),
        "size": size(change.before - change.after),
        "side": "SELL" if change.is_bid else "BUY",
        "fee_rate_bps": "0",
        "transaction_hash": hash_of(f"trade:{book.at}", f"{book.market.key}:{book.version}"),
        **_stamped(book),
    }


def tick_size_change(book: Book, side: int, before: Grid) -> Message:
    """Prices lie on another grid from here on."""
    return {
        "event_type": "tick_size_change",
        "asset_id": book.market.tokens[side],
        "old_tick_size": price(tick(before)),
        "new_tick_size": price(tick(book.grid)),
        **_stamped(book),
    }


def best_bid_ask(book: Book, side: int) -> Message:
    """The best prices of one token."""
    return {
        "event_type": "best_bid_ask",
        "asset_id": book.market.tokens[side],
        **best(book, side),
        "spread": price(book.best_ask - book.best_bid),
        **_stamped(book),
    }


def market_resolved(market: Market, winner: int, at: int) -> Message:
    """The first (0) or second (1) outcome came true, at unix milliseconds."""
    return {
        "event_type": "market_resolved",
        "id": market_id_of(market.key),
        "market": market.id,
        "assets_ids": list(market.tokens),
        "winning_asset_id": market.tokens[winner],
        "winning_outcome": market.outcomes[winner],
        "timestamp": str(at),
        "tags": ["sports"],
    }


def best(book: Book, side: int) -> Message:
    """Best prices; with nobody there 0 and 1."""
    bid, ask = book.best_bid, book.best_ask
    if side:
        bid, ask = DOLLAR - ask, DOLLAR - bid
    return {"best_bid": price(bid), "best_ask": price(ask)}


def tick(grid: Grid) -> int:
    """The step between prices, 1/10,000 dollar."""
    return grid.step_below(DOLLAR // 2)


@lru_cache(maxsize=16_384)
def price(units: int) -> str:
    """`0.53`, from 1/10,000 dollar."""
    return f"{units / DOLLAR:.4f}".rstrip("0").rstrip(".")


@lru_cache(maxsize=65_536)
def size(units: int) -> str:
    """`1200.5`, from hundredths of a share."""
    return f"{units / 100:.2f}".rstrip("0").rstrip(".")


def _stamped(book: Book) -> Message:
    return {"market": book.market.id, "timestamp": str(book.at)}


def _hash(book: Book, side: int) -> str:
    return hashlib.sha1(encode(_unhashed(book, side)), usedforsecurity=False).hexdigest()


def _unhashed(book: Book, side: int) -> Message:
    """In the order of fields that the hash is made of. Bids ascend and asks descend: the best is the last of both."""
    bids, asks = book.bids, book.asks
    if side == 0:
        shown_bids = [_level(at, bids[at]) for at in sorted(bids)]
        shown_asks = [_level(at, asks[at]) for at in sorted(asks, reverse=True)]
    else:
        shown_bids = [_level(DOLLAR - at, asks[at]) for at in sorted(asks, reverse=True)]
        shown_asks = [_level(DOLLAR - at, bids[at]) for at in sorted(bids)]
    return {
        "market": book.market.id,
        "asset_id": book.market.tokens[side],
        "timestamp": str(book.at),
        "hash": "",
        "bids": shown_bids,
        "asks": shown_asks,
        "min_order_size": SMALLEST_ORDER,
        "tick_size": price(tick(book.grid)),
        "neg_risk": book.market.is_neg_risk,
        "last_trade_price": price(book.last),
    }


def _level(at: int, amount: int) -> dict[str, str]:
    return {"price": price(at), "size": size(amount)}
