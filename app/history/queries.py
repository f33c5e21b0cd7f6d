"""What is still known of a game that Redis has let go: as it was last told, and what was linked to it."""

from collections.abc import Collection, Mapping, Sequence

import msgspec
from sqlmodel import col, select

from app.domain.games import Game, GameId
from app.domain.leagues import Pool
from app.domain.links import Link
from app.domain.markets import ContractId
from app.domain.teams import Team, TeamId
from app.history.database import Database
from app.history.statements import proposition_of, reasons_of
from app.history.tables import GameRow, LinkRow
from app.history.upserts import storable


async def recorded_game(database: Database, game_id: GameId) -> Game | None:
    """The game as last told, its teams with no more than id and name."""
    if storable(game_id) != game_id:
        return None  # Postgres would refuse the question itself
    found = await database.read(select(GameRow).where(col(GameRow.id) == game_id))
    return _game(found[0]) if found else None


async def ended_games(database: Database, game_ids: Collection[GameId]) -> Mapping[GameId, Game]:
    """Those of these that have ended, with what they ended as."""
    asked = [game_id for game_id in game_ids if storable(game_id) == game_id]
    wanted = select(GameRow).where(col(GameRow.status) == "final", col(GameRow.id).in_(asked))
    return {GameId(row.id): _game(row) for row in await database.read(wanted)} if asked else {}


async def recorded_links(database: Database, game_id: GameId) -> Sequence[Link]:
    """Every contract's last link to the game, in the order they were first made."""
    wanted = select(LinkRow).where(col(LinkRow.game_id) == game_id).order_by(col(LinkRow.id))
    return [_link(row) for row in await database.read(wanted)]


async def recorded_contracts(database: Database, contract_ids: Collection[ContractId]) -> Mapping[ContractId, Link]:
    """The last link of each of these contracts; those that were never linked, or are not now, are absent."""
    asked = [contract_id for contract_id in contract_ids if storable(contract_id) == contract_id]
    wanted = select(LinkRow).where(col(LinkRow.contract_id).in_(asked)).order_by(col(LinkRow.last_seen))
    return {ContractId(row.contract_id): _link(row) for row in await database.read(wanted)} if asked else {}


def _game(row: GameRow) -> Game:
    told = {name: getattr(row, name) for name in Game.__struct_fields__ if name not in ("home", "away")}
    home, away = _team(row.home_team_id, row.home), _team(row.away_team_id, row.away)
    return msgspec.convert({**told, "home": home, "away": away}, Game)


def _team(team_id: str, name: str) -> Team:
    return Team(TeamId(team_id), Pool(team_id.partition(":")[0]), name)


def _link(row: LinkRow) -> Link:
    told = {name: getattr(row, name) for name in Link.__struct_fields__ if name in LinkRow.model_fields}
    ids = {"market_id": row.market_id or None, "contract_id": row.contract_id or None}
    said = {"proposition": proposition_of(row), "reasons": reasons_of(row.reasons)}
    return msgspec.convert({**told, **ids, **said}, Link)
