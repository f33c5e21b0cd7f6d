"""The venue's own hash of an order book: SHA-1 of the book as compact JSON, its `hash` left empty."""

import hashlib
from collections.abc import Sequence

import msgspec

from app.venues.polymarket import wire


class _Hashed(msgspec.Struct):
    """The fields in the order in which they are hashed: without a time, as the market channel has them."""

    market: str
    asset_id: str
    hash: str
    bids: Sequence[wire.Level]
    asks: Sequence[wire.Level]


class _HashedWhole(msgspec.Struct):
    """As the REST answer has them since 2025."""

    market: str
    asset_id: str
    timestamp: str
    hash: str
    bids: Sequence[wire.Level]
    asks: Sequence[wire.Level]
    min_order_size: wire.Number
    tick_size: wire.Number
    neg_risk: bool
    last_trade_price: wire.Number


def is_hash(text: str | None) -> bool:
    """Whether it can be a SHA-1 at all."""
    return text is not None and len(text) == 40


def has_its_hash(book: wire.Book) -> bool:
    """Whether the book, as it was read, has the hash that it says. False may also mean that the venue hashes it in a
    form that is not known here."""
    forms: list[msgspec.Struct] = [_Hashed(book.market, book.asset_id, "", book.bids, book.asks)]
    minimum, tick, last = book.min_order_size, book.tick_size, book.last_trade_price
    if minimum is not None and tick is not None and last is not None and book.neg_risk is not None:
        head = (book.market, book.asset_id, str(book.timestamp), "", book.bids, book.asks)
        forms.insert(0, _HashedWhole(*head, minimum, tick, book.neg_risk, last))
    return any(_sha1(form) == book.hash for form in forms)


def _sha1(form: msgspec.Struct) -> str:
    return hashlib.sha1(msgspec.json.encode(form), usedforsecurity=False).hexdigest()
