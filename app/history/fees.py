"""What each market charged, and from when on: a row when it is first told and one whenever it is another."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import RowMapping
from sqlalchemy.sql import text

from app.clock import moment_of, nanos_of
from app.domain.fees import FeeSchedule
from app.domain.markets import Market, MarketId, VenueId
from app.domain.prices import Nanos
from app.history.database import Database
from app.history.upserts import listed, storable

MARKETS_AT_ONCE = 5_000  # a statement
MARKETS_REMEMBERED = 100_000  # schedules known to be written, so that they are not sent again each minute

_KEY = ("venue", "market_id")
_FIGURES = ("taker", "maker", "exponent", "step", "least", "waived_until")  # where it was read is no figure
_COLUMNS = (*_KEY, *_FIGURES, "source")
_TYPES = ("text", "text", *("integer",) * 5, "timestamptz", "text")
_ARRAYS = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in zip(_COLUMNS, _TYPES, strict=True))

_WRITE_CHANGED = text(f"""
    WITH seen AS MATERIALIZED (SELECT * FROM unnest({_ARRAYS}) AS seen ({listed(_COLUMNS)})),
    before AS (
        SELECT DISTINCT ON ({listed(_KEY)}) {listed(_KEY)}, {listed(_FIGURES, "fee_schedules")}, fee_schedules.source
        FROM fee_schedules JOIN seen USING ({listed(_KEY)})
        ORDER BY {listed(_KEY)}, fee_schedules.id DESC
    ),
    changed AS (
        SELECT {listed(_COLUMNS, "seen")} FROM seen LEFT JOIN before USING ({listed(_KEY)})
        WHERE ({listed(_FIGURES, "before")}) IS DISTINCT FROM ({listed(_FIGURES, "seen")})
    ),
    written AS (
        INSERT INTO fee_schedules ({listed(_COLUMNS)}, seen_at) SELECT {listed(_COLUMNS)}, :at FROM changed
        ON CONFLICT ({listed(_KEY)}, seen_at) DO NOTHING
    )
    SELECT {listed(_COLUMNS, "before")} FROM before JOIN changed USING ({listed(_KEY)})
""")


class FeeChange(msgspec.Struct, frozen=True):
    """A market charges something else than it did when it was last looked at."""

    venue: VenueId
    market_id: MarketId
    before: FeeSchedule
    after: FeeSchedule


class FeeHistory:
    """The schedules of all markets over time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[tuple[VenueId, MarketId], FeeSchedule] = {}

    async def record(self, markets: Iterable[Market], at: datetime) -> Sequence[FeeChange]:
        """Write down what is new or another; what is another. Markets that do not say what they charge are left as
        they were. Raises HistoryUnavailable."""
        told = {(market.venue, market.id): market.fees for market in markets if market.fees is not None}
        new = [(key, fees) for key, fees in told.items() if self._known.get(key) != fees]
        changes: list[FeeChange] = []
        for first in range(0, len(new), MARKETS_AT_ONCE):
            some = dict(new[first : first + MARKETS_AT_ONCE])
            changes += await self._write(some, at)
            if len(self._known) > MARKETS_REMEMBERED:
                self._known.clear()
            self._known.update(some)
        return changes

    async def _write(self, told: Mapping[tuple[VenueId, MarketId], FeeSchedule], at: datetime) -> Sequence[FeeChange]:
        rows = [_row(venue, market_id, fees) for (venue, market_id), fees in told.items()]
        arrays = {name: [row[name] for row in rows] for name in _COLUMNS}
        after = {(row["venue"], row["market_id"]): fees for row, fees in zip(rows, told.values(), strict=True)}
        async with self._database.transaction() as connection:
            found = (await connection.execute(_WRITE_CHANGED, {**arrays, "at": at})).mappings().all()
        return [
            FeeChange(
                VenueId(row["venue"]), MarketId(row["market_id"]), _schedule(row), after[row["venue"], row["market_id"]]
            )
            for row in found
        ]


def _row(venue: VenueId, market_id: MarketId, fees: FeeSchedule) -> dict[str, object]:
    return {
        **{name: getattr(fees, name) for name in _FIGURES},
        "venue": venue,
        "market_id": storable(market_id),
        "waived_until": moment_of(Nanos(fees.waived_until)) if fees.waived_until else None,
        "source": storable(fees.source),
    }


def _schedule(row: RowMapping) -> FeeSchedule:
    waived: datetime | None = row["waived_until"]
    figures = {name: row[name] for name in (*_FIGURES, "source")}
    return msgspec.convert({**figures, "waived_until": nanos_of(waived) if waived else 0}, FeeSchedule)
