"""Signals as they were judged, kept and refused: written many at once, and found again."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, SQLColumnExpression, and_, delete, not_, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, func, select

from app.clock import moment_of
from app.domain.money import money_text
from app.domain.signals import Judged, SignalId
from app.history.database import Database
from app.history.tables import SignalRow
from app.history.upserts import storable

World = Literal["real", "simulated"]

OFFERED = "offered"  # reason of a signal on which nobody has had the last word yet
LIKE_IT = "like_it"  # in the record, beside what is `Judged`

SIGNAL_KEY = ("id", "found_at")

_ZERO = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")  # the one character that Postgres cannot keep
_TEXTS = ("detector", "account", "game_id", "league", "stage", "reason")


class Recorded(msgspec.Struct, frozen=True):
    """A judged signal as it is kept. `like_it`: how many were refused in the same place since the one before, and only
    counted."""

    judged: Judged
    like_it: int = 0


class Kept(msgspec.Struct, frozen=True):
    """One that was found again."""

    judged: Judged
    like_it: int
    world: World


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which signals are asked for; None: any."""

    is_kept: bool | None = None  # False: those that were let go
    stage: str | None = None
    reason: str | None = None
    detector: str | None = None
    account: str | None = None
    game_id: str | None = None
    league: str | None = None
    since: datetime | None = None  # found then or later


class Place(NamedTuple):
    """Where a page ended."""

    found_at: datetime
    id: str


async def write_signals(database: Database, signals: Iterable[Recorded], world: World) -> int:
    """Write them down, each once however often it is told; how many rows were written. The last word on a signal takes
    the place of what was said of it before, and stays."""
    found: dict[SignalId, Recorded] = {}
    for each in signals:
        name = each.judged.signal.id
        if name not in found or (each.judged.is_final and not found[name].judged.is_final):
            found[name] = each
    if not found:
        return 0
    written = insert(SignalRow).values([_row(each, world) for each in found.values()])
    new = {column: written.excluded[column] for column in SignalRow.model_fields if column not in SIGNAL_KEY}
    is_last_word = and_(_is_final(written.excluded["record"]), not_(_is_final(col(SignalRow.record))))
    kept = written.on_conflict_do_update(index_elements=SIGNAL_KEY, set_=new, where=is_last_word)
    return await database.write(kept)


async def find_signal(database: Database, signal_id: str) -> Kept | None:
    """The whole of one. Raises msgspec.ValidationError for what a version that described it otherwise has written."""
    if storable(signal_id) != signal_id:
        return None  # Postgres would refuse the question itself
    found = await database.read(select(SignalRow).where(col(SignalRow.id) == signal_id))
    return next((msgspec.convert(_told(row), Kept) for row in found), None)


async def list_signals(
    database: Database, wanted: Wanted, limit: int = 100, after: Place | None = None
) -> Sequence[SignalRow]:
    """The newest of these; `after`: only those that come after that place, for the next page."""
    if not _can_be_asked(wanted):
        return ()
    place = tuple_(col(SignalRow.found_at), col(SignalRow.id))
    chosen = select(SignalRow).where(*_conditions(wanted)).limit(limit)
    chosen = chosen.order_by(col(SignalRow.found_at).desc(), col(SignalRow.id).desc())
    return await database.read(chosen if after is None else chosen.where(place < tuple_(*after)))


async def count_signals(database: Database, wanted: Wanted) -> int:
    """How many of these there are."""
    if not _can_be_asked(wanted):
        return 0
    chosen = select(func.count()).select_from(SignalRow).where(*_conditions(wanted))
    return (await database.read(chosen))[0]


async def forget_refused(database: Database, before: datetime) -> int:
    """Refused signals that were found before then; how many. Those that were kept stay."""
    return await database.write(
        delete(SignalRow).where(col(SignalRow.stage) != "sent", col(SignalRow.found_at) < before)
    )


def _row(each: Recorded, world: World) -> dict[str, object]:
    judged, signal = each.judged, each.judged.signal
    is_open = judged.stage == "sent" and not judged.is_final
    record = msgspec.json.decode(_ZERO.sub(rb"\1", msgspec.json.encode(judged)))
    texts = {name: storable(getattr(signal, name, None) or getattr(judged, name)) for name in _TEXTS}
    return {
        **texts,
        "id": signal.id,
        "reason": OFFERED if is_open else texts["reason"],
        "found_at": moment_of(signal.found_at),
        "cost": money_text(signal.cost),
        "fees": money_text(signal.fees),
        "profit": money_text(signal.profit),
        "limits": judged.limits,
        "world": world,
        "record": {**record, LIKE_IT: each.like_it},
    }


def _told(row: SignalRow) -> Mapping[str, object]:
    return {"judged": row.record, "like_it": row.record.get(LIKE_IT, 0), "world": row.world}


def _is_final(record: SQLColumnExpression[dict[str, object]]) -> ColumnElement[bool]:
    said: ColumnElement[bool] = record["is_final"].as_boolean()
    return said


def _conditions(wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    for name in _TEXTS:
        asked = getattr(wanted, name)
        if asked is not None:
            yield col(getattr(SignalRow, name)) == asked
    if wanted.is_kept is not None:
        yield col(SignalRow.stage) == "sent" if wanted.is_kept else col(SignalRow.stage) != "sent"
    if wanted.since is not None:
        yield col(SignalRow.found_at) >= wanted.since


def _can_be_asked(wanted: Wanted) -> bool:
    texts = (getattr(wanted, name) for name in _TEXTS)
    return all(text is None or storable(text) == text for text in texts)
