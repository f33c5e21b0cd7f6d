"""Statements written by hand name the columns that the tables have, and Postgres can read them all."""

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import product

import pytest

from app.history import bookings, deposits, orders, trades
from app.history.bookings import book_fill, undo_fill
from app.history.database import Database
from app.history.parameters import Statement, kinds_of
from app.history.trading_tables import METADATA, FillRow

INSERTED = re.compile(r"INSERT INTO (\w+) \(([^)]*)\)")
UPDATED = re.compile(r"UPDATE (\w+) SET (.*?)\s+WHERE", re.DOTALL)
NOT_OURS = {"positions": {"exit_rules"}, "postings": {"number"}}  # people change them, Postgres counts


def statements() -> Iterator[str]:
    """Each that orders and money are written with."""
    for module in (bookings, deposits, orders, trades):
        for value in vars(module).values():
            if isinstance(value, Statement) or (hasattr(value, "text") and isinstance(value.text, str)):
                yield value.text
    for is_first, has_change, is_settled in product((False, True), repeat=3):
        yield book_fill(is_first, has_change, is_settled).text
        yield undo_fill(is_settled).text


TEXTS = sorted(set(statements()))


def test_every_column_of_a_table_is_written_and_no_other() -> None:
    written = [found for text in TEXTS for found in INSERTED.findall(text)]
    assert {table for table, _ in written} == {
        *("orders", "order_events", "fills", "positions", "postings", "entries", "settlements", "trades")
    }
    for table, columns in written:
        there = {column.name for column in METADATA.tables[table].columns}
        assert {name.strip() for name in columns.split(",")} == there - NOT_OURS.get(table, set())


def test_what_is_changed_is_there_to_be_changed() -> None:
    changed = [found for text in TEXTS for found in UPDATED.findall(text)]
    assert {table for table, _ in changed} == {"orders", "fills", "positions", "trades", "settlements"}
    for table, assignments in changed:
        names = set(re.findall(r"(\w+) = ", assignments))
        assert names
        assert names <= {column.name for column in METADATA.tables[table].columns}


@pytest.mark.parametrize("text", [text for text in TEXTS if "$1" in text])
async def test_postgres_understands_it(history: Database, text: str) -> None:
    await history.run(f"PREPARE this AS {text}")


async def test_integers_become_the_exact_numbers_they_are(history: Database) -> None:
    kinds = kinds_of(FillRow)
    one = Statement("SELECT :size AS size, :price AS price, :fee AS fee, :size AS again", kinds)
    ((size, price, fee, again),) = await one.run(history, {"size": 7_123_457, "price": 4_301, "fee": -1})
    assert (size, price, fee, again) == (Decimal("7.123457"), Decimal("0.4301"), Decimal("-0.000001"), size)
    assert one.names == ("size", "price", "fee")
