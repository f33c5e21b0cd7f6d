"""Who did what: every change that a person or a key makes."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from app.history.database import Database
from app.history.tables import AuditRow


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the audit. `detail` holds what JSON can hold, and never a secret."""

    at: datetime
    who: str  # the key's name, or "cli"
    what: str  # "alias.added", "key.revoked"
    detail: Mapping[str, object] = {}


async def write_down(database: Database, deed: Deed) -> None:
    """Append a deed."""
    await database.write(insert(AuditRow).values(msgspec.to_builtins(deed, builtin_types=(datetime,))))


async def list_deeds(database: Database, limit: int = 100, before: int | None = None) -> Sequence[AuditRow]:
    """The newest deeds; `before`: only those with a smaller number, for the next page."""
    wanted = select(AuditRow).order_by(col(AuditRow.id).desc()).limit(limit)
    return await database.read(wanted if before is None else wanted.where(col(AuditRow.id) < before))
