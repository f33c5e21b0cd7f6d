"""What Kalshi says over its socket, field by field as recorded."""

from datetime import UTC, datetime

import msgspec

from app.sandbox.books import Book, Change
from app.sandbox.grids import DOLLAR
from app.sandbox.kalshi_markets import contracts, dollars, volume_of
from app.sandbox.leagues import made_id
from app.sandbox.markets import Market
from app.sandbox.messages import Message, iso_fine

ERRORS = {
    1: "Unable to process message",
    2: "Params required",
    3: "Channels required",
    4: "Subscription IDs required",
    5: "Unknown command",
    7: "Unknown subscription ID",
    8: "Unknown channel name",
    9: "Authentication required",
    11: "Invalid parameter",
    12: "Exactly one subscription ID is required",
    13: "Unsupported action",
    14: "Market Ticker required",
    15: "Action required",
}

Levels = dict[int, int]
encode = msgspec.json.encode


def error(command_id: int | None, code: int) -> bytes:
    """Why a command was not obeyed."""
    named = {} if command_id is None else {"id": command_id}
    return encode({"type": "error", **named, "msg": {"code": code, "msg": ERRORS[code]}})


def snapshot(sid: int, seq: int, market: Market, bids: Levels, asks: Levels, *, in_yes_prices: bool) -> bytes:
    """A whole book: YES bids and NO bids, each ascending."""
    named = {"market_ticker": market.id, "market_id": market.uuid}
    sides = {
        "yes_dollars_fp": yes_levels(bids),
        "no_dollars_fp": no_levels(asks, in_yes_prices=in_yes_prices),
    }
    return encode({"type": "orderbook_snapshot", "sid": sid, "seq": seq, "msg": {**named, **sides}})


def delta(sid: int, seq: int, market: Market, change: Change, at: int, *, in_yes_prices: bool) -> bytes:
    """One level: what comes to it, or goes. `at`: unix milliseconds."""
    price = change.price if change.is_bid or in_yes_prices else DOLLAR - change.price
    message = {
        "market_ticker": market.id,
        "market_id": market.uuid,
        "price_dollars": dollars(price),
        "delta_fp": contracts(change.after - change.before),
        "side": "yes" if change.is_bid else "no",
        "ts": shown(at),
        "ts_ms": at,
    }
    return encode({"type": "orderbook_delta", "sid": sid, "seq": seq, "msg": message})


def ticker(sid: int, book: Book) -> bytes:
    """The best prices, and what was traded."""
    volume = volume_of(book.market) + book.volume
    message = {
        "market_ticker": book.market.id,
        "market_id": book.market.uuid,
        "price_dollars": dollars(book.last),
        "yes_bid_dollars": dollars(book.best_bid),
        "yes_ask_dollars": dollars(book.best_ask),
        "yes_bid_size_fp": contracts(book.bids.get(book.best_bid, 0)),
        "yes_ask_size_fp": contracts(book.asks.get(book.best_ask, 0)),
        "last_trade_size_fp": contracts(book.last_size),
        "volume_fp": contracts(volume),
        "open_interest_fp": contracts(volume // 2),
        "dollar_volume": volume // 200,
        "dollar_open_interest": volume // 400,
        "ts": book.at // 1000,
        "ts_ms": book.at,
        "time": shown(book.at),
    }
    return encode({"type": "ticker", "sid": sid, "msg": message})


def trade(sid: int, book: Book, change: Change) -> bytes:
    """Somebody took from the best level."""
    taker = "no" if change.is_bid else "yes"
    message = {
        "trade_id": made_id(f"trade:{book.market.id}:{book.version}:{book.at}"),
        "market_ticker": book.market.id,
        "yes_price_dollars": dollars(change.price),
        "no_price_dollars": dollars(DOLLAR - change.price),
        "count_fp": contracts(change.before - change.after),
        "taker_side": taker,
        "taker_outcome_side": taker,
        "taker_book_side": "ask" if change.is_bid else "bid",
        "is_block_trade": False,
        "ts": book.at // 1000,
        "ts_ms": book.at,
    }
    return encode({"type": "trade", "sid": sid, "msg": message})


def lifecycle(sid: int, seq: int, message: Message) -> bytes:
    """A market determined or settled."""
    return encode({"type": "market_lifecycle_v2", "sid": sid, "seq": seq, "msg": message})


def yes_levels(bids: Levels) -> list[tuple[str, str]]:
    """Ascending: the best is the last."""
    return [(dollars(price), contracts(bids[price])) for price in sorted(bids)]


def no_levels(asks: Levels, *, in_yes_prices: bool = False) -> list[tuple[str, str]]:
    """Asks as bids for NO, ascending; or, where the caller wants that, quoted as prices of YES."""
    prices = sorted(asks) if in_yes_prices else sorted(asks, reverse=True)
    return [(dollars(price if in_yes_prices else DOLLAR - price), contracts(asks[price])) for price in prices]


def shown(at: int) -> str:
    """Unix milliseconds as Kalshi writes a time."""
    return iso_fine(datetime.fromtimestamp(at / 1000, UTC))
