"""The journal of orders: what was asked, each transition, how each stands. A write is one statement, all or nothing."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import cast

import msgspec
from sqlmodel import col, select

from app.clock import moment_of
from app.domain.markets import ContractId
from app.domain.orders import AccountId, Fill, FillId, OrderChange, OrderId, Side, Standing, TradeId
from app.domain.prices import Nanos
from app.errors import Conflict
from app.history.accounts import SEATED, Seat, must_be_seated
from app.history.database import Database
from app.history.parameters import LONG, TEXT, Statement, given, kinds_of
from app.history.readings import fill_of, standing_of
from app.history.signals import World
from app.history.trades import TRADE_IS_BEGUN, TRADE_KINDS, Trade, finish_trade, open_trades, trade_values
from app.history.trading_tables import NAMED, UNSETTLED, FillRow, OrderEventRow, OrderRow
from app.history.upserts import listed, storable

ORDER = tuple(OrderRow.model_fields)
EVENT = tuple(OrderEventRow.model_fields)

# `:ref` empty says that the venue's name is not told, not that there is none
ORDER_MOVES = """UPDATE orders SET state = :state, number = :number, ref = COALESCE(NULLIF(:ref, ''), ref),
    filled = :filled, reason = :reason, changed_at = :at"""
EVENT_IS_ADDED = f"INSERT INTO order_events ({listed(EVENT)}) SELECT {given(EVENT)}"

_CHANGE_KINDS = {**kinds_of(OrderEventRow), "account": TEXT}
_INTENT_KINDS = {**kinds_of(OrderRow), **TRADE_KINDS, "fence": LONG}
_WRITTEN = f"""written AS (
    INSERT INTO orders ({listed(ORDER)}) SELECT {given(ORDER)} FROM seat ON CONFLICT (id) DO NOTHING RETURNING id
),
begun AS (
    INSERT INTO order_events ({listed(EVENT)})
    SELECT :id, 0, 'intent', :wanted_at, '', 0, '', :fence FROM written
    UNION ALL
    SELECT :id, :number, :state, :changed_at, :ref, :filled, :reason, :fence FROM written WHERE :number > 0
)"""
_DONE = "SELECT EXISTS (SELECT FROM seat), EXISTS (SELECT FROM written)"
_INTEND = Statement(f"WITH {SEATED}, {_WRITTEN} {_DONE}", _INTENT_KINDS)
_INTEND_FIRST = Statement(f"WITH {SEATED}, {_WRITTEN}, {TRADE_IS_BEGUN} {_DONE}", _INTENT_KINDS)
_NOTE = Statement(
    f"""
    WITH {SEATED},
    moved AS (
        {ORDER_MOVES}
        WHERE id = :order_id AND account = :account AND number = :number - 1 AND EXISTS (SELECT FROM seat)
        RETURNING id
    ),
    added AS ({EVENT_IS_ADDED} FROM moved)
    SELECT EXISTS (SELECT FROM seat), EXISTS (SELECT FROM moved),
           (SELECT state FROM order_events WHERE order_id = :order_id AND number = :number)
    """,
    _CHANGE_KINDS,
)


class Journal:
    """Writes orders and what becomes of them. Every write names its seat and raises Superseded when another has it;
    HistoryUnavailable says that it may have been written or not, and that it may be tried again."""

    def __init__(self, database: Database, world: World) -> None:
        self._database = database
        self._world = world

    async def intend(self, seat: Seat, first: Standing, trade: Trade | None = None) -> bool:
        """Write down what is about to be asked, and with the first order of a trade the trade; False when the order is
        there already, and nothing was written. `first`: as it stands after that, "intent" or "sending"."""
        if first.order.account != seat.account:
            raise Conflict(f"order {first.order.id} is of {first.order.account!r}, the seat of {seat.account!r}")
        values = {"fence": seat.fence, **_order_sent(first, self._world), **(trade_values(trade) if trade else {})}
        statement = _INTEND if trade is None else _INTEND_FIRST
        ((is_seated, is_new),) = await statement.run(self._database, values)
        must_be_seated(seat, is_seated)
        return bool(is_new)

    async def note(self, seat: Seat, change: OrderChange) -> None:
        """One transition. To be told again what is written is no error; raises Conflict when the number is another
        transition's, or not the next."""
        values = {"account": seat.account, "fence": seat.fence, **change_sent(change)}
        ((is_seated, is_moved, there),) = await _NOTE.run(self._database, values)
        must_be_seated(seat, is_seated)
        if not is_moved and there != change.state:
            said = f"is {there!r}" if there else "is not the next"
            raise Conflict(f"change {change.number} of order {change.order_id} to {change.state!r}: that number {said}")

    async def finish_trade(
        self, seat: Seat, trade_id: TradeId, status: str, outcome: dict[str, object], at: Nanos
    ) -> None:
        """How a trade has ended; the first word stays."""
        await finish_trade(self._database, seat, trade_id, status, outcome, at)

    async def unsettled(self, account: AccountId) -> list[Standing]:
        """Orders of which something may still come, the oldest first."""
        wanted = select(OrderRow).where(col(OrderRow.account) == account, UNSETTLED)
        rows = await self._database.read(wanted.order_by(col(OrderRow.wanted_at), col(OrderRow.id)))
        return [standing_of(row) for row in rows]

    async def find(self, order_id: OrderId) -> Standing | None:
        """One order as it stands."""
        if storable(order_id) != order_id:
            return None  # Postgres would refuse the question itself
        found = await self._database.read(select(OrderRow).where(col(OrderRow.id) == order_id))
        return next((standing_of(row) for row in found), None)

    async def find_ref(self, ref: str) -> Standing | None:
        """The order that its venue calls so."""
        if not ref or storable(ref) != ref:
            return None
        wanted = select(OrderRow).where(col(OrderRow.ref) == ref, NAMED)
        found = await self._database.read(wanted.order_by(col(OrderRow.wanted_at).desc()).limit(1))
        return next((standing_of(row) for row in found), None)

    async def orders_of(self, trades: Collection[TradeId]) -> list[Standing]:
        """Every order of these trades, the oldest first."""
        wanted = select(OrderRow).where(col(OrderRow.trade_id).in_(trades))
        rows = await self._database.read(wanted.order_by(col(OrderRow.wanted_at), col(OrderRow.id))) if trades else ()
        return [standing_of(row) for row in rows]

    async def open_trades(self, account: AccountId) -> Sequence[Trade]:
        """Trades that have not ended, the oldest first."""
        return await open_trades(self._database, account)

    async def fills_of(self, orders: Collection[OrderId]) -> Mapping[OrderId, Sequence[Fill]]:
        """What these have got, without what was undone; those that got nothing are absent."""
        wanted = select(FillRow).where(col(FillRow.order_id).in_(orders), col(FillRow.stage) != "undone")
        found: defaultdict[OrderId, list[Fill]] = defaultdict(list)
        for row in await self._database.read(wanted.order_by(col(FillRow.venue_time))) if orders else ():
            found[OrderId(row.order_id)].append(fill_of(row))
        return found

    async def fills_between(
        self, account: AccountId, contract_id: ContractId, since: Nanos, until: Nanos
    ) -> list[tuple[Side, Fill]]:
        """What an account has bought and sold of a contract within that time, by its venue's clock, without what was
        undone."""
        is_meant = (col(FillRow.account) == account, col(FillRow.contract_id) == contract_id)
        is_then = col(FillRow.venue_time).between(moment_of(since), moment_of(until))
        rows = await self._database.read(select(FillRow).where(*is_meant, is_then, col(FillRow.stage) != "undone"))
        return [(cast(Side, row.side), fill_of(row)) for row in rows]

    async def booked_among(self, fills: Collection[FillId]) -> frozenset[FillId]:
        """Those of them that are written down, undone ones too."""
        asked = [fill for fill in fills if storable(fill) == fill]
        wanted = select(FillRow.id).where(col(FillRow.id).in_(asked))
        return frozenset(map(FillId, await self._database.read(wanted) if asked else ()))


def change_sent(change: OrderChange) -> dict[str, object]:
    """The columns of `order_events` but `fence`."""
    return {
        "order_id": change.order_id,
        "number": change.number,
        "state": change.state,
        "at": moment_of(change.at),
        "ref": storable(change.ref),
        "filled": change.filled,
        "reason": storable(change.reason),
    }


def _order_sent(first: Standing, world: World) -> dict[str, object]:
    order, last = first.order, first.last
    return {
        **msgspec.structs.asdict(order),  # most of it is as the columns are
        "limit_price": order.limit,
        "expires_at": moment_of(order.expires_at) if order.expires_at else None,
        "fees": msgspec.json.encode(order.fees).decode(),
        "wanted_at": moment_of(order.wanted_at),
        "send_before": moment_of(order.send_before),
        "world": world,
        "state": last.state,
        "number": last.number,
        "ref": storable(last.ref),
        "filled": last.filled,
        "reason": storable(last.reason),
        "changed_at": moment_of(last.at),
    }
