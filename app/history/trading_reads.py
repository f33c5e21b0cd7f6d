"""Orders, fills, trades, positions and incidents as people read them: page by page, the newest first."""

from collections.abc import Sequence
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy import ColumnElement, tuple_
from sqlalchemy.sql import false
from sqlmodel import col, func, select

from app.domain.orders import UNSETTLED
from app.history.database import Database
from app.history.tables import Row
from app.history.trading_tables import (
    FillRow,
    IncidentRow,
    OrderEventRow,
    OrderRow,
    PositionRow,
    SettlementRow,
    TradeRow,
)
from app.history.upserts import storable

Found = TypeVar("Found", bound=Row)
Condition = ColumnElement[bool]
Key = datetime | str | int


class Book(Generic[Found]):
    """A table in the order of some columns, the last first. Together they name one row."""

    def __init__(self, row: type[Found], *order: str) -> None:
        self.row = row
        self.order = order
        self._columns = [col(getattr(row, name)) for name in order]

    async def page(
        self, database: Database, wanted: Sequence[Condition], limit: int, after: Sequence[Key] | None = None
    ) -> Sequence[Found]:
        """The newest of those for which all conditions hold; `after`: only those behind that place."""
        chosen = select(self.row).where(*wanted).order_by(*(each.desc() for each in self._columns)).limit(limit)
        return await database.read(chosen if after is None else chosen.where(tuple_(*self._columns) < tuple_(*after)))

    async def count(self, database: Database, wanted: Sequence[Condition]) -> int:
        """How many there are of them."""
        return (await database.read(select(func.count()).select_from(self.row).where(*wanted)))[0]

    def equal(self, **asked: str | None) -> list[Condition]:
        """Conditions on columns by name; None: any. What Postgres cannot hold is in no row."""
        given = {name: value for name, value in asked.items() if value is not None}
        if any(storable(value) != value for value in given.values()):
            return [false()]
        return [col(getattr(self.row, name)) == value for name, value in given.items()]


ORDERS = Book(OrderRow, "wanted_at", "id")
FILLS = Book(FillRow, "booked_at", "id")
TRADES = Book(TradeRow, "began_at", "id")
POSITIONS = Book(PositionRow, "opened_at", "account", "contract_id")
INCIDENTS = Book(IncidentRow, "began_at", "id")


def is_unsettled(*, asked: bool | None) -> list[Condition]:
    """Orders of which something may still come; False: the others; None: any."""
    still = col(OrderRow.state).in_(sorted(UNSETTLED))
    return [] if asked is None else [still if asked else ~still]


def is_held(*, asked: bool | None) -> list[Condition]:
    """Positions that hold something; False: those that are closed; None: any."""
    held = col(PositionRow.closed_at).is_(None)
    return [] if asked is None else [held if asked else ~held]


def is_going_on(*, asked: bool | None) -> list[Condition]:
    """Incidents that are not over; False: those that are; None: any."""
    open_now = col(IncidentRow.ended_at).is_(None)
    return [] if asked is None else [open_now if asked else ~open_now]


async def find_order(database: Database, order_id: str) -> OrderRow | None:
    """An order as it stands."""
    found = await ORDERS.page(database, ORDERS.equal(id=order_id), 1)
    return found[0] if found else None


async def order_events(database: Database, order_id: str) -> Sequence[OrderEventRow]:
    """Every transition of an order, the first first."""
    wanted = select(OrderEventRow).where(col(OrderEventRow.order_id) == order_id)
    return await database.read(wanted.order_by(col(OrderEventRow.number)))


async def find_position(database: Database, account: str, contract_id: str) -> PositionRow | None:
    """What an account has, or had, of a contract."""
    found = await POSITIONS.page(database, POSITIONS.equal(account=account, contract_id=contract_id), 1)
    return found[0] if found else None


async def find_settlement(database: Database, account: str, contract_id: str) -> SettlementRow | None:
    """How a position was turned to cash; None: it was not (yet)."""
    if storable(account + contract_id) != account + contract_id:
        return None
    this = (col(SettlementRow.account) == account, col(SettlementRow.contract_id) == contract_id)
    found = await database.read(select(SettlementRow).where(*this))
    return found[0] if found else None


async def incidents_after(database: Database, number: int, limit: int = 100) -> Sequence[IncidentRow]:
    """The first of those that were seen after this one."""
    wanted = select(IncidentRow).where(col(IncidentRow.id) > number).order_by(col(IncidentRow.id)).limit(limit)
    return await database.read(wanted)
