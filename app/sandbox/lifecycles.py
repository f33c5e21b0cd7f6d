"""When markets end, on Kalshi's own clock."""

from collections.abc import Iterator

from app.sandbox.exchanges import Quoting
from app.sandbox.kalshi_markets import SETTLED_AFTER
from app.sandbox.makers import CLOSES_AFTER
from app.sandbox.messages import Message

_DETERMINED = round(CLOSES_AFTER["kalshi"].total_seconds() * 1000)
_SETTLED = round(SETTLED_AFTER.total_seconds() * 1000)


def endings(quoting: Quoting, since: int, until: int) -> Iterator[Message]:
    """What Kalshi says of every market that ended between two moments (unix milliseconds)."""
    for market in quoting.markets.values():
        end = quoting.end(market)
        if end is None:
            continue
        is_true = quoting.chance(market, until) > 0.5
        if since < end + _DETERMINED <= until:
            yield {
                "event_type": "determined",
                "market_ticker": market.id,
                "result": "yes" if is_true else "no",
                "determination_ts": (end + _DETERMINED) // 1000,
            }
        if since < end + _SETTLED <= until:
            yield {
                "event_type": "settled",
                "market_ticker": market.id,
                "settlement_value": "1.0000" if is_true else "0.0000",
                "settled_ts": (end + _SETTLED) // 1000,
            }
