"""What should not be: one row from when it was first seen until it was over. Nobody writes over it."""

from datetime import datetime

import msgspec
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from app.domain.games import GameId
from app.domain.markets import VenueId
from app.domain.positions import Incident
from app.history.database import Database
from app.history.trading_tables import IncidentRow
from app.history.upserts import storable


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """An incident. `subject`: the order, contract or trade that it is about; one kind of it is open once for each."""

    kind: Incident
    account: str
    venue: VenueId
    subject: str
    game_id: GameId
    detail: str
    at: datetime


async def begin_incident(database: Database, seen: Seen) -> bool:
    """Write it down; False when it is known, and goes on. Raises HistoryUnavailable."""
    row = {name: getattr(seen, name) for name in ("kind", "account", "venue", "subject", "game_id")}
    row |= {"detail": storable(seen.detail)[:1_000], "began_at": seen.at}
    return bool(await database.write(insert(IncidentRow).values(row).on_conflict_do_nothing()))


async def end_incident(database: Database, kind: Incident, account: str, subject: str, at: datetime) -> bool:
    """It is over; False when there was none. Raises HistoryUnavailable."""
    this = (col(IncidentRow.kind) == kind, col(IncidentRow.account) == account, col(IncidentRow.subject) == subject)
    open_now = col(IncidentRow.ended_at).is_(None)
    return bool(await database.write(update(IncidentRow).where(*this, open_now).values(ended_at=at)))
