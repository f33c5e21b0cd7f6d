"""How much of each detector's edges to believe: as it was measured, and whenever that was otherwise before."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, func, select

from app.domain.signals import Haircut
from app.history.database import Database
from app.history.signals import World
from app.history.tables import HaircutRow


async def keep_haircuts(database: Database, haircuts: Iterable[Haircut], world: World, at: datetime) -> int:
    """Those that differ from what is in force; how many."""
    before = await current_haircuts(database, world)
    rows = [
        {**msgspec.structs.asdict(each), "world": world, "measured_at": at} for each in haircuts if each not in before
    ]
    return await database.write(insert(HaircutRow).values(rows)) if rows else 0


async def current_haircuts(database: Database, world: World) -> tuple[Haircut, ...]:
    """The newest of each detector, by name. Empty: nothing was measured."""
    newest = select(func.max(HaircutRow.id)).where(col(HaircutRow.world) == world).group_by(col(HaircutRow.detector))
    wanted = select(HaircutRow).where(col(HaircutRow.id).in_(newest)).order_by(col(HaircutRow.detector))
    return tuple(_haircut(row) for row in await database.read(wanted))


def _haircut(row: HaircutRow) -> Haircut:
    return msgspec.convert({name: getattr(row, name) for name in Haircut.__struct_fields__}, Haircut)
