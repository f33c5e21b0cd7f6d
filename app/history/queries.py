"""Reads of what was observed, page by page. A page begins after a place, not after a count: what changes in between
is neither shown twice nor skipped.

`since`: what was seen after this moment is current; `upserts.SEEN_EVERY` is how exactly that is known.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Generic, TypeVar

import msgspec
from sqlalchemy import ColumnElement, func, tuple_
from sqlalchemy.orm import Mapped
from sqlmodel import col, select

from app.domain.games import GameId
from app.domain.leagues import LeagueCode
from app.domain.markets import ContractId, VenueId
from app.errors import BadInput
from app.history.database import Database
from app.history.tables import GameRow, LeftOutRow, LinkDecisionRow, LinkRow, RulesRow

PAGE = 100  # rows, unless asked otherwise

Found = TypeVar("Found")
Place = tuple[str, ...]  # where a row stands in the order of its list


class Page(msgspec.Struct, Generic[Found], frozen=True):
    """Some rows, and the place to go on from; None when there are no more."""

    rows: Sequence[Found]
    next_place: Place | None


async def current_games(
    database: Database,
    since: datetime,
    *,
    league: LeagueCode | None = None,
    after: Place | None = None,
    limit: int = PAGE,
) -> Page[GameRow]:
    """Games by start."""
    order = (col(GameRow.start), col(GameRow.id))
    wanted = select(GameRow).where(col(GameRow.last_seen) >= since, *_same(col(GameRow.league), league))
    if after is not None:
        wanted = wanted.where(tuple_(*order) > tuple_(*_moment_and_id(after)))
    rows = await database.read(wanted.order_by(*order).limit(limit + 1))
    return _page(rows, limit, lambda row: (row.start.isoformat(), row.id))


async def current_links(
    database: Database,
    since: datetime,
    *,
    game_id: GameId | None = None,
    venue: VenueId | None = None,
    after: Place | None = None,
    limit: int = PAGE,
) -> Page[LinkRow]:
    """Links in the order they were first made."""
    number = col(LinkRow.id)
    asked = (*_same(col(LinkRow.game_id), game_id), *_same(col(LinkRow.venue), venue))
    wanted = select(LinkRow).where(col(LinkRow.last_seen) >= since, number > _number(after), *asked)
    rows = await database.read(wanted.order_by(number).limit(limit + 1))
    return _page(rows, limit, lambda row: (str(row.id),))


async def current_unmatched(
    database: Database,
    since: datetime,
    *,
    venue: VenueId | None = None,
    code: str | None = None,
    after: Place | None = None,
    limit: int = PAGE,
) -> Page[LeftOutRow]:
    """The unmatched radar, in the order the listings were first left out."""
    number = col(LeftOutRow.id)
    asked = (*_same(col(LeftOutRow.venue), venue), *_same(col(LeftOutRow.code), code))
    wanted = select(LeftOutRow).where(col(LeftOutRow.last_seen) >= since, number > _number(after), *asked)
    rows = await database.read(wanted.order_by(number).limit(limit + 1))
    return _page(rows, limit, lambda row: (str(row.id),))


async def unmatched_counts(database: Database, since: datetime) -> dict[str, int]:
    """How many listings are left out for each reason, the most frequent first."""
    code, many = col(LeftOutRow.code), func.count().label("many")
    wanted = select(code, many).where(col(LeftOutRow.last_seen) >= since).group_by(code).order_by(many.desc(), code)
    async with database.transaction() as connection:
        return {str(row.code): int(row.many) for row in await connection.execute(wanted)}


async def decisions(database: Database, contract_id: ContractId) -> Sequence[LinkDecisionRow]:
    """Everything that was ever decided about a contract, the newest first."""
    wanted = select(LinkDecisionRow).where(col(LinkDecisionRow.contract_id) == contract_id)
    return await database.read(wanted.order_by(col(LinkDecisionRow.id).desc()))


async def rules_text(database: Database, rules_hash: str) -> str | None:
    """The rules that a hash stands for."""
    found = await database.read(select(RulesRow).where(col(RulesRow.hash) == rules_hash))
    return found[0].text if found else None


def _same(column: Mapped[str], asked: str | None) -> tuple[ColumnElement[bool], ...]:
    return () if asked is None else (column == asked,)


def _page(rows: Sequence[Found], limit: int, place_of: Callable[[Found], Place]) -> Page[Found]:
    shown = rows[:limit]
    return Page(shown, place_of(shown[-1]) if len(rows) > limit else None)


def _number(after: Place | None) -> int:
    try:
        return int(after[0]) if after else 0
    except ValueError:
        raise _strange_place() from None


def _moment_and_id(after: Place) -> tuple[datetime, str]:
    try:
        moment, name = after
        return datetime.fromisoformat(moment), name
    except ValueError:
        raise _strange_place() from None


def _strange_place() -> BadInput:
    return BadInput("the page to go on from is not one of this list")
