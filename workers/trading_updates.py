"""Tells followers what becomes of orders, fills and positions, after Postgres has it."""

from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

import msgspec

from app.domain.orders import OrderId
from app.domain.prices import Nanos
from app.errors import HotStoreUnavailable
from app.executor.news import News
from app.hot.stages import OrderStages
from app.hot.trading_shown import fill_shown, order_shown, position_shown
from app.resources import Resources
from workers.outboxes import Outbox

MOST_WAITING = 20_000

_ENCODER = msgspec.json.Encoder()


class Update(NamedTuple):
    """What is told on a channel; with the first fill of an order that this process has sent, when that was and when it
    was written down."""

    channel: str
    body: bytes
    order_id: OrderId = OrderId("")
    sent_at: Nanos = Nanos(0)
    booked_at: Nanos = Nanos(0)


class TradingUpdates:
    """The channels `orders`, `fills` and `positions`."""

    def __init__(self, resources: Resources) -> None:
        self._hot = resources.hot
        self._now = resources.intake.now
        self._is_simulated = resources.settings.simulation.is_on
        self.box = Outbox[Update]("updates of orders", self._say, MOST_WAITING)

    def tell(self, news: News) -> None:
        """Hear what was written down."""
        standing, is_simulated = news.standing, self._is_simulated
        if standing is not None and news.fill is not None:
            shown = _ENCODER.encode(fill_shown(standing.order, news.fill, is_simulated=is_simulated))
            self.box.put(Update("fills", shown, standing.order.id, news.sent_at, news.booked_at))
        elif standing is not None:
            self._put("orders", order_shown(standing, is_simulated=is_simulated))
        if news.position is not None:
            self._put("positions", position_shown(news.position, is_simulated=is_simulated))

    def _put(self, channel: str, shown: msgspec.Struct) -> None:
        self.box.put(Update(channel, _ENCODER.encode(shown)))

    async def _say(self, updates: Sequence[Update]) -> None:
        for update in updates:
            await self._hot.say_update(update.channel, update.body)
            if update.sent_at:
                stages = OrderStages(update.sent_at, update.booked_at, self._now())
                with suppress(HotStoreUnavailable):  # it was told, and is not told again because of this
                    await self._hot.note_stages(update.order_id, stages)
