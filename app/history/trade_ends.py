"""What became of the signals that were sent: how their trades ended, by kind of ending."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import col

from app.history.database import Database
from app.history.trading_tables import TradeRow


class TradeEnd(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of ending; `signal_id`, `game_id` and `began_at` are of the newest trade that ended so."""

    status: str
    count: int
    signal_id: str
    game_id: str
    began_at: datetime


async def ends_since(database: Database, since: datetime) -> Sequence[TradeEnd]:
    """Of the trades of signals that began then or later. Raises HistoryUnavailable."""
    status, began_at = col(TradeRow.status), col(TradeRow.began_at)
    how_many = func.count().over(partition_by=status).label("count")
    wanted = (
        select(status, how_many, col(TradeRow.signal_id), col(TradeRow.game_id), began_at)
        .where(col(TradeRow.signal_id).is_not(None), began_at >= since)
        .ext(distinct_on(status))
        .order_by(status, began_at.desc(), col(TradeRow.id).desc())
    )
    async with database.transaction() as connection:
        rows = (await connection.execute(wanted)).mappings()
        return [msgspec.convert(dict(row), TradeEnd) for row in rows]
