"""What Kalshi says beside its books → what the trading core is told."""

from app.domain.inputs import Named, Traded
from app.domain.money import ONE_DOLLAR, Price, Size
from app.domain.prices import MILLISECOND, BookId, Nanos
from app.errors import BadInput
from app.venues.kalshi import wire
from app.venues.kalshi.numbers import CHANGES, PRICES

ENDS_TRADING = frozenset({"deactivated", "determined", "settled"})  # events of a market's life
RESUMES_TRADING = frozenset({"activated"})
CHANGES_OF_TERMS = frozenset({"price_level_structure_updated", "metadata_updated", "close_date_updated"})


def named_by(told: wire.Ticker, book_id: BookId, received_at: Nanos) -> Named | None:
    """The best prices that Kalshi names; None when it does not name both sides, or cannot be read."""
    if told.yes_bid_dollars is None or told.yes_ask_dollars is None:
        return None
    try:
        bid, ask = PRICES[told.yes_bid_dollars], PRICES[told.yes_ask_dollars]
    except BadInput:
        return None
    return Named(book_id, _offered(bid), _offered(ask), _moment(told.ts_ms), received_at, is_aside=True)


def traded_by(told: wire.Trade, book_id: BookId, received_at: Nanos) -> Traded | None:
    """Somebody took YES, or NO; None when it cannot be read."""
    taken = told.taker_outcome_side or told.taker_side
    try:
        price, size = PRICES[told.yes_price_dollars], CHANGES[told.count_fp]
    except BadInput:
        return None
    if taken is None or size <= 0:
        return None
    return Traded(book_id, price, Size(size), taken == "yes", _moment(told.ts_ms), received_at, is_aside=True)


def _offered(price: int) -> Price | None:
    """Where nobody bids Kalshi writes 0, and where nobody offers 0 or 1 dollar."""
    return Price(price) if 0 < price < ONE_DOLLAR else None


def _moment(milliseconds: int | None) -> Nanos:
    return Nanos((milliseconds or 0) * MILLISECOND)
