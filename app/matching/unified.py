"""The matcher as the house holds it: one registry that grows while it runs, one answer for everybody."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence

from app.domain.leagues import LEAGUES, League, LeagueCode, find_league
from app.domain.teams import MatchContext, Resolution, Team, TeamId, TeamMatch
from app.errors import BadInput
from app.matching.matcher import match_teams, resolve_team
from app.matching.registry import Registry

log = logging.getLogger(__name__)


class TeamMatcher:
    """Answers for one registry version at a time; a refresh swaps the registry whole."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self._untaught = registry  # the same without the names that people have taught
        self._taught: frozenset[tuple[TeamId, str]] = frozenset()
        self._is_warm = False
        self._growing = asyncio.Lock()

    def match(self, target: str, candidate: str, sport: str, context: MatchContext | None = None) -> TeamMatch:
        """Are two names one team? Raises BadInput for a sport that does not exist."""
        found = match_teams(self.registry, target, candidate, league_named(sport), context)
        log.debug(
            "Team match: '%s' vs '%s' -> %s (confidence: %.2f)", target, candidate, found.is_match, found.confidence
        )
        return found

    def resolve(self, name: str, sport: str, context: MatchContext | None = None) -> Resolution:
        """The team a name means among all teams of the sport, or the candidates when several answer to it."""
        return resolve_team(self.registry, name, league_named(sport), context)

    def bearers(self, name: str, sport: str) -> Sequence[Team]:
        """The teams of the sport that this very name is known for; likeness counts for nothing here."""
        index = self.registry.index(league_named(sport).pool)
        return index.exact(index.read(name))[1]

    def key(self, name: str, sport: str) -> str:
        """Equal for two spellings that count as one name in this sport."""
        return self.registry.index(league_named(sport).pool).read(name).key

    def warm(self) -> None:
        """Index every pool now, and from now on whatever is learned, so that no question has to wait for it; about a
        second, and 70 MB."""
        self.registry.warm()
        self._is_warm = True

    async def learn_teams(self, teams: Iterable[Team]) -> Sequence[Team]:
        """Take in teams of the score source that are new or renamed, and give them back as the registry has them now;
        nothing that was known is lost."""
        news = {team.id: team for team in teams if self._is_news(team)}
        if news:
            async with self._growing:
                self._untaught = await asyncio.to_thread(self._untaught.with_teams, news.values())
                await self._swap(lambda: self.registry.with_teams(news.values()))
        return [team for team_id in news if (team := self.registry.team(team_id)) is not None]

    async def know_names(self, names: Iterable[tuple[TeamId, str]]) -> None:
        """These, and no others, are the names that people have taught: new ones are learned, missing ones forgotten."""
        taught = tuple(dict.fromkeys(names))
        async with self._growing:
            is_kept = self._taught.issubset(taught)  # a pair may be known before its team is: so it is tried again
            await self._swap(lambda: (self.registry if is_kept else self._untaught).with_names(taught))
            self._taught = frozenset(taught)

    def _is_news(self, team: Team) -> bool:
        """By any name ever told: boards that call a team differently must not rename it back and forth."""
        known = self.registry.team(team.id)
        return known is None or (team.name != known.name and team.name not in known.names)

    async def _swap(self, change: Callable[[], Registry]) -> None:
        """Another registry in the place of this one, its pools indexed in a thread: the loop goes on meanwhile."""
        self.registry = await asyncio.to_thread(self._changed, change)

    def _changed(self, change: Callable[[], Registry]) -> Registry:
        changed = change()
        if self._is_warm and changed is not self.registry:
            changed.warm()
        return changed


def league_named(sport: str) -> League:
    """The league of a `sport` as people write it. Raises BadInput naming those that exist."""
    league = find_league(sport)
    if league is None:
        known = ", ".join(sorted(LEAGUES))
        raise BadInput(f"there is no sport '{sport[:40]}'", remedy=f"Use one of: {known} (cfb and cbb work too).")
    return league


def league_code(sport: str) -> LeagueCode:
    """As `league_named`, only the code."""
    return league_named(sport).code
