"""Tells followers what becomes of orders, fills and positions, after Postgres has it."""

from collections.abc import Sequence

import msgspec

from app.executor.desks import News
from app.hot.trading_shown import fill_shown, order_shown, position_shown
from app.resources import Resources
from workers.outboxes import Outbox

MOST_WAITING = 20_000

_ENCODER = msgspec.json.Encoder()

Update = tuple[str, bytes]  # a channel, and what is told on it


class TradingUpdates:
    """The channels `orders`, `fills` and `positions`."""

    def __init__(self, resources: Resources) -> None:
        self._hot = resources.hot
        self._is_simulated = resources.settings.simulation.is_on
        self.box = Outbox[Update]("updates of orders", self._say, MOST_WAITING)

    def tell(self, news: News) -> None:
        """Hear what was written down."""
        standing, is_simulated = news.standing, self._is_simulated
        if standing is not None and news.fill is not None:
            self._put("fills", fill_shown(standing.order, news.fill, is_simulated=is_simulated))
        elif standing is not None:
            self._put("orders", order_shown(standing, is_simulated=is_simulated))
        if news.position is not None:
            self._put("positions", position_shown(news.position, is_simulated=is_simulated))

    def _put(self, channel: str, shown: msgspec.Struct) -> None:
        self.box.put((channel, _ENCODER.encode(shown)))

    async def _say(self, updates: Sequence[Update]) -> None:
        for channel, body in updates:
            await self._hot.say_update(channel, body)
