"""What venues' sockets say of prices, through to the trading core."""

import asyncio
from collections import Counter

from app.domain.games import GameId
from app.domain.inputs import Cut
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.prices import Listed, book_id, lane_id
from app.venues.kalshi.connections import Connection as KalshiConnection
from app.venues.kalshi.markets import KALSHI
from app.venues.polymarket.amounts import Amounts
from app.venues.polymarket.markets import POLYMARKET
from app.venues.polymarket.pairs import Pair
from app.venues.polymarket.updates import Reader
from tests.fuzzing.cores import Core
from tests.fuzzing.payloads import lines_of

LOOP = asyncio.new_event_loop()  # one for all: to make one costs more than a payload

A, B = "KXNBAGAME-26NOV22LALBOS-BOS", "KXNBAGAME-26NOV22LALBOS-LAL"
MARKET, FIRST, SECOND = "0xa1", "71321", "52114"

KALSHI_FRAMES = lines_of(
    {"type": "subscribed", "id": 1, "msg": {"channel": "orderbook_delta", "sid": 1}},
    *(
        {
            "type": "orderbook_snapshot",
            "sid": 1,
            "seq": number,
            "msg": {
                "market_ticker": ticker,
                "yes_dollars_fp": [["0.3800", "12.00"], ["0.3900", "40.00"]],
                "no_dollars_fp": [["0.5800", "9.00"], ["0.5900", "7.50"]],
            },
        }
        for number, ticker in ((1, A), (2, B))
    ),
    {
        "type": "orderbook_delta",
        "sid": 1,
        "seq": 3,
        "msg": {
            "market_ticker": A,
            "price_dollars": "0.4000",
            "delta_fp": "25.00",
            "side": "yes",
            "ts_ms": 1795305600100,
        },
    },
    {
        "type": "orderbook_delta",
        "sid": 1,
        "seq": 4,
        "msg": {"market_ticker": B, "price_dollars": "0.5900", "delta_fp": "-7.50", "side": "no"},
    },
    {
        "type": "ticker",
        "sid": 2,
        "msg": {"market_ticker": A, "yes_bid_dollars": "0.4000", "yes_ask_dollars": "0.4100", "ts_ms": 1795305600200},
    },
    {
        "type": "trade",
        "sid": 3,
        "msg": {
            "market_ticker": A,
            "yes_price_dollars": "0.41",
            "count_fp": "3.00",
            "taker_side": "yes",
            "ts_ms": 1795305600300,
        },
    },
    {"type": "market_lifecycle_v2", "sid": 4, "msg": {"market_ticker": B, "event_type": "deactivated"}},
    {"type": "market_lifecycle_v2", "sid": 4, "msg": {"market_ticker": B, "event_type": "activated"}},
    {"type": "ok", "id": 2, "sid": 1, "seq": 5, "msg": [{"market_tickers": [A, B]}]},
    {"type": "error", "id": 3, "msg": {"code": 26, "msg": "Too many markets"}},
    {
        "type": "orderbook_delta",
        "sid": 1,
        "seq": 6,
        "msg": {"market_ticker": A, "price_dollars": 0.4, "delta_fp": -25, "side": "yes"},
    },
)

_STAMP = {"market": MARKET, "timestamp": "1795305600100"}
_BOOK = {
    "event_type": "book",
    **_STAMP,
    "bids": [{"price": "0.38", "size": "900"}, {"price": ".39", "size": "1200.5"}],
    "asks": [{"price": "0.45", "size": "300"}, {"price": "0.40", "size": "250"}],
}
_MIRROR = {
    **_BOOK,
    "asset_id": SECOND,
    "bids": [{"price": "0.55", "size": "300"}, {"price": "0.60", "size": "250"}],
    "asks": [{"price": "0.62", "size": "900"}, {"price": "0.61", "size": "1200.5"}],
}
_CHANGE = {
    "asset_id": FIRST,
    "price": "0.39",
    "size": "10",
    "side": "BUY",
    "hash": "h",
    "best_bid": "0.39",
    "best_ask": "0.40",
}
_ITS_MIRROR = {**_CHANGE, "asset_id": SECOND, "price": "0.61", "side": "SELL", "best_bid": "0.60", "best_ask": "0.61"}

POLYMARKET_FRAMES = lines_of(
    [{**_BOOK, "asset_id": FIRST, "hash": "ab", "tick_size": "0.01"}, _MIRROR],
    {"event_type": "price_change", **_STAMP, "price_changes": [_CHANGE, _ITS_MIRROR]},
    {"event_type": "price_change", **_STAMP, "price_changes": [_CHANGE, {**_CHANGE, "price": "0.41", "side": "SELL"}]},
    {"event_type": "price_change", **_STAMP, "asset_id": FIRST, "price": "0.4", "size": "0", "side": "SELL"},
    {"event_type": "last_trade_price", **_STAMP, "asset_id": FIRST, "price": "0.40", "size": "12.5", "side": "BUY"},
    {"event_type": "tick_size_change", **_STAMP, "asset_id": FIRST, "old_tick_size": "0.01", "new_tick_size": "0.001"},
    {"event_type": "best_bid_ask", **_STAMP, "asset_id": FIRST, "best_bid": "0.39", "best_ask": "0.40"},
    {"event_type": "new_market", **_STAMP, "slug": "s", "question": "?", "assets_ids": ["1"], "outcomes": ["Yes"]},
    {
        "event_type": "market_resolved",
        **_STAMP,
        "assets_ids": [FIRST, SECOND],
        "winning_asset_id": FIRST,
        "winning_outcome": "Yes",
    },
)


class Wire:
    """An open connection that nobody listens to."""

    def send(self, text: bytes) -> None:
        assert text

    def close(self) -> None:
        """Whoever holds it is told; nobody does."""


def hear_kalshi(frames: bytes) -> None:
    """Frames of Kalshi's public channels, one a line."""
    LOOP.run_until_complete(_hear_kalshi(frames))


async def _hear_kalshi(frames: bytes) -> None:
    """Kalshi's connection speaks back after a while, by a timer of the loop."""
    core = Core(*map(kalshi_listed, (A, B)))
    connection = KalshiConnection(100, core.put, core.now, Counter(), _nobody, _nobody)
    core.resync = lambda told: connection.resync(told.book_id.removeprefix(f"{KALSHI}:"))
    for ticker in (A, B):
        connection.join(ticker, kalshi_listed(ticker).book_id)
    connection.open(Wire())
    for frame in frames.split(b"\n"):
        connection.hear(frame, core.now())
        core.pass_time()
    core.check()
    assert connection.frames >= 0
    connection.leave(A)
    connection._subscriptions.close()  # with its timer


def hear_polymarket(frames: bytes) -> None:
    """Frames of Polymarket's market channel, one a line."""
    listed = polymarket_listed()
    core, pair = Core(listed), Pair(listed)
    lane = lane_id(POLYMARKET, 1, core.at)
    reader = Reader(lane, {FIRST: pair, SECOND: pair}, core.put, AMOUNTS, Counter())
    for frame in frames.split(b"\n"):
        reader.read(frame, core.now())
        core.pass_time()
    core.put(Cut(lane, "disconnected", core.now()))
    core.check()


AMOUNTS = Amounts()


def kalshi_listed(ticker: str) -> Listed:
    return _listed(KALSHI, ticker, f"{KALSHI}:{ticker}:yes", f"{KALSHI}:{ticker}:no")


def polymarket_listed() -> Listed:
    return _listed(POLYMARKET, MARKET, f"{POLYMARKET}:{FIRST}", f"{POLYMARKET}:{SECOND}")


def _listed(venue: VenueId, market: str, first: str, second: str) -> Listed:
    market_id = MarketId(market)
    contracts = ContractId(first), ContractId(second)
    return Listed(book_id(venue, market_id), venue, market_id, GameId("1"), *contracts)


def _nobody(*_: object) -> None:
    """Nobody is told."""
