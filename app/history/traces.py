"""When what became of the orders of one trade."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec
from sqlalchemy.sql import text

from app.history.database import Database
from app.history.upserts import storable

_STEPS = text("""
    SELECT orders.id, orders.venue, orders.account, orders.leg, trades.began_at, wanted_at,
           (SELECT min(at) FROM order_events
            WHERE order_id = orders.id AND state IN ('open', 'partly_filled', 'filled')),
           got.venue_time, got.received_at
    FROM orders JOIN trades ON trades.id = trade_id LEFT JOIN LATERAL (
        SELECT venue_time, received_at FROM fills
        WHERE order_id = orders.id AND stage <> 'undone' ORDER BY received_at LIMIT 1
    ) AS got ON true
    WHERE trade_id = :trade ORDER BY wanted_at, orders.id
""")
_ENDED = text("""
    SELECT id, ended_at FROM trades WHERE ended_at > :since AND ended_at <= :until AND signal_id IS NOT NULL
    ORDER BY ended_at LIMIT :limit
""")


class Noted(NamedTuple):
    """One order. None: that has not happened."""

    order_id: str
    venue: str
    account: str
    leg: int
    begun: datetime
    wanted: datetime
    accepted: datetime | None
    filled: datetime | None
    heard: datetime | None


async def read_steps(database: Database, trade_id: str) -> Sequence[Noted]:
    """The first order first, with the first fill of each. Raises HistoryUnavailable."""
    if storable(trade_id) != trade_id:
        return ()
    async with database.transaction() as connection:
        rows = await connection.execute(_STEPS, {"trade": trade_id})
        return [msgspec.convert(tuple(row), Noted) for row in rows]


class Ended(NamedTuple):
    """A trade of a signal that is over."""

    trade_id: str
    at: datetime


async def trades_ended(database: Database, since: datetime, until: datetime, limit: int) -> Sequence[Ended]:
    """Those of signals that ended after `since`, the first ended first. Raises HistoryUnavailable."""
    async with database.transaction() as connection:
        rows = await connection.execute(_ENDED, {"since": since, "until": until, "limit": limit})
        return [msgspec.convert(tuple(row), Ended) for row in rows]
