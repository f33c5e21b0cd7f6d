"""Fair values that were found, as they were judged then."""

from collections.abc import Sequence

import msgspec

from app.domain.parsing import NOT_READABLE
from app.domain.reports import Period
from app.domain.signals import Judged
from app.history.database import Database

_FOUND = """
    SELECT record FROM signals JOIN games ON games.id = signals.game_id
    WHERE found_at >= $1 AND found_at < $2 AND detector = 'fair_value' AND status = 'final'
    ORDER BY found_at, signals.id
"""


async def read_forecasts(database: Database, period: Period) -> Sequence[Judged]:
    """Those of games that are over. What a version that described them otherwise has written is left out. Raises
    HistoryUnavailable."""
    found = []
    for row in await database.run(_FOUND, *period):
        try:
            found.append(msgspec.json.decode(str(row[0]), type=Judged))
        except NOT_READABLE:
            continue
    return found
