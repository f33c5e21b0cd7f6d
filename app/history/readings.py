"""Rows of orders and fills as the values that they were written from."""

import msgspec

from app.clock import nanos_of
from app.domain.money import money, price, size
from app.domain.orders import Fill, Order, OrderChange, Standing
from app.history.trading_tables import FillRow, OrderRow

_AS_THEY_ARE = (  # columns of `orders` that hold what `Order` holds
    *("id", "account", "kind", "venue", "market_id", "contract_id", "game_id", "league", "side", "time_in_force"),
    *("is_post_only", "purpose", "trade_id", "leg", "signal_id", "rule"),
)


def standing_of(row: OrderRow) -> Standing:
    """An order and its last change."""
    read = {
        **{name: getattr(row, name) for name in _AS_THEY_ARE},
        "limit": price(str(row.limit_price)),
        "size": size(str(row.size)),
        "quoted": price(str(row.quoted)),
        "fees": row.fees,
        "expires_at": nanos_of(row.expires_at) if row.expires_at else 0,
        "wanted_at": nanos_of(row.wanted_at),
        "send_before": nanos_of(row.send_before),
    }
    last = {
        **{name: getattr(row, name) for name in ("number", "state", "ref", "reason")},
        "order_id": row.id,
        "at": nanos_of(row.changed_at),
        "filled": size(str(row.filled)),
    }
    return Standing(msgspec.convert(read, Order), msgspec.convert(last, OrderChange))


def fill_of(row: FillRow) -> Fill:
    """A fill."""
    read = {
        **{name: getattr(row, name) for name in ("id", "order_id", "is_maker", "stage")},
        "price": price(str(row.price)),
        "size": size(str(row.size)),
        "fee": money(str(row.fee)),
        "venue_time": nanos_of(row.venue_time),
        "received_at": nanos_of(row.received_at),
    }
    return msgspec.convert(read, Fill)
