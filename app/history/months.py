"""What only grows lies in months: made ahead, and let go whole when nobody wants them any longer.

Only tables whose rows are told apart by their moment too can be cut by it. Orders and what became of them, fills,
postings, entries and settlements cannot: that nothing is booked twice is their keys' doing, in whichever month it is
told again. Nor are they ever let go.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import text

from app.errors import HistoryUnavailable
from app.history.database import Database

AHEAD = 2  # months after this one
LOCKED_FOR = "3s"  # at most: whoever writes waits as long
_NOT_FREE = "55P03"  # as Postgres says that it could not have a lock in time


class Monthly(NamedTuple):
    """A table that is cut by a moment of its rows."""

    table: str
    moment: str


SIGNALS = Monthly("signals", "found_at")
LINK_DECISIONS = Monthly("link_decisions", "at")
EQUITY = Monthly("equity", "at")
MONTHLY = (SIGNALS, LINK_DECISIONS, EQUITY)

_PARTITIONS = text("""
    SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = CAST(:table AS regclass) AND relname ~ '_[0-9]{4}_[0-9]{2}$'
""")
# In each hour of each of an account's lives the last and the highest writing stay: drawdowns are measured from heights.
_THIN_EQUITY = text("""
    WITH resets AS MATERIALIZED (SELECT account, at FROM postings WHERE kind = 'reset'),
    old AS (
        SELECT account, at, cash + value - deposits AS gain,
               (SELECT count(*) FROM resets WHERE resets.account = equity.account AND resets.at <= equity.at) AS life
        FROM equity WHERE at < date_trunc('hour', CAST(:before AS timestamptz), 'UTC')
    ),
    placed AS (
        SELECT account, at, row_number() OVER (hours ORDER BY at DESC) AS from_last,
               row_number() OVER (hours ORDER BY gain DESC, at DESC) AS from_highest
        FROM old WINDOW hours AS (PARTITION BY account, life, date_trunc('hour', at, 'UTC'))
    )
    DELETE FROM equity USING placed
    WHERE equity.account = placed.account AND equity.at = placed.at AND from_last > 1 AND from_highest > 1
""")


async def make_months(database: Database, now: datetime) -> int:
    """The month of every row that has none yet, this one and those ahead; how many were made. Raises
    HistoryUnavailable, also when a table is in use for too long."""
    made = 0
    for monthly in MONTHLY:
        known = await _months_of(database, monthly)
        wanted = {_later(now, ahead) for ahead in range(AHEAD + 1)} | await _months_at_rest(database, monthly)
        for month in sorted(wanted - known):
            async with _changing(database) as connection:
                await _make(connection, monthly, month)
            made += 1
    return made


async def drop_months(database: Database, monthly: Monthly, before: datetime) -> int:
    """Let go of the months that were over by then; how many. Raises HistoryUnavailable likewise."""
    over = [month for month in await _months_of(database, monthly) if _later(month, 1) <= before]
    for month in over:
        async with _changing(database) as connection:
            await connection.execute(text(f"DROP TABLE {_name(monthly, month)}"))
    return len(over)


async def thin_equity(database: Database, before: datetime) -> int:
    """Of what accounts were worth before then keep each hour's last and highest; how many rows went. Raises
    HistoryUnavailable."""
    return await database.write(_THIN_EQUITY, {"before": before})


async def _months_of(database: Database, monthly: Monthly) -> set[datetime]:
    async with database.transaction() as connection:
        names = (await connection.execute(_PARTITIONS, {"table": monthly.table})).scalars()
        return {datetime.strptime(name[-7:], "%Y_%m").replace(tzinfo=UTC) for name in names}


async def _months_at_rest(database: Database, monthly: Monthly) -> set[datetime]:
    """Of rows that came before anybody had made their month."""
    asked = text(f"SELECT DISTINCT date_trunc('month', {monthly.moment}, 'UTC') FROM months.{monthly.table}_rest")
    async with database.transaction() as connection:
        return set((await connection.execute(asked)).scalars())


async def _make(connection: AsyncConnection, monthly: Monthly, month: datetime) -> None:
    """Make it and move there what lies in the rest, as one."""
    table, moment = monthly
    name, rest = _name(monthly, month), f"months.{table}_rest"
    first, end = f"'{month:%Y-%m-%d} UTC'", f"'{_later(month, 1):%Y-%m-%d} UTC'"
    for statement in (
        f"CREATE TABLE {name} (LIKE {table})",
        f"LOCK TABLE {rest} IN ACCESS EXCLUSIVE MODE",
        f"INSERT INTO {name} SELECT * FROM {rest} WHERE {moment} >= {first} AND {moment} < {end}",
        f"DELETE FROM {rest} WHERE {moment} >= {first} AND {moment} < {end}",
        f"ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ({first}) TO ({end})",
    ):
        await connection.execute(text(statement))


@asynccontextmanager
async def _changing(database: Database) -> AsyncGenerator[AsyncConnection]:
    """A transaction that changes tables, and waits for nobody for long."""
    try:
        async with database.transaction() as connection:
            await connection.execute(text(f"SET LOCAL lock_timeout = '{LOCKED_FOR}'"))
            yield connection
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != _NOT_FREE:
            raise
        raise HistoryUnavailable("a table is in use for too long to change its months") from error


def _name(monthly: Monthly, month: datetime) -> str:
    return f"months.{monthly.table}_{month:%Y_%m}"


def _later(moment: datetime, months: int) -> datetime:
    """The beginning of the month so many after the moment's own."""
    years, month = divmod(moment.month - 1 + months, 12)
    return datetime(moment.year + years, month + 1, 1, tzinfo=UTC)
