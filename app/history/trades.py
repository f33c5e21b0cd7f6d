"""Trades: orders that belong together, with the plan by which anybody can go on with them."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import ColumnElement
from sqlmodel import col, select

from app.clock import moment_of, nanos_of
from app.domain.orders import AccountId, TradeId
from app.domain.prices import Nanos
from app.history.accounts import SEATED, Seat, must_be_seated
from app.history.database import Database
from app.history.parameters import LONG, TEXT, Statement, kinds_of
from app.history.trading_tables import IncidentRow, TradeRow
from app.history.upserts import listed

TRADE = tuple(TradeRow.model_fields)


class Trade(msgspec.Struct, frozen=True, kw_only=True):
    """One of them. `detail`: its plan, and what became of it."""

    id: TradeId
    account: AccountId
    signal_id: str | None
    detector: str | None
    game_id: str
    league: str
    status: str
    detail: dict[str, object]
    began_at: Nanos


# as a step of the statement that writes its first order; `t_` before the names, which that has, too
TRADE_IS_BEGUN = f"""traded AS (
    INSERT INTO trades ({listed(TRADE)})
    SELECT {", ".join(f":t_{name}" for name in TRADE)} FROM seat ON CONFLICT (id) DO NOTHING
)"""
TRADE_KINDS = {f"t_{name}": kind for name, kind in kinds_of(TradeRow).items()}

_FINISH = Statement(
    f"""
    WITH {SEATED},
    ended AS (
        UPDATE trades SET status = :status, detail = detail || :outcome, ended_at = :ended_at
        WHERE id = :id AND account = :account AND ended_at IS NULL AND EXISTS (SELECT FROM seat) RETURNING id
    )
    SELECT (SELECT count(*) FROM seat), (SELECT count(*) FROM ended)
    """,
    {**kinds_of(TradeRow), "outcome": "{}::text::jsonb", "fence": LONG, "account": TEXT},
)


def trade_values(trade: Trade) -> dict[str, object]:
    """The parameters of `TRADE_IS_BEGUN`."""
    row = {
        **msgspec.structs.asdict(trade),
        "detail": msgspec.json.encode(trade.detail).decode(),
        "began_at": moment_of(trade.began_at),
        "ended_at": None,
    }
    return {f"t_{name}": row[name] for name in TRADE}


async def finish_trade(
    database: Database, seat: Seat, trade_id: TradeId, status: str, outcome: dict[str, object], at: Nanos
) -> None:
    """How it has ended; the first word stays. Raises Superseded, HistoryUnavailable."""
    values = {
        "id": trade_id,
        "account": seat.account,
        "fence": seat.fence,
        "status": status,
        "outcome": msgspec.json.encode(outcome).decode(),
        "ended_at": moment_of(at),
    }
    ((seats, _),) = await _FINISH.run(database, values)
    must_be_seated(seat, seats)


async def open_trades(database: Database, account: AccountId) -> Sequence[Trade]:
    """Those that have not ended, the oldest first."""
    return await _trades(database, col(TradeRow.account) == account, col(TradeRow.ended_at).is_(None))


async def exposed_trades(database: Database, account: AccountId) -> Sequence[Trade]:
    """Those that ended exposed and are an incident still."""
    going_on = select(IncidentRow.subject).where(
        col(IncidentRow.kind) == "exposed", col(IncidentRow.account) == account, col(IncidentRow.ended_at).is_(None)
    )
    return await _trades(database, col(TradeRow.account) == account, col(TradeRow.id).in_(going_on))


async def _trades(database: Database, *which: ColumnElement[bool]) -> Sequence[Trade]:
    rows = await database.read(select(TradeRow).where(*which).order_by(col(TradeRow.began_at)))
    return [msgspec.convert({**row.model_dump(), "began_at": nanos_of(row.began_at)}, Trade) for row in rows]
