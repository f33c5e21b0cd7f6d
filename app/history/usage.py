"""What the processes of the platform have used of the machine, and the reports that were made."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import msgspec
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from app.domain.reports import Period, Used
from app.history.database import Database
from app.history.tables import ReportRow, UsageRow

_USED = """
    SELECT process, sum(cpu), sum(seconds), max(memory) FROM usage WHERE at >= $1 AND at < $2
    GROUP BY process ORDER BY process
"""


async def note_usage(database: Database, used: Iterable[Used], at: datetime) -> None:
    """Write down what each has used since the last time. Raises HistoryUnavailable."""
    rows = [{"at": at, **each._asdict()} for each in used]
    if rows:
        await database.write(insert(UsageRow).values(rows).on_conflict_do_nothing())


async def read_usage(database: Database, period: Period) -> Sequence[Used]:
    """Of each process in all. Raises HistoryUnavailable."""
    rows = await database.run(_USED, *period)
    return [msgspec.convert(tuple(row), Used) for row in rows]


async def forget_usage(database: Database, before: datetime) -> int:
    """What is older; how many rows. Raises HistoryUnavailable."""
    return await database.write(delete(UsageRow).where(col(UsageRow.at) < before))


async def keep_report(database: Database, day: date, made_at: datetime, body: dict[str, object]) -> None:
    """The report of a day takes the place of the one before. Raises HistoryUnavailable."""
    given = insert(ReportRow).values(day=day, made_at=made_at, body=body)
    new = {"made_at": given.excluded.made_at, "body": given.excluded.body}
    await database.write(given.on_conflict_do_update(index_elements=["day"], set_=new))


async def find_report(database: Database, day: date | None = None) -> ReportRow | None:
    """Of a day; None: the newest there is. Raises HistoryUnavailable."""
    wanted = select(ReportRow).order_by(col(ReportRow.day).desc()).limit(1)
    found = await database.read(wanted if day is None else wanted.where(col(ReportRow.day) == day))
    return next(iter(found), None)


async def list_reports(database: Database, limit: int) -> Sequence[tuple[date, datetime]]:
    """The days that have one, the newest first, and when it was made. Raises HistoryUnavailable."""
    rows = await database.run("SELECT day, made_at FROM reports ORDER BY day DESC LIMIT $1", limit)
    return [msgspec.convert(tuple(row), tuple[date, datetime]) for row in rows]
