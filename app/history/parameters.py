"""Statements for the short way, written with names (`:name`) where Postgres counts (`$1`).

Exact numbers go over the wire as the integers they are here and become NUMERIC there: to make a Decimal of each would
take longer than to write the row.
"""

import re
from collections.abc import Mapping, Sequence

from sqlalchemy import Table

from app.history.database import Database
from app.history.tables import Row
from app.history.upserts import type_of

TEXT, LONG, MOMENT = "{}::text", "{}::bigint", "{}::timestamptz"
EXACT = "({}::bigint * 0.000001)"  # dollars, contracts
PRICE = "({}::integer * 0.0001)"

_NAME = re.compile(r"(?<!:):([a-z][a-z_0-9]*)")
_KINDS: Mapping[str, str] = {
    "NUMERIC(20, 6)": EXACT,
    "NUMERIC(6, 4)": PRICE,
    "BIGINT": LONG,
    "INTEGER": "{}::integer",
    "BOOLEAN": "{}::boolean",
    "TIMESTAMP WITH TIME ZONE": MOMENT,
    "JSONB": "{}::text::jsonb",
    "VARCHAR": TEXT,
}


class Statement:
    """SQL and the kind of each of its parameters. `text` is what Postgres gets."""

    def __init__(self, sql: str, kinds: Mapping[str, str]) -> None:
        names: dict[str, int] = {}

        def numbered(found: re.Match[str]) -> str:
            name = found.group(1)
            return kinds[name].format(f"${names.setdefault(name, len(names) + 1)}")

        self.text = _NAME.sub(numbered, sql)
        self.names = tuple(names)

    async def run(self, database: Database, values: Mapping[str, object]) -> Sequence[Sequence[object]]:
        """Its rows, committed. Raises what `Database.run` raises."""
        return await database.run(self.text, *[values[name] for name in self.names])


def kinds_of(row: type[Row]) -> dict[str, str]:
    """How each column of a table is sent."""
    table: Table = row.__table__  # type: ignore[attr-defined]  # SQLModel sets it on every table
    names = [column.name for column in table.columns]
    return {name: _KINDS[type_of(table, name)] for name in names}


def given(names: Sequence[str], suffix: str = "") -> str:
    """Parameters as SQL lists them."""
    return ", ".join(f":{name}{suffix}" for name in names)


def assigned(names: Sequence[str]) -> str:
    """Columns, each set to the parameter of its name."""
    return ", ".join(f"{name} = :{name}" for name in names)
