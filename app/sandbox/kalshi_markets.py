"""Kalshi's markets, whatever they are about: times, prices, results."""

from datetime import datetime, timedelta

from app.sandbox.kalshi_asks import Ask
from app.sandbox.messages import FIXED, Message, iso, iso_fine
from app.sandbox.prices import TICKS, quote

SETTLED_AFTER = timedelta(minutes=5)  # after the end of the game
DISCLAIMER = (
    "Kalshi is not affiliated, associated, authorized, endorsed by, or in any way officially connected with the "
    "Governing League. All trademarks, logos, and brand names are the property of their respective owners."
)


def kalshi_market(ask: Ask, event: str, rules: str, opened: datetime, now: datetime, seed: int) -> Message:
    """An open market with its prices at a moment; without its closing times. `rules`: the secondary ones."""
    ticker = f"{event}-{ask.suffix}"
    market: Message = {
        **FIXED["kalshi_market"],
        "ticker": ticker,
        "event_ticker": event,
        "title": ask.title,
        "yes_sub_title": ask.yes,
        "no_sub_title": ask.yes,
        "rules_primary": ask.rules,
        "rules_secondary": rules,
        "early_close_condition": f"This market will close and expire after {ask.condition}.",
        "strike_type": "structured" if ask.strike is None else "greater",
        "created_time": iso_fine(opened - timedelta(minutes=10)),
        "open_time": iso(opened),
        "status": "active",
        "result": "",
        **_prices(ticker, ask.chance, now, seed),
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


def outcome(chance: float, over: datetime, now: datetime) -> Message:
    """What differs once the game is over, which it is at `over`."""
    if now < over + timedelta(minutes=1):
        return {}
    ended: Message = {"close_time": iso(over), "result": "yes" if chance > 0.5 else "no", "status": "determined"}
    settled = over + SETTLED_AFTER
    if now < settled:
        return ended
    paid = "1.0000" if chance > 0.5 else "0.0000"
    return {
        **ended,
        "status": "finalized",
        "settlement_ts": iso_fine(settled),
        "settlement_value_dollars": paid,
    }


def _prices(ticker: str, chance: float, now: datetime, seed: int) -> Message:
    seen = quote("kalshi", ticker, chance, now.timestamp(), seed)
    volume = f"{(seen.bid_size + seen.ask_size) * 7}.00"
    bid, ask = _dollars(seen.bid), _dollars(seen.ask)
    return {
        "yes_bid_dollars": bid,
        "yes_ask_dollars": ask,
        "no_bid_dollars": _dollars(TICKS - seen.ask),
        "no_ask_dollars": _dollars(TICKS - seen.bid),
        "yes_bid_size_fp": f"{seen.bid_size if seen.bid else 0}.00",
        "yes_ask_size_fp": f"{seen.ask_size if seen.ask < TICKS else 0}.00",
        "last_price_dollars": bid,
        "previous_price_dollars": bid,
        "previous_yes_bid_dollars": bid,
        "previous_yes_ask_dollars": ask,
        "open_interest_fp": volume,
        "volume_fp": volume,
        "volume_24h_fp": volume,
        "updated_time": iso_fine(now),
    }


def _dollars(ticks: int) -> str:
    return f"{ticks / TICKS:.4f}"
