"""What an executor tells of everything that it has written down."""

from typing import NamedTuple

from app.domain.orders import Fill, Standing
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
