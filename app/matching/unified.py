"""The matcher as the house holds it: one registry that grows while it runs, one answer for everybody."""

import logging
from collections.abc import Iterable, Sequence

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

    def warm(self) -> None:
        """Index every pool now, so that no question has to wait for it; about a second."""
        for league in LEAGUES.values():
            self.registry.index(league.pool)

    def learn_teams(self, teams: Iterable[Team]) -> int:
        """Take in teams of the score source that are new or renamed; nothing that was known is lost. How many."""
        news = [team for team in teams if self.registry.team(team.id) is None]
        if news:
            self.registry = self.registry.with_teams(news)
        return len(news)

    def learn_names(self, names: Iterable[tuple[TeamId, str]]) -> None:
        """Take in names that people have added."""
        self.registry = self.registry.with_names(names)


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
