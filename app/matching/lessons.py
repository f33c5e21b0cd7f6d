"""What people may teach the matcher: a further name of a team, unless it means another one already."""

from collections.abc import Sequence

from app.domain.leagues import find_league
from app.domain.questions import LONGEST_NAME, SPACES, is_readable
from app.domain.teams import Method, Team, TeamId
from app.errors import BadInput, Conflict
from app.matching.names import fold
from app.matching.unified import TeamMatcher, league_named

LEAST_LETTERS = 2
KNOWN_BY: frozenset[Method] = frozenset({"exact", "alias"})  # the registry, not likeness

_TEAM_REMEDY = "Ask POST /match/resolve, or `crosscourt match`, for the team, and give its id."


def check_name(matching: TeamMatcher, sport: str, team: Team, name: str) -> str:
    """The name as it is kept, when it may be taught as one of the team's.

    Raises BadInput for a name that cannot be compared, and Conflict for one that means another team."""
    called = read_taught(name)
    others = [bearer for bearer in _bearers(matching, sport, called) if bearer.id != team.id]
    if others:
        raise Conflict(
            f"'{called}' already means {' and '.join(other.name for other in others[:5])}",
            remedy="Teach a longer name, or give a context (opponent, start) when you ask.",
        )
    return called


def read_taught(name: str) -> str:
    """The name in single spaces. Raises BadInput for one that cannot be kept or compared."""
    spaced = " ".join("".join(" " if each in SPACES else each for each in name).split())
    if len(spaced) > LONGEST_NAME:
        raise BadInput(f"a name must have at most {LONGEST_NAME} characters")
    if not is_readable(spaced):
        raise BadInput("a name must not have control or direction characters")
    if sum(each.isalnum() for each in fold(spaced)) < LEAST_LETTERS:
        raise BadInput("a name must have two letters or digits, as names are compared: in Latin letters")
    return spaced


def team_meant(matching: TeamMatcher, sport: str, team: str) -> Team:
    """The team of an id, or of a name. Raises BadInput when it is not certain."""
    pool = league_named(sport).pool
    if team.startswith(f"{pool}:"):
        return team_with_id(matching, sport, TeamId(team))
    found = matching.resolve(team, sport)
    if found.team is None or found.method not in KNOWN_BY:  # what is taught for good is not built on a likeness
        among = ", ".join(f"{each.name} ({each.id})" for each in ([found.team] if found.team else found.candidates[:8]))
        detail = f"'{team}' could be {among}" if among else f"no team of {sport} is called so: '{team}'"
        raise BadInput(detail, remedy=_TEAM_REMEDY)
    return found.team


def team_with_id(matching: TeamMatcher, sport: str, team_id: TeamId) -> Team:
    """Raises BadInput when the sport has no such team."""
    team = matching.registry.team(team_id)
    if team is None or team.pool != league_named(sport).pool:
        raise BadInput(f"there is no team {team_id} in {sport}", remedy=_TEAM_REMEDY)
    return team


def _bearers(matching: TeamMatcher, sport: str, name: str) -> Sequence[Team]:
    """Who is called so already: by this very name, with other affixes, or with the league beside it."""
    known = matching.bearers(name, sport)
    bare = " ".join(word for word in name.split() if find_league(word) is None)
    found = [matching.resolve(each, sport) for each in (name, bare) if each]
    return [*known, *(each.team for each in found if each.team and each.method in KNOWN_BY and each.team not in known)]
