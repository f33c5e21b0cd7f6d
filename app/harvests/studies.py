"""Everything that is known of the games of each league, ready to be learned from."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain

from app.analytics.models.studies import StudiedGame, Study, World
from app.domain.games import Game, GameId
from app.domain.leagues import LEAGUES, LeagueCode
from app.domain.prices import SECOND
from app.harvests.tapes import Seen
from app.harvests.valuations import came_of, name_of

Harvest = Mapping[LeagueCode, Sequence[StudiedGame]]


def archived_games(seen: Mapping[GameId, Seen], ended: Mapping[GameId, Game]) -> Harvest:
    """Those that are over, by league. `ended`: as Postgres has them; what a tape told last counts for others."""
    found: dict[LeagueCode, list[StudiedGame]] = {}
    for game_id, each in seen.items():
        game = ended.get(game_id, each.last)
        came = came_of(game) or came_of(each.last)
        if came is not None and each.moments:
            start = round(game.start.timestamp() * SECOND)
            studied = StudiedGame(game_id, name_of(game), start, *came, "archive", each.thinned())
            found.setdefault(game.league, []).append(studied)
    return found


def studies_of(
    harvests: Iterable[Harvest], versions: Mapping[LeagueCode, int], world: World, made_at: datetime
) -> Sequence[Study]:
    """One for each league of which any game was seen, each game once: what the archive has comes first. `versions`: of
    the models that will come of them, 1 where none is named."""
    by_league: dict[LeagueCode, dict[str, StudiedGame]] = {}
    for league, games in chain.from_iterable(harvest.items() for harvest in harvests):
        for game in games:
            by_league.setdefault(league, {}).setdefault(game.id, game)
    return [
        Study(
            league=league,
            version=versions.get(league, 1),
            world=world,
            has_draw=LEAGUES[league].has_draw_outcome,
            made_at=made_at.isoformat(timespec="seconds"),
            games=tuple(games.values()),
        )
        for league, games in sorted(by_league.items())
    ]
