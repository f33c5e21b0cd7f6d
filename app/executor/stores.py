"""Where orders and money are written down, as an executor needs it: in Postgres, or in memory when a tape is played.

Both keep the same promises. A write names its seat, is all or nothing, and what is told twice is written once.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from app.domain.markets import ContractId
from app.domain.money import Money
from app.domain.orders import AccountId, Fill, FillId, Order, OrderChange, OrderId, Standing, TradeId
from app.domain.positions import Position, Settlement
from app.domain.prices import Nanos
from app.domain.signals import Detector
from app.history.accounts import Seat
from app.history.trades import Trade


class Journal(Protocol):
    """What was asked, each transition, how each order stands. Every write raises Superseded when another has the seat,
    and HistoryUnavailable when nobody knows whether it was written."""

    async def intend(self, seat: Seat, first: Standing, trade: Trade | None = None) -> bool:
        """What is about to be asked, with its trade when it is the first of it; False when it is there already."""
        ...

    async def note(self, seat: Seat, change: OrderChange) -> None:
        """One transition. Raises Conflict when it is not the next."""
        ...

    async def finish_trade(
        self, seat: Seat, trade_id: TradeId, status: str, outcome: dict[str, object], at: Nanos
    ) -> None:
        """How a trade has ended; the first word stays."""
        ...

    async def unsettled(self, account: AccountId) -> Sequence[Standing]: ...

    async def find(self, order_id: OrderId) -> Standing | None: ...

    async def find_ref(self, ref: str) -> Standing | None: ...

    async def orders_of(self, trades: Collection[TradeId]) -> Sequence[Standing]: ...

    async def open_trades(self, account: AccountId) -> Sequence[Trade]: ...

    async def fills_of(self, orders: Collection[OrderId]) -> Mapping[OrderId, Sequence[Fill]]: ...

    async def booked_among(self, fills: Collection[FillId]) -> frozenset[FillId]: ...


class Ledger(Protocol):
    """What accounts have. Every write raises Superseded and HistoryUnavailable, as those of the journal do."""

    async def load(self, account: AccountId) -> None: ...

    def positions(self, account: AccountId) -> Mapping[ContractId, Position]: ...

    def cash(self, account: AccountId) -> Money: ...

    async def book(
        self,
        seat: Seat,
        order: Order,
        fill: Fill,
        change: OrderChange | None = None,
        detector: Detector | None = None,
    ) -> Position | None:
        """A fill, with a transition of its order if given; None: it is known, and nothing was written."""
        ...

    async def undo(self, seat: Seat, order: Order, fill_id: FillId, at: Nanos) -> Position | None: ...

    async def settle(self, seat: Seat, settlement: Settlement) -> Position | None: ...

    async def reset(self, seat: Seat, amount: Money, who: str, id: str, at: datetime) -> bool: ...  # noqa: A002
