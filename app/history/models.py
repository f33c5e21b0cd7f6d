"""Learned models as they were made, each with its card; which of them are in use, and who said so."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Update, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, func, select

from app.domain.leagues import LeagueCode
from app.domain.models import LearnedModel, ModelId, Verdict
from app.errors import Conflict
from app.history.audit import Deed, written_down
from app.history.database import Database
from app.history.signals import World
from app.history.tables import ModelRow
from app.history.upserts import storable

PROMOTED, WITHDRAWN = "model.promoted", "model.withdrawn"


class KeptModel(msgspec.Struct, frozen=True, kw_only=True):
    """A model as it is kept. `learned` None: there was too little to learn from, and the card says so."""

    id: ModelId
    league: LeagueCode
    version: int
    verdict: Verdict
    made_at: datetime
    card: Mapping[str, object]
    learned: LearnedModel | None = None
    promoted_at: datetime | None = None  # None: not in use
    promoted_by: str = ""


async def next_version(database: Database, league: LeagueCode) -> int:
    """That of the next model of a league; the first is 1."""
    newest = select(func.max(ModelRow.version)).where(col(ModelRow.league) == league)
    return ((await database.read(newest))[0] or 0) + 1


async def keep_model(database: Database, made: KeptModel) -> None:
    """Keep it. Raises Conflict when another one has its version by now."""
    row = {**msgspec.structs.asdict(made), "learned": msgspec.to_builtins(made.learned)}
    if not await database.write(insert(ModelRow).values(row).on_conflict_do_nothing()):
        raise Conflict(f"{made.id} was made by somebody else meanwhile", remedy="Train it again: it gets the next one.")


async def list_models(database: Database, league: LeagueCode | None = None) -> Sequence[KeptModel]:
    """All of them, or those of a league; the newest of each league first."""
    wanted = select(ModelRow).order_by(col(ModelRow.league), col(ModelRow.version).desc())
    wanted = wanted if league is None else wanted.where(col(ModelRow.league) == league)
    return [_kept(row) for row in await database.read(wanted)]


async def find_model(database: Database, model_id: ModelId) -> KeptModel | None:
    """The one of that name."""
    if storable(model_id) != model_id:
        return None  # Postgres would refuse the question itself
    found = await database.read(select(ModelRow).where(col(ModelRow.id) == model_id))
    return next((_kept(row) for row in found), None)


async def promote_model(database: Database, made: KeptModel, by: str, at: datetime) -> None:
    """Let it be in use, in the place of another one of its league. Whether it deserves that is for the caller."""
    use = update(ModelRow).where(col(ModelRow.id) == made.id).values(promoted_at=at, promoted_by=by)
    deed = Deed(at=at, who=by, what=PROMOTED, detail={"model": made.id, "verdict": made.verdict})
    async with database.transaction() as connection:
        await connection.execute(_none_of(made.league))
        await connection.execute(use)
        await connection.execute(written_down(deed))


async def withdraw_model(database: Database, league: LeagueCode, by: str, at: datetime) -> bool:
    """Let none of a league be in use; False, and nothing written, when none was."""
    async with database.transaction() as connection:
        was_used = bool((await connection.execute(_none_of(league))).rowcount)
        if was_used:
            await connection.execute(written_down(Deed(at=at, who=by, what=WITHDRAWN, detail={"league": league})))
        return was_used


async def promoted_models(database: Database, world: World) -> tuple[LearnedModel, ...]:
    """Those in use, by league, that were learned from games of this world. One that another version of the program
    describes otherwise is left out."""
    wanted = select(ModelRow).where(col(ModelRow.promoted_at).is_not(None)).order_by(col(ModelRow.league))
    read = [_learned(row) for row in await database.read(wanted)]
    return tuple(each for each in read if each is not None and each.world == world)


def _none_of(league: LeagueCode) -> Update:
    in_use = (col(ModelRow.league) == league, col(ModelRow.promoted_at).is_not(None))
    return update(ModelRow).where(*in_use).values(promoted_at=None, promoted_by="")


def _kept(row: ModelRow) -> KeptModel:
    return msgspec.convert({**row.model_dump(), "learned": _learned(row)}, KeptModel)


def _learned(row: ModelRow) -> LearnedModel | None:
    try:
        return msgspec.convert(row.learned, LearnedModel | None)
    except msgspec.ValidationError:
        return None
