"""Kalshi's private channels: what becomes of one account's orders, fills and positions, as it happens."""

from collections.abc import Iterable

from app.sandbox import kalshi_frames as frames
from app.sandbox.accounts import Account, Fill, Order
from app.sandbox.desks import Desk
from app.sandbox.exchanges import Exchange
from app.sandbox.kalshi_statements import fill_message, order_message, position_message
from app.sandbox.kalshi_subscriptions import Subscription
from app.sandbox.markets import Market
from app.sandbox.messages import Message
from app.sandbox.outlets import Outlet


class PrivateSubscription(Subscription):
    """Hears of one account; of all its markets, unless some are named."""

    kind = ""  # of its messages

    def __init__(self, sid: int, outlet: Outlet, exchange: Exchange, desk: Desk, account: Account) -> None:
        super().__init__(sid, outlet, exchange)
        self._desk = desk
        self._account = account
        desk.tellers.append(self)

    def add(self, markets: Iterable[Market], *, is_shown: bool) -> None:
        for market in markets:
            self.markets[market.id] = market

    def remove(self, markets: Iterable[Market]) -> None:
        for market in markets:
            self.markets.pop(market.id, None)

    def close(self) -> None:
        if self in self._desk.tellers:
            self._desk.tellers.remove(self)

    def order_changed(self, order: Order, what: str) -> None:
        """Nothing to say about it on most channels."""

    def filled(self, fill: Fill) -> None:
        """Nothing to say about it on most channels."""

    def _say(self, order: Order, message: Message) -> None:
        if order.account is self._account and (not self.markets or order.market.id in self.markets):
            text = frames.encode({"type": self.kind, "sid": self.sid, "msg": message})
            self._outlet.say(text, order.market.id, self.channel)


class FillSubscription(PrivateSubscription):
    """Every fill, once. That one was undone is for orders and positions to say."""

    channel, kind = "fill", "fill"

    def filled(self, fill: Fill) -> None:
        if fill.stage != "failed":
            self._say(fill.order, fill_message(fill))


class OrderSubscription(PrivateSubscription):
    """Every order as it stands after each change."""

    channel, kind = "user_orders", "user_order"

    def order_changed(self, order: Order, what: str) -> None:
        self._say(order, order_message(order))


class PositionSubscription(PrivateSubscription):
    """Positions as they stand after each fill."""

    channel, kind = "market_positions", "market_position"

    def filled(self, fill: Fill) -> None:
        order = fill.order
        self._say(order, position_message(order.market.id, order.account.holding(order.key)))


PRIVATE: dict[str, type[PrivateSubscription]] = {
    one.channel: one for one in (FillSubscription, OrderSubscription, PositionSubscription)
}
