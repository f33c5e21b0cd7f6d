"""The journal of orders: what was asked, each transition, and how each stands. A statement each, all or nothing."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import msgspec
from sqlmodel import col, select

from app.clock import moment_of, nanos_of
from app.domain.money import price, size
from app.domain.orders import AccountId, Order, OrderChange, OrderId, Standing
from app.errors import Conflict
from app.history.accounts import SEATED, Seat, must_be_seated
from app.history.database import Database
from app.history.parameters import LONG, TEXT, Statement, given, kinds_of
from app.history.signals import World
from app.history.trading_tables import UNSETTLED, OrderEventRow, OrderRow
from app.history.upserts import listed, storable

ORDER = tuple(OrderRow.model_fields)
EVENT = tuple(OrderEventRow.model_fields)
STANDS = ("state", "number", "ref", "filled", "reason", "changed_at")  # of an order, how it stands

_CHANGE_KINDS = {**kinds_of(OrderEventRow), "account": TEXT, "fence": LONG}

# `:ref` empty says that the venue's name is not told, not that there is none
ORDER_MOVES = """UPDATE orders SET state = :state, number = :number, ref = COALESCE(NULLIF(:ref, ''), ref),
    filled = :filled, reason = :reason, changed_at = :at"""
EVENT_IS_ADDED = f"INSERT INTO order_events ({listed(EVENT)}) SELECT {given(EVENT)}"

_NOTE = Statement(
    f"""
    WITH {SEATED},
    moved AS (
        {ORDER_MOVES}
        WHERE id = :order_id AND account = :account AND number = :number - 1 AND EXISTS (SELECT FROM seat)
        RETURNING id
    ),
    added AS ({EVENT_IS_ADDED} FROM moved)
    SELECT (SELECT count(*) FROM seat), (SELECT count(*) FROM moved),
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

    async def intend(self, seat: Seat, orders: Sequence[Order]) -> set[OrderId]:
        """Write down what is about to be asked, all of it or nothing; those of them that are new."""
        if not orders:
            return set()
        values: dict[str, object] = {"account": seat.account, "fence": seat.fence}
        for number, order in enumerate(orders):
            values.update((f"{name}_{number}", value) for name, value in _row(order, self._world).items())
        ((seats, written),) = await _intend(len(orders)).run(self._database, values)
        must_be_seated(seat, seats)
        return set(msgspec.convert(written, list[OrderId]))

    async def note(self, seat: Seat, change: OrderChange) -> None:
        """One transition. To be told again what is written is no error; raises Conflict when the number is another
        transition's, or not the next."""
        values = {"account": seat.account, "fence": seat.fence, **change_sent(change)}
        ((seats, moved, there),) = await _NOTE.run(self._database, values)
        must_be_seated(seat, seats)
        if not moved and there != change.state:
            said = f"is {there!r}" if there else "is not the next"
            raise Conflict(f"change {change.number} of order {change.order_id} to {change.state!r}: that number {said}")

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


def standing_of(row: OrderRow) -> Standing:
    """An order and its last change, from its row."""
    same = {name: getattr(row, name) for name in Order.__struct_fields__ if name in _AS_THEY_ARE}
    other = {
        "limit": price(str(row.limit_price)),
        "size": size(str(row.size)),
        "quoted": price(str(row.quoted)),
        "expires_at": nanos_of(row.expires_at) if row.expires_at else 0,
        "wanted_at": nanos_of(row.wanted_at),
        "send_before": nanos_of(row.send_before),
    }
    last = OrderChange(
        order_id=OrderId(row.id),
        number=row.number,
        state=row.state,  # type: ignore[arg-type]  # only states are written
        at=nanos_of(row.changed_at),
        ref=row.ref,
        filled=size(str(row.filled)),
        reason=row.reason,
    )
    return Standing(msgspec.convert({**same, **other}, Order), last)


def change_sent(change: OrderChange) -> Mapping[str, object]:
    """The values of a change, by the columns of `order_events` but `fence`."""
    return {
        "order_id": change.order_id,
        "number": change.number,
        "state": change.state,
        "at": moment_of(change.at),
        "ref": storable(change.ref),
        "filled": change.filled,
        "reason": storable(change.reason),
    }


_AS_THEY_ARE = (
    *("id", "account", "kind", "venue", "market_id", "contract_id", "game_id", "league", "side", "time_in_force"),
    *("is_post_only", "purpose", "trade_id", "leg", "signal_id", "rule", "fees"),
)


@lru_cache
def _intend(count: int) -> Statement:
    """So many orders at once."""
    kinds = {f"{name}_{number}": kind for name, kind in kinds_of(OrderRow).items() for number in range(count)}
    rows = ", ".join(f"({given(ORDER, f'_{number}')})" for number in range(count))
    sql = f"""
        WITH {SEATED},
        asked AS (SELECT * FROM (VALUES {rows}) AS asked ({listed(ORDER)}) WHERE account = :account),
        written AS (
            INSERT INTO orders ({listed(ORDER)}) SELECT {listed(ORDER, "asked")} FROM asked, seat
            ON CONFLICT (id) DO NOTHING RETURNING {listed(("id", *STANDS))}
        ),
        begun AS (
            INSERT INTO order_events ({listed(EVENT)})
            SELECT id, number, state, changed_at, ref, filled, reason, :fence FROM written
        )
        SELECT (SELECT count(*) FROM seat), ARRAY(SELECT id FROM written)
    """
    return Statement(sql, {**kinds, "account": TEXT, "fence": LONG})


def _row(order: Order, world: World) -> dict[str, object]:
    return {
        **{name: getattr(order, name) for name in _AS_THEY_ARE if name != "fees"},
        "limit_price": order.limit,
        "size": order.size,
        "expires_at": moment_of(order.expires_at) if order.expires_at else None,
        "quoted": order.quoted,
        "fees": msgspec.json.encode(order.fees).decode(),
        "wanted_at": moment_of(order.wanted_at),
        "send_before": moment_of(order.send_before),
        "world": world,
        "state": "intent",
        "number": 0,
        "ref": "",
        "filled": 0,
        "reason": "",
        "changed_at": moment_of(order.wanted_at),
    }
