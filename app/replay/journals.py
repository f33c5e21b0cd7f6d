"""The journal of orders in memory, for as long as a tape plays."""

from collections.abc import Collection, Mapping, Sequence

from app.domain.orders import UNSETTLED, AccountId, Fill, FillId, OrderChange, OrderId, Standing, TradeId
from app.domain.prices import Nanos
from app.errors import Conflict
from app.history.accounts import Seat
from app.history.trades import Trade


class MemoryJournal:
    """Keeps what the journal in Postgres keeps, by the same rules; nobody else writes, so no seat is ever lost.

    `trades`: how they stand, by name; `fills`: as the ledger books them, which tells them here."""

    def __init__(self) -> None:
        self.orders: dict[OrderId, Standing] = {}
        self.trades: dict[TradeId, Trade] = {}
        self.statuses: dict[TradeId, str] = {}
        self._fills: dict[OrderId, dict[FillId, Fill]] = {}
        self._undone: set[FillId] = set()
        self._by_ref: dict[str, OrderId] = {}

    def keep_fill(self, fill: Fill) -> None:
        """It is booked."""
        self._fills.setdefault(fill.order_id, {})[fill.id] = fill

    def drop_fill(self, order_id: OrderId, fill_id: FillId) -> None:
        """Its venue has taken it back; it stays known."""
        if self._fills.get(order_id, {}).pop(fill_id, None) is not None:
            self._undone.add(fill_id)

    def move(self, change: OrderChange) -> None:
        """One transition, written with a fill or by itself. Raises Conflict when it is not the next."""
        standing = self.orders.get(change.order_id)
        if standing is None or standing.last.number != change.number - 1:
            if standing is not None and standing.last == change:
                return  # told again
            raise Conflict(f"change {change.number} of order {change.order_id} to {change.state!r} is not the next")
        self.orders[change.order_id] = Standing(standing.order, change)
        if change.ref:
            self._by_ref[change.ref] = change.order_id

    async def intend(self, seat: Seat, first: Standing, trade: Trade | None = None) -> bool:
        if first.order.account != seat.account:
            raise Conflict(f"order {first.order.id} is of {first.order.account!r}, the seat of {seat.account!r}")
        if first.order.id in self.orders:
            return False
        self.orders[first.order.id] = first
        if trade is not None and trade.id not in self.trades:
            self.trades[trade.id], self.statuses[trade.id] = trade, trade.status
        return True

    async def note(self, seat: Seat, change: OrderChange) -> None:
        self.move(change)

    async def finish_trade(
        self, seat: Seat, trade_id: TradeId, status: str, outcome: dict[str, object], at: Nanos
    ) -> None:
        if self.statuses.get(trade_id) == "open":
            self.statuses[trade_id] = status

    async def unsettled(self, account: AccountId) -> Sequence[Standing]:
        own = (each for each in self.orders.values() if each.order.account == account)
        return [each for each in own if each.last.state in UNSETTLED]

    async def find(self, order_id: OrderId) -> Standing | None:
        return self.orders.get(order_id)

    async def find_ref(self, ref: str) -> Standing | None:
        return self.orders.get(self._by_ref[ref]) if ref in self._by_ref else None

    async def orders_of(self, trades: Collection[TradeId]) -> Sequence[Standing]:
        return [each for each in self.orders.values() if each.order.trade_id in trades] if trades else []

    async def open_trades(self, account: AccountId) -> Sequence[Trade]:
        return [each for each in self.trades.values() if each.account == account and self.statuses[each.id] == "open"]

    async def fills_of(self, orders: Collection[OrderId]) -> Mapping[OrderId, Sequence[Fill]]:
        return {name: list(self._fills[name].values()) for name in orders if name in self._fills}

    async def booked_among(self, fills: Collection[FillId]) -> frozenset[FillId]:
        known = {name for of_order in self._fills.values() for name in of_order} | self._undone
        return frozenset(known.intersection(fills))
