"""What an executor tells of everything that it has written down, and by which names the log speaks of it."""

from typing import NamedTuple

from app.domain.orders import Fill, Order, Standing
from app.domain.positions import Position
from app.domain.prices import Nanos


class News(NamedTuple):
    """What has just become durable. Without an order: a settlement. Of a new fill `sent_at` says when its order was
    sent, and `booked_at` when it was written down; 0: not by this process."""

    standing: Standing | None
    fill: Fill | None = None
    position: Position | None = None
    sent_at: Nanos = Nanos(0)
    booked_at: Nanos = Nanos(0)


def named(order: Order) -> dict[str, str]:
    """The fields of every line of the log that is about an order. `trace`: its trade, which bears the signal's name."""
    return {"trace": order.trade_id, "account": order.account, "order": order.id}
