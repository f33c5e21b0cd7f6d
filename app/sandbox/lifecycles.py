"""When markets end, on Kalshi's own clock."""

from collections.abc import Iterator

from app.sandbox.exchanges import Quoting
from app.sandbox.kalshi_markets import dollars, result_of
from app.sandbox.messages import Message


def endings(quoting: Quoting, since: int, until: int) -> Iterator[Message]:
    """What Kalshi says of every market that ended between two moments (unix milliseconds)."""
    for market in quoting.markets.values():
        end = quoting.ending(market)
        if end is None:
            continue
        if since < end.told <= until:
            yield {
                "event_type": "determined",
                "market_ticker": market.id,
                "result": result_of(quoting.pays(market), is_void=end.is_void),
                "determination_ts": end.told // 1000,
            }
        if since < end.final <= until:
            yield {
                "event_type": "settled",
                "market_ticker": market.id,
                "settlement_value": dollars(quoting.pays(market)),
                "settled_ts": end.final // 1000,
            }
