"""How many there are of what matters to whoever watches the platform: counts, and no rows."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy.sql import text
from sqlalchemy.sql.elements import TextClause

from app.history.database import Database

_ORDERS = text("SELECT venue, kind, world, state, count(*) FROM orders GROUP BY venue, kind, world, state")
_RESTING = text("""
    SELECT count(*) FROM orders WHERE state IN ('open', 'partly_filled') AND EXISTS (
        SELECT FROM halts WHERE scope = 'all' OR (scope, name) IN (
            ('venue', orders.venue), ('league', orders.league), ('game', orders.game_id)
        )
    )
""")
_FILLS = text("""
    SELECT fills.venue, orders.kind, orders.world, count(*)
    FROM fills JOIN orders ON orders.id = order_id WHERE stage <> 'undone'
    GROUP BY fills.venue, orders.kind, orders.world
""")
_TRADES = text("SELECT account, status, count(*) FROM trades GROUP BY account, status")
_SIGNALS = text("""
    SELECT account, detector, world, count(*) FROM signals WHERE stage = 'sent' AND reason <> 'offered'
    GROUP BY account, detector, world
""")
_INCIDENTS = text("SELECT kind, count(*) FROM incidents WHERE ended_at IS NULL GROUP BY kind")
_HALTS = text("SELECT scope, count(*) FROM halts GROUP BY scope")
_USAGE = text("""
    SELECT process, cpu, seconds, memory FROM usage WHERE at = (SELECT max(at) FROM usage)
""")
_SIZE = text("SELECT pg_database_size(current_database())")


class OrderCount(NamedTuple):
    """Orders that stand so."""

    venue: str
    kind: str
    world: str
    state: str
    number: int


class FillCount(NamedTuple):
    """Fills that no venue has taken back."""

    venue: str
    kind: str
    world: str
    number: int


class TradeCount(NamedTuple):
    """Trades that ended so, or go on."""

    account: str
    status: str
    number: int


class SignalCount(NamedTuple):
    """Signals that passed everything."""

    account: str
    detector: str
    world: str
    number: int


class UsedCount(NamedTuple):
    """What a kind of process used in the last period that was noted. `cpu` and `seconds` in seconds, `memory` in
    bytes."""

    process: str
    cpu: float
    seconds: float
    memory: int


class Tallies(NamedTuple):
    """All of them. `resting_halted`: orders that lie at a venue although a halt covers them; `size`: bytes of the
    database."""

    orders: Sequence[OrderCount]
    resting_halted: int
    fills: Sequence[FillCount]
    trades: Sequence[TradeCount]
    signals: Sequence[SignalCount]
    incidents: Mapping[str, int]
    halts: Mapping[str, int]
    usage: Sequence[UsedCount]
    size: int


async def read_tallies(database: Database) -> Tallies:
    """Count everything, which reads whole tables: not for each visitor. Raises HistoryUnavailable."""
    async with database.transaction() as connection:

        async def rows(statement: TextClause) -> list[tuple[object, ...]]:
            return [tuple(row) for row in await connection.execute(statement)]

        return Tallies(
            orders=msgspec.convert(await rows(_ORDERS), list[OrderCount]),
            resting_halted=msgspec.convert((await rows(_RESTING))[0][0], int),
            fills=msgspec.convert(await rows(_FILLS), list[FillCount]),
            trades=msgspec.convert(await rows(_TRADES), list[TradeCount]),
            signals=msgspec.convert(await rows(_SIGNALS), list[SignalCount]),
            incidents=dict(msgspec.convert(await rows(_INCIDENTS), list[tuple[str, int]])),
            halts=dict(msgspec.convert(await rows(_HALTS), list[tuple[str, int]])),
            usage=msgspec.convert(await rows(_USAGE), list[UsedCount]),
            size=msgspec.convert((await rows(_SIZE))[0][0], int),
        )
