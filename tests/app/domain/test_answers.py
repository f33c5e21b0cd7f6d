"""What the matcher says comes out of its JSON as it went in."""

import json

import pytest

from app.domain.answers import decode_match, encode_match, encode_resolution
from app.domain.leagues import Pool
from app.domain.teams import Reason, Resolution, Team, TeamId, TeamMatch

CELTICS = Team(TeamId("nba:2"), Pool("nba"), "Boston Celtics", "Boston", "Celtics", "BOS")
ATLETICO = Team(TeamId("soccer:1068"), Pool("soccer"), 'Atlético "Madrid"', "Madrid", "", "ATM")
REASON = Reason("team", "agrees", "both are Boston Celtics")

VERDICTS = [
    TeamMatch(True, 0.98, "alias", CELTICS, CELTICS, (REASON,)),
    TeamMatch(False, 1.0, "none", CELTICS, ATLETICO, (REASON, Reason("league", "differs", "🏀\u202e\u0000"))),
    TeamMatch(False, 0.5, "none", None, CELTICS, (), (CELTICS, ATLETICO)),
    TeamMatch(False, 0.0, "none", None, None),
]


@pytest.mark.parametrize("found", VERDICTS)
def test_a_verdict_is_heard_as_it_was_said(found: TeamMatch) -> None:
    assert decode_match(encode_match(found)) == found


def test_further_names_of_a_team_stay_at_home() -> None:
    known = Team(CELTICS.id, CELTICS.pool, "Boston Celtics", "Boston", "Celtics", "BOS", ("C's",))
    said = json.loads(encode_match(TeamMatch(True, 1.0, "exact", known, known)))
    assert said["target_team"] == {
        "id": "nba:2",
        "name": "Boston Celtics",
        "location": "Boston",
        "nickname": "Celtics",
        "abbreviation": "BOS",
    }


def test_what_a_name_means_in_json() -> None:
    found = Resolution("Celtics", CELTICS, 0.98, "alias", (CELTICS,), (REASON,))
    said = json.loads(encode_resolution(found))
    assert list(said) == ["query", "team", "confidence", "method", "candidates", "reasons"]
    assert said["team"] == said["candidates"][0]
    assert said["reasons"] == [{"field": "team", "finding": "agrees", "detail": "both are Boston Celtics"}]
