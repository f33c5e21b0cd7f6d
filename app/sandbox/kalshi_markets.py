"""Kalshi's markets, whatever they are about: times, prices, results."""

import zlib
from datetime import UTC, datetime, timedelta

from app.sandbox.endings import TIMER
from app.sandbox.grids import DOLLAR, Grid
from app.sandbox.kalshi_asks import Ask
from app.sandbox.makers import Ladder, milliseconds
from app.sandbox.markets import Market
from app.sandbox.messages import FIXED, Message, iso, iso_fine
from app.sandbox.moments import Moment
from app.sandbox.slates import Slate


def kalshi_market(ask: Ask, traded: Market, rules: str, opened: datetime, at: Moment) -> Message:
    """An open market with its prices at a moment; without its closing times. `rules`: the secondary ones."""
    market: Message = {
        **FIXED["kalshi_market"],
        "ticker": traded.id,
        "event_ticker": traded.id.removesuffix(f"-{ask.suffix}"),
        "title": ask.title,
        "yes_sub_title": ask.yes,
        "no_sub_title": ask.yes,
        "rules_primary": at.rules(traded, ask.rules),
        "rules_secondary": rules,
        "early_close_condition": f"This market will close and expire after {ask.condition}.",
        "strike_type": "structured" if ask.strike is None else "greater",
        "created_time": iso_fine(opened - timedelta(minutes=10)),
        "open_time": iso(opened),
        "settlement_timer_seconds": timer_of(at.slate),
        "status": "active",
        "result": "",
        "price_level_structure": traded.grid.name,
        "price_ranges": price_ranges(traded.grid),
        **_prices(traded, at.now, at.list_market(traded)),
    }
    if ask.target is not None:
        market["custom_strike"] = ask.target
    if ask.strike is not None:
        market["floor_strike"] = ask.strike
    return market


def closing_times(expected: datetime, latest: datetime) -> Message:
    """When a market that is open is thought to end, and when at the latest."""
    ends = dict.fromkeys(("close_time", "expiration_time", "latest_expiration_time"), iso(latest))
    return {**ends, "expected_expiration_time": iso(expected)}


def outcome(traded: Market, at: Moment) -> Message:
    """What differs once a market closes, is determined, is settled."""
    end, now = at.ending(traded), milliseconds(at.now)
    if end is None or now < end.closes:
        return {}
    closed: Message = {"close_time": iso(_moment(end.closes)), "status": "closed"}
    if now < end.told:
        return closed
    pays = at.pays(traded)
    result = result_of(pays, is_void=end.is_void)
    told: Message = {**closed, "result": result, "status": "determined", "settlement_value_dollars": dollars(pays)}
    if now < end.final:
        return told
    return {**told, "status": "finalized", "settlement_ts": iso_fine(_moment(end.final))}


def result_of(pays: int, *, is_void: bool) -> str:
    """Kalshi's word for what the YES pays. A fair price is one even where it is all or nothing."""
    return "scalar" if is_void or 0 < pays < DOLLAR else "yes" if pays else "no"


def timer_of(slate: Slate) -> int:
    """Seconds between the result of a market and its payment."""
    return max(1, round(TIMER.total_seconds() / slate.speed))


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def price_ranges(grid: Grid) -> list[Message]:
    """Where prices may lie."""
    return [
        {"start": dollars(each.start), "end": dollars(each.end), "step": dollars(each.step)} for each in grid.ranges
    ]


def dollars(price: int) -> str:
    """`0.5300`."""
    return f"{price / DOLLAR:.4f}"


def contracts(size: int) -> str:
    """`1200.00`, from hundredths."""
    return f"{size / 100:.2f}"


def _prices(traded: Market, now: datetime, book: Ladder | None) -> Message:
    best_bid, best_ask = (book.best_bid, book.best_ask) if book else (0, DOLLAR)
    bid_size, ask_size = (book.bids.get(best_bid, 0), book.asks.get(best_ask, 0)) if book else (0, 0)
    bid, ask, volume = dollars(best_bid), dollars(best_ask), contracts(volume_of(traded))
    return {
        "yes_bid_dollars": bid,
        "yes_ask_dollars": ask,
        "no_bid_dollars": dollars(DOLLAR - best_ask),
        "no_ask_dollars": dollars(DOLLAR - best_bid),
        "yes_bid_size_fp": contracts(bid_size),
        "yes_ask_size_fp": contracts(ask_size),
        "last_price_dollars": bid,
        "previous_price_dollars": bid,
        "previous_yes_bid_dollars": bid,
        "previous_yes_ask_dollars": ask,
        "open_interest_fp": volume,
        "volume_fp": volume,
        "volume_24h_fp": volume,
        "updated_time": iso_fine(now),
    }


def volume_of(traded: Market) -> int:
    """Hundredths of contracts that changed hands before anybody looked."""
    return (zlib.crc32(traded.key.encode()) % 90_000 + 1_000) * 100
