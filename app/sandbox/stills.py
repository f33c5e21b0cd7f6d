"""The books of a recorded slate: what its listings show of them, and no more.

Kalshi's listings carry the best prices with their sizes, so a book of one level a side is what was seen. Polymarket's
carry prices without sizes: of those there is no book, for one would have to be made up.
"""

import json
from collections.abc import Sequence

from app.sandbox.claims import fixed
from app.sandbox.endings import Ending
from app.sandbox.fees import Fees
from app.sandbox.grids import DOLLAR, Grid, Range
from app.sandbox.makers import Ladder
from app.sandbox.markets import Market
from app.sandbox.messages import Message, parts, text

NEVER = 1 << 53  # unix milliseconds


class KalshiStills:
    """Best bid and ask of each recorded Kalshi market, for ever."""

    def __init__(self, events: Sequence[Message]) -> None:
        found = [market for event in events for market in parts(event, "markets")]
        self.markets = {text(one, "ticker"): _kalshi_market(one) for one in found}
        self._ladders = {text(one, "ticker"): _ladder(one) for one in found if text(one, "status") == "active"}

    def ladder(self, market: Market, now: int) -> Ladder | None:
        return self._ladders.get(market.id)

    def next_look(self, market: Market, now: int) -> int:
        return NEVER

    def ending(self, market: Market) -> Ending | None:
        return None

    def pays(self, market: Market) -> int:
        return 0

    def chance(self, market: Market, at: int) -> float:
        return market.claim.likely

    def fees(self, market: Market, at: int) -> Fees | None:
        return None


class PolymarketStills:
    """The recorded Polymarket markets, of which no sizes were seen."""

    def __init__(self, events: Sequence[Message]) -> None:
        found = [_polymarket_market(market) for event in events for market in parts(event, "markets")]
        self.markets = {name: market for market in found for name in (market.id, *market.tokens)}

    def ladder(self, market: Market, now: int) -> Ladder | None:
        return None

    def next_look(self, market: Market, now: int) -> int:
        return NEVER

    def ending(self, market: Market) -> Ending | None:
        return None

    def pays(self, market: Market) -> int:
        return 0

    def chance(self, market: Market, at: int) -> float:
        return market.claim.likely

    def fees(self, market: Market, at: int) -> Fees | None:
        return None


def _kalshi_market(market: Message) -> Market:
    ticker = text(market, "ticker")
    ranges = tuple(
        Range(_units(market_range, "start"), _units(market_range, "end"), max(1, _units(market_range, "step")))
        for market_range in parts(market, "price_ranges")
    )
    grid = Grid(text(market, "price_level_structure"), ranges or (Range(0, DOLLAR, 100),))
    return Market(venue="kalshi", id=ticker, key=ticker, label=ticker, claim=fixed(0.5), grid=grid)


def _ladder(market: Message) -> Ladder:
    bid, ask = _units(market, "yes_bid_dollars"), _units(market, "yes_ask_dollars")
    bid_size, ask_size = _hundredths(market, "yes_bid_size_fp"), _hundredths(market, "yes_ask_size_fp")
    bids = {bid: bid_size} if 0 < bid < DOLLAR and bid_size else {}
    asks = {ask: ask_size} if 0 < ask < DOLLAR and ask_size else {}
    return Ladder(bids, asks, _kalshi_market(market).grid, 0)


def _polymarket_market(market: Message) -> Market:
    return Market(
        venue="polymarket",
        id=text(market, "conditionId"),
        key=text(market, "slug"),
        label=text(market, "slug"),
        claim=fixed(0.5),
        tokens=_listed(market, "clobTokenIds"),
        outcomes=_listed(market, "outcomes"),
        is_neg_risk=market.get("negRisk") is True,
    )


def _listed(market: Message, field: str) -> tuple[str, ...]:
    read = json.loads(text(market, field) or "[]")
    return tuple(str(one) for one in read) if isinstance(read, list) else ()


def _units(message: Message, field: str) -> int:
    return round(float(text(message, field) or 0) * DOLLAR)


def _hundredths(message: Message, field: str) -> int:
    return round(float(text(message, field) or 0) * 100)
