"""Recordings of whole games: pages of the score source with their plays, tables of Kalshi's minute candles. Of a game
that has both each play is a moment; of one that has only candles nobody knows the score, and the market speaks alone.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from app.analytics.models.studies import Moment, StudiedGame
from app.domain.games import Game
from app.domain.leagues import LEAGUES, LeagueCode
from app.domain.prices import SECOND, Nanos
from app.domain.teams import TeamId
from app.errors import BadInput, PayloadRefused
from app.harvests.candles import Candles, read_candles
from app.harvests.valuations import came_of, moment_of_game, name_of
from app.matching.matcher import resolve_team
from app.matching.registry import Registry
from app.sources.espn.plays import Play, plays_from

SUMMARIES, TABLES = "**/summaries/*.md", "**/*candles*/*.csv"
_FENCED = re.compile(r"```(?:json)?\n(.*?)```", re.DOTALL)
_PATH = re.compile(r"/sports/[a-z-]+/([a-z0-9.-]+)/summary")
LASTS = 9_900  # seconds that a game is played, at most: before its last trade
BEFORE = 3_600  # seconds before its first play in which the market's last price is its price before the start
Key = tuple[LeagueCode, str, TeamId]  # league, Eastern day, home side

Harvest = Mapping[LeagueCode, tuple[StudiedGame, ...]]


def recorded_games(folder: Path, registry: Registry) -> Harvest:
    """Every game of a folder of recordings, by league. Raises BadInput where there is none."""
    tables = (read_candles(path, registry) for path in sorted(folder.glob(TABLES)))
    candles = {_key(each): each for each in tables}
    found: dict[LeagueCode, list[StudiedGame]] = {}
    for game, plays in _summaries(folder):
        key = (game.league, game.eastern_date.isoformat(), _home_of(game, registry))
        studied = _played(game, plays, candles.pop(key, None))
        if studied is not None:
            found.setdefault(game.league, []).append(studied)
    for each in candles.values():
        alone = _of_market(each, registry)
        if alone is not None:
            found.setdefault(each.league, []).append(alone)
    if not found:
        raise BadInput(
            f"there is no recording of a whole game in {folder}", remedy="Name the folder of `espn` and `tape`."
        )
    return {league: tuple(games) for league, games in sorted(found.items())}


def _summaries(folder: Path) -> Iterator[tuple[Game, Iterable[Play]]]:
    """Pages of games that are over; others, and what is none, are left out."""
    for path in sorted(folder.glob(SUMMARIES)):
        written = path.read_text(encoding="utf-8")
        league, fenced = _PATH.search(written), _FENCED.search(written)
        if league is None or fenced is None or league[1] not in LEAGUES:
            continue
        try:
            game, plays = plays_from(fenced[1].encode(), LeagueCode(league[1]))
        except PayloadRefused:
            continue
        if game.status == "final":
            yield game, plays


def _played(game: Game, plays: Iterable[Play], candles: Candles | None) -> StudiedGame | None:
    came, told = came_of(game), sorted(plays, key=lambda play: play.at)
    if came is None or not told:
        return None
    begins = told[0].at.timestamp()
    pregame = None if candles is None else _last_before(candles, begins)
    moments = []
    for play in told:
        at = play.at.timestamp()
        market = None if candles is None else candles.at(at)
        moment = moment_of_game(play.game, Nanos(round(at * SECOND)), pregame, market, play.chance)
        if moment is not None:
            moments.append(moment)
    start = round(game.start.timestamp() * SECOND)
    return StudiedGame(game.id, name_of(game), start, *came, "recordings", tuple(moments))


def _last_before(candles: Candles, begins: float) -> float | None:
    told = [close for end, close in zip(candles.ends, candles.closes, strict=True) if begins - BEFORE <= end <= begins]
    return told[-1] if told else None


def _of_market(candles: Candles, registry: Registry) -> StudiedGame | None:
    if candles.came is None:
        return None
    told = zip(candles.ends, candles.closes, strict=True)
    begins = candles.ends[-1] - LASTS
    moments = tuple(Moment(end * SECOND, (), close) for end, close in told if begins <= end < candles.ends[-1])
    name = " at ".join(_called(side, registry) for side in (candles.away, candles.home))
    game_id = f"kalshi:{candles.day}:{candles.home}"
    return StudiedGame(game_id, name, begins * SECOND, candles.came, False, "recordings", moments)


def _called(team_id: TeamId, registry: Registry) -> str:
    team = registry.team(team_id)
    return team_id if team is None else team.name


def _home_of(game: Game, registry: Registry) -> TeamId:
    found = resolve_team(registry, game.home.name, LEAGUES[game.league]).team
    return game.home.id if found is None else found.id


def _key(candles: Candles) -> Key:
    return candles.league, candles.day.isoformat(), candles.home
