"""What may be taught: a name that can be compared, of a team that is certain, and that means nobody else."""

import pytest

from app.domain.teams import Team, TeamId
from app.errors import BadInput, Conflict
from app.matching.lessons import check_name, read_taught, team_meant, team_with_id
from app.matching.registry import Registry
from app.matching.unified import TeamMatcher

CELTICS = TeamId("nba:2")


@pytest.fixture(scope="module")
def matching() -> TeamMatcher:
    return TeamMatcher(Registry.load())


@pytest.fixture
def celtics(matching: TeamMatcher) -> Team:
    return team_with_id(matching, "nba", CELTICS)


def test_a_new_name_is_kept_in_single_spaces(matching: TeamMatcher, celtics: Team) -> None:
    assert check_name(matching, "nba", celtics, "  The \n Shamrocks ") == "The Shamrocks"
    assert check_name(matching, "NBA", celtics, "Celtics") == "Celtics"  # its own already: no harm


@pytest.mark.parametrize("name", ["Lakers", "the lakers!", "Lakers (LA)", "NBA Lakers"])
def test_a_name_of_another_team_is_not_taken(matching: TeamMatcher, celtics: Team, name: str) -> None:
    with pytest.raises(Conflict, match="Los Angeles Lakers"):
        check_name(matching, "nba", celtics, name)


@pytest.mark.parametrize("name", ["", " ", ".", "C", "Кельтик", "C's\0", "C's \u202e", "x" * 201, "\ud800ab"])
def test_a_name_that_cannot_be_compared_or_kept_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match="a name must"):
        read_taught(name)


@pytest.mark.parametrize("team", ["nba:2", "Boston Celtics", "Celtics", "BOS"])
def test_a_team_is_meant_by_its_id_or_by_name(matching: TeamMatcher, team: str) -> None:
    assert team_meant(matching, "nba", team).id == CELTICS


@pytest.mark.parametrize(
    ("team", "words"),
    [
        ("Los Angeles", "could be"),
        ("Nowhere United", "no team"),
        ("nba:99999", "no team"),
        ("nfl:2", "no team"),
        ("Bostn Celtcs", r"could be Boston Celtics \(nba:2\)"),
    ],
)
def test_a_team_that_is_not_certain_is_refused(matching: TeamMatcher, team: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        team_meant(matching, "nba", team)
    with pytest.raises(BadInput, match="no sport"):
        team_meant(matching, "chess", team)
