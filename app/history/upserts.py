"""One statement that writes many rows, and of them only those that differ from what is there.

An unchanged row is not touched at all (no new version, no lock, no journal), but for `last_seen`, which is renewed
when it is older than SEEN_EVERY.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import TextClause, text

from app.history.tables import Row

SEEN_EVERY = timedelta(minutes=15)
GONE_AFTER = 2 * SEEN_EVERY
KEPT_BY_US = frozenset({"id", "first_seen", "last_seen"})

_POSTGRES = postgresql.dialect()  # type: ignore[no-untyped-call]


class Upsert:
    """Rows of one table, told apart by `key`. `also`: further steps (`name AS (...)`), which read the rows given as
    `seen` and every table as it was before; `:at` is the time, and what was last seen before `:gone` is gone."""

    def __init__(self, row: type[Row], key: Sequence[str], also: Sequence[str] = ()) -> None:
        table: Table = row.__table__  # type: ignore[attr-defined]  # SQLModel sets it on every table
        numbered = "id" in table.columns and table.columns["id"].identity is not None
        ours = KEPT_BY_US if numbered else KEPT_BY_US - {"id"}
        self.columns = [column.name for column in table.columns if column.name not in ours]
        self._key = key
        self.statement = self._statement(table, also)

    def parameters(self, rows: Iterable[Mapping[str, object]], at: datetime) -> dict[str, object]:
        """One array a column. Of rows with the same key the last one counts."""
        distinct = {tuple(row[name] for name in self._key): row for row in rows}.values()
        arrays = {f"seen_{name}": [_storable(row[name]) for row in distinct] for name in self.columns}
        return {**arrays, "at": at, "stale": at - SEEN_EVERY, "gone": at - GONE_AFTER}

    def _statement(self, table: Table, also: Sequence[str]) -> TextClause:
        columns, facts = self.columns, [name for name in self.columns if name not in self._key]
        arrays = (f"CAST(:seen_{name} AS {type_of(table, name)}[])" for name in columns)
        seen = f"seen AS MATERIALIZED (SELECT * FROM unnest({', '.join(arrays)}) AS seen ({listed(columns)}))"
        return text(f"""
            WITH {", ".join((seen, *also))}
            INSERT INTO {table.name} ({listed(columns)}, first_seen, last_seen)
            SELECT {listed(columns, "seen")}, :at, :at
            FROM seen LEFT JOIN {table.name} AS before USING ({listed(self._key)})
            WHERE before.last_seen IS NULL OR before.last_seen < :stale
               OR ({listed(facts, "before")}) IS DISTINCT FROM ({listed(facts, "seen")})
            ORDER BY {listed(self._key)}
            ON CONFLICT ({listed(self._key)}) DO UPDATE
            SET ({listed(facts)}, last_seen) = ({listed(facts, "excluded")}, excluded.last_seen)
        """)


def storable(words: str) -> str:
    """Without the zero character, the one that Postgres cannot keep; a venue's slip must not cost the other rows."""
    return words.replace("\0", "") if "\0" in words else words


def type_of(table: Table, column: str) -> str:
    """As Postgres calls it."""
    return table.columns[column].type.compile(_POSTGRES)


def listed(names: Iterable[str], of: str = "") -> str:
    """Column names as SQL lists them, each `of` a table if one is named."""
    return ", ".join(f"{of}.{name}" if of else name for name in names)


def _storable(value: object) -> object:
    return storable(value) if isinstance(value, str) else value
