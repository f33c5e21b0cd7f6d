"""Context decides ambiguous names, and only those."""

import pytest

from app.domain.leagues import LEAGUES, League, LeagueCode
from app.domain.teams import MatchContext, TeamId
from app.matching.matcher import match_teams, resolve_team
from app.matching.registry import Registry


def league(code: str) -> League:
    return LEAGUES[LeagueCode(code)]


DECIDED = (
    ("ncaab", "Miami", MatchContext(opponent="Duke", matched_side="Miami Hurricanes"), "ncaab:2390"),
    ("ncaab", "Miami", MatchContext(opponent="Miami (OH)"), "ncaab:2390"),
    ("ncaab", "Miami", MatchContext(matched_side="Miami RedHawks"), "ncaab:193"),
    ("nba", "LA", MatchContext(opponent="Lakers"), "nba:12"),
    ("nfl", "New York", MatchContext(matched_side="Jets"), "nfl:20"),
)
UNDECIDED = (
    ("ncaab", "Miami", MatchContext(opponent="Duke")),
    ("ncaab", "Miami", MatchContext(matched_side="Duke")),
    ("ncaab", "Tigers", MatchContext(opponent="Auburn Tigers")),
    ("ncaab", "Tigers", MatchContext(matched_side="Tigers")),
)


@pytest.mark.parametrize(("code", "name", "context", "team_id"), DECIDED)
def test_context_decides(registry: Registry, code: str, name: str, context: MatchContext, team_id: str) -> None:
    found = resolve_team(registry, name, league(code), context)
    assert found.team is not None
    assert found.team.id == team_id
    assert found.method == "context"
    assert any(reason.field in ("opponent", "matched_side") for reason in found.reasons)


@pytest.mark.parametrize(("code", "name", "context"), UNDECIDED)
def test_context_that_says_too_little_leaves_it_open(
    registry: Registry, code: str, name: str, context: MatchContext
) -> None:
    found = resolve_team(registry, name, league(code), context)
    assert found.team is None
    assert len(found.candidates) > 1


def test_context_decides_a_match(registry: Registry) -> None:
    context = MatchContext(opponent="Duke", matched_side="Miami Hurricanes")
    found = match_teams(registry, "Miami", "Miami Hurricanes", league("ncaab"), context)
    assert found.is_match
    assert found.method == "context"


def test_context_never_overrules_a_clear_name(registry: Registry) -> None:
    found = resolve_team(registry, "Lakers", league("nba"), MatchContext(matched_side="Celtics"))
    assert found.team is not None
    assert found.team.id == "nba:13"


def test_a_team_does_not_play_itself(registry: Registry) -> None:
    found = resolve_team(registry, "Lakers", league("nba"), MatchContext(opponent="Los Angeles Lakers"))
    assert found.team is None


def test_a_context_of_another_sport_refuses(registry: Registry) -> None:
    found = resolve_team(registry, "Giants", league("nfl"), MatchContext(league=LeagueCode("mlb")))
    assert found.team is None
    assert found.reasons[-1].field == "league"


def test_among_restricts_what_can_be_meant(registry: Registry) -> None:
    knicks, celtics = registry.team(TeamId("nba:18")), registry.team(TeamId("nba:2"))
    jets = registry.team(TeamId("nfl:20"))
    assert knicks is not None
    assert celtics is not None
    assert jets is not None
    assert resolve_team(registry, "Boston", league("nba"), among=[knicks, celtics]).team == celtics
    assert resolve_team(registry, "Lakers", league("nba"), among=[knicks, celtics]).team is None
    assert resolve_team(registry, "New York", league("nfl"), among=[jets]).team == jets
    assert resolve_team(registry, "Tigers", league("nba"), among=[knicks, celtics]).team is None


def test_an_unknown_club_is_not_taken_for_one_of_the_two_that_play(registry: Registry) -> None:
    madrid, valencia = registry.team(TeamId("soccer:86")), registry.team(TeamId("soccer:94"))
    assert madrid is not None
    assert valencia is not None
    assert resolve_team(registry, "Real Nowhere", league("laliga"), among=[madrid, valencia]).team is None
