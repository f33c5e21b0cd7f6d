"""Names that people added for teams; each is also a regression case of the matcher."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from app.domain.leagues import Pool
from app.domain.teams import TeamId
from app.errors import BadInput
from app.history.database import Database
from app.history.tables import AliasRow
from app.history.upserts import storable


class Alias(msgspec.Struct, frozen=True, kw_only=True):
    """A further name of a team, and who said so."""

    pool: Pool
    team_id: TeamId
    name: str
    source: str  # where the name was met: "kalshi", "person"
    added_by: str
    added_at: datetime


async def add_alias(
    database: Database, team_id: TeamId, name: str, *, added_by: str, at: datetime, source: str = "person"
) -> bool:
    """Keep a name; False when it was known already. Raises BadInput for an empty one."""
    folded = " ".join(name.split())
    if not folded:
        raise BadInput("a name of no letters cannot be a team's")
    values = {
        "pool": team_id.partition(":")[0],
        "team_id": team_id,
        "name": folded,
        "source": source,
        "added_by": added_by,
        "added_at": at,
    }
    return await database.write(insert(AliasRow).values(values).on_conflict_do_nothing()) == 1


async def list_aliases(database: Database, pool: Pool | None = None) -> Sequence[Alias]:
    """Every name, in the order they were added; of one pool if named."""
    wanted = select(AliasRow).order_by(col(AliasRow.id))
    if pool is not None:
        wanted = wanted.where(col(AliasRow.pool) == pool)
    return [_alias(row) for row in await database.read(wanted)]


async def remove_alias(database: Database, team_id: TeamId, name: str) -> bool:
    """Take a name back; False when there was none."""
    if storable(team_id + name) != team_id + name:
        return False  # Postgres would refuse the question itself
    same = (col(AliasRow.team_id) == team_id, col(AliasRow.name) == name)
    return await database.write(delete(AliasRow).where(*same)) == 1


def _alias(row: AliasRow) -> Alias:
    return Alias(
        pool=Pool(row.pool),
        team_id=TeamId(row.team_id),
        name=row.name,
        source=row.source,
        added_by=row.added_by,
        added_at=row.added_at,
    )
