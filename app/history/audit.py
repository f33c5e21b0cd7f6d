"""Who did what: every change that a person or a key makes."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlmodel import col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from app.history.database import Database, Found
from app.history.tables import AuditRow


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the audit. `detail` holds what JSON can hold, and never a secret."""

    at: datetime
    who: str  # the key's name, or "cli"
    what: str  # "alias.added", "key.revoked"
    detail: Mapping[str, object] = {}


async def write_down(database: Database, deed: Deed) -> None:
    """Append a deed."""
    await database.write(written_down(deed))


def written_down(deed: Deed) -> Insert:
    """The same as a statement, for the transaction of what was done."""
    return insert(AuditRow).values(msgspec.to_builtins(deed, builtin_types=(datetime,)))


async def list_deeds(
    database: Database, limit: int = 100, before: int | None = None, what: str | None = None
) -> Sequence[AuditRow]:
    """The newest deeds; `before`: only those with a smaller number, for the next page; `what`: only of this kind."""
    wanted = _of_kind(select(AuditRow), what).order_by(col(AuditRow.id).desc()).limit(limit)
    return await database.read(wanted if before is None else wanted.where(col(AuditRow.id) < before))


async def count_deeds(database: Database, what: str | None = None) -> int:
    """How many there are, of one kind if named."""
    return (await database.read(_of_kind(select(func.count()).select_from(AuditRow), what)))[0]


def _of_kind(wanted: SelectOfScalar[Found], what: str | None) -> SelectOfScalar[Found]:
    return wanted if what is None else wanted.where(col(AuditRow.what) == what)
