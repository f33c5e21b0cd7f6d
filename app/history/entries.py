"""The ledger line by line: every entry with the posting that it belongs to."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy.sql import text
from sqlalchemy.sql.elements import TextClause

from app.history.database import Database
from app.history.upserts import storable

AT_ONCE = 1_000  # lines
LARGEST = 2**63 - 1  # number of a posting


class Line(NamedTuple):
    """One entry. `number` and `place` name it, and grow."""

    number: int
    place: int
    posting_id: str
    kind: str
    account: str
    book: str
    contract_id: str
    amount: Decimal
    at: datetime
    note: str


class Asked(NamedTuple):
    """Which lines; None: any."""

    account: str | None = None
    book: str | None = None
    contract_id: str | None = None
    kind: str | None = None


_LINES = """
    FROM entries JOIN postings ON postings.id = posting_id
    WHERE (CAST(:account AS text) IS NULL OR entries.account = :account)
      AND (CAST(:book AS text) IS NULL OR book = :book)
      AND (CAST(:contract_id AS text) IS NULL OR contract_id = :contract_id)
      AND (CAST(:kind AS text) IS NULL OR kind = :kind)
"""
_COLUMNS = "number, place, posting_id, kind, entries.account, book, contract_id, amount, at, note"
_COUNT = text(f"SELECT count(*) {_LINES}")
_NEWEST = text(f"""
    SELECT {_COLUMNS} {_LINES} AND (number, place) < (:number, :place) ORDER BY number DESC, place DESC LIMIT :limit
""")
_NEXT = text(f"""
    SELECT {_COLUMNS} {_LINES} AND (number, place) > (:number, :place) AND number <= :last
    ORDER BY number, place LIMIT {AT_ONCE}
""")
_LAST = text("SELECT COALESCE(max(number), 0) FROM postings")


async def list_lines(
    database: Database, asked: Asked, limit: int, before: tuple[int, int] | None = None
) -> Sequence[Line]:
    """The newest; `before`: only those behind that place."""
    number, place = before or (LARGEST, 0)
    return await _read(database, _NEWEST, asked, number=number, place=place, limit=limit)


async def count_lines(database: Database, asked: Asked) -> int:
    """How many there are."""
    async with database.transaction() as connection:
        return int((await connection.execute(_COUNT, _storable(asked))).scalar_one())


async def all_lines(database: Database, asked: Asked) -> AsyncIterator[Sequence[Line]]:
    """Every line that there is when this begins, the oldest first, some at a time: no slow reader holds anything."""
    async with database.transaction() as connection:
        last = int((await connection.execute(_LAST)).scalar_one())
    number = place = 0
    while page := await _read(database, _NEXT, asked, number=number, place=place, last=last):
        yield page
        number, place = page[-1][:2]


async def _read(database: Database, statement: TextClause, asked: Asked, **values: int) -> Sequence[Line]:
    async with database.transaction() as connection:
        return [Line(*row) for row in await connection.execute(statement, {**_storable(asked), **values})]


def _storable(asked: Asked) -> dict[str, str | None]:
    """What Postgres could not even be asked for is in no line."""
    return {name: value if value is None else storable(value) for name, value in asked._asdict().items()}
