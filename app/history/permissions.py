"""Whether a person allows orders with real money: the newest word about it in the audit counts, and none means no."""

from collections.abc import Collection
from datetime import datetime

import msgspec
from sqlmodel import col, select

from app.domain.markets import VenueId
from app.errors import HistoryUnavailable
from app.history.audit import Deed, write_down
from app.history.database import Database
from app.history.tables import AuditRow

ENABLED, DISABLED = "live.enabled", "live.disabled"


class Permission(msgspec.Struct, frozen=True, kw_only=True):
    """What was said last. `venues`: where real money may be spent; empty: nowhere."""

    venues: tuple[VenueId, ...] = ()
    said_by: str = ""
    said_at: datetime | None = None


NOBODY = Permission()


async def allow_live(database: Database, venues: Collection[VenueId], who: str, at: datetime, **limits: int) -> None:
    """Let orders be sent to these venues, and to no other, from now on and after every restart. `limits`: in dollars,
    as they are now, for the record."""
    await write_down(database, Deed(at=at, who=who, what=ENABLED, detail={"venues": sorted(venues), **limits}))


async def forbid_live(database: Database, who: str, at: datetime) -> None:
    """Let none be sent any more."""
    await write_down(database, Deed(at=at, who=who, what=DISABLED))


async def current_permission(database: Database) -> Permission:
    """What counts now. Raises HistoryUnavailable."""
    said = select(AuditRow).where(col(AuditRow.what).in_((ENABLED, DISABLED))).order_by(col(AuditRow.id).desc())
    row = next(iter(await database.read(said.limit(1))), None)
    if row is None:
        return NOBODY
    told = row.detail.get("venues", ()) if row.what == ENABLED else ()
    venues = tuple(VenueId(str(one)) for one in told) if isinstance(told, list) else ()
    return Permission(venues=venues, said_by=row.who, said_at=row.at)


class LivePermission:
    """Remembers what counts, so that it can be asked before every order. What cannot be read is no permission."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._venues: frozenset[VenueId] = frozenset()

    def covers(self, venue: VenueId) -> bool:
        """Whether real money may be spent there now."""
        return venue in self._venues

    async def look(self) -> None:
        """Read it anew; every second or so."""
        try:
            self._venues = frozenset((await current_permission(self._database)).venues)
        except HistoryUnavailable:
            self._venues = frozenset()
