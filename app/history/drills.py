"""What was broken on purpose, and how soon it was safe again."""

from collections.abc import Sequence

import msgspec
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from app.domain.drills import DrillResult
from app.domain.reports import Period
from app.history.database import Database
from app.history.tables import DrillRow
from app.history.upserts import storable

_WORDS = ("means", "detail", "left_over")


async def keep_drill(database: Database, result: DrillResult) -> None:
    """Write one down. Raises HistoryUnavailable."""
    told = msgspec.structs.asdict(result)
    await database.write(insert(DrillRow).values(told | {name: storable(str(told[name])) for name in _WORDS}))


async def list_drills(database: Database, limit: int) -> Sequence[DrillResult]:
    """The newest first. Raises HistoryUnavailable."""
    wanted = select(DrillRow).order_by(col(DrillRow.id).desc()).limit(limit)
    return [_result(row) for row in await database.read(wanted)]


async def drills_of(database: Database, period: Period) -> Sequence[DrillResult]:
    """Those that began in it, the oldest first. Raises HistoryUnavailable."""
    began = col(DrillRow.began_at)
    wanted = select(DrillRow).where(began >= period.begin, began < period.end).order_by(col(DrillRow.id))
    return [_result(row) for row in await database.read(wanted)]


def _result(row: DrillRow) -> DrillResult:
    return msgspec.convert({name: getattr(row, name) for name in DrillResult.__struct_fields__}, DrillResult)
