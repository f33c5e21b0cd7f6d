"""What Postgres holds after an evening, asked by SQL that shares nothing with what the reports ask."""

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import asyncpg
from sqlalchemy import make_url

REALISED = """
    SELECT e.account, sum(CASE e.book WHEN 'realised' THEN -e.amount WHEN 'fees' THEN -e.amount ELSE 0 END)
    FROM entries e GROUP BY e.account
"""
GAINED = """
    SELECT account, cash + value - deposits FROM equity x
    WHERE at = (SELECT max(at) FROM equity WHERE account = x.account)
"""
TRADES = "SELECT status, count(*) FROM trades GROUP BY status"
ORDERS = "SELECT state, count(*) FROM orders GROUP BY state"
SENT = "SELECT count(*) FROM signals WHERE stage = 'sent'"
BOUGHT = """
    SELECT count(DISTINCT o.id) FROM orders o JOIN fills f ON f.order_id = o.id
    WHERE o.side = 'buy' AND stage <> 'undone'
"""
SLIPPED = """
    SELECT sum(CASE o.side WHEN 'buy' THEN f.price - o.quoted ELSE o.quoted - f.price END * f.size), sum(f.fee)
    FROM fills f, orders o WHERE o.id = f.order_id AND f.stage <> 'undone'
"""
DEAREST = "SELECT max(f.price) FROM fills f, orders o WHERE o.id = f.order_id AND o.side = 'buy'"
TRADABLE = """
    SELECT count(*) FROM games g WHERE (
        SELECT count(DISTINCT venue) FROM links l
        WHERE l.game_id = g.id AND l.verdict = 'tradable' AND l.kind = 'moneyline') = 2
"""


def ask(url: str, statement: str) -> Sequence[Any]:
    """The rows of one statement."""

    async def asked() -> Sequence[Any]:
        place = make_url(url)
        connection = await asyncpg.connect(user=place.username, database=place.database, host=place.query["host"])
        try:
            return await connection.fetch(statement)
        finally:
            await connection.close()

    return asyncio.run(asked())


def ask_one(url: str, statement: str) -> Any:
    """The first column of the first row."""
    return ask(url, statement)[0][0]


def ask_sums(url: str, statement: str) -> dict[str, Decimal]:
    """Name and amount of each row."""
    return {row[0]: Decimal(row[1]) for row in ask(url, statement)}
