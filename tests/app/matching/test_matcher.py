"""The unified matcher: cases that people know the answer to, and laws that hold for all names."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.leagues import LEAGUES, League, LeagueCode, Pool
from app.matching.matcher import match_teams, resolve_team
from app.matching.registry import Registry

UNTIMED = settings(deadline=None)  # the first call in a pool builds its index
REGISTRY = Registry.load()
LEAGUE_OF = {league.pool: league for league in LEAGUES.values()}
TEAM_NAMES = [
    (LEAGUE_OF[Pool(pool)], name)
    for pool in ("nba", "nfl", "mlb", "nhl", "ncaab", "ncaaf", "soccer")
    for team in REGISTRY.teams(Pool(pool))
    for name in (team.name, team.location, team.nickname, *team.names)
    if name
]


def league(code: str) -> League:
    return LEAGUES[LeagueCode(code)]


SAME = (
    ("nba", "Celtics", "Boston Celtics"),
    ("nba", "Los Angeles L", "LAL"),
    ("nba", "Golden State", "GSW"),
    ("nba", "PHX Suns", "Phoenix"),
    ("nba", "Sixers", "Philadelphia 76ers"),
    ("nba", "Cleveland Cavs", "Cleveland Cavaliers"),
    ("nfl", "New York J", "Jets"),
    ("nfl", "JAC Jaguars", "Jacksonville"),
    ("nhl", "TB Lightning", "Tampa Bay"),
    ("nhl", "Utah Hockey Club", "Utah Mammoth"),
    ("mlb", "Chicago WS", "White Sox"),
    ("mlb", "A's", "Athletics"),
    ("ncaab", "Notre Dame", "Notre Dame Fighting Irish"),
    ("ncaab", "UNC", "North Carolina Tar Heels"),
    ("ncaab", "N Carolina A&T", "North Carolina A&T Aggies"),
    ("ncaab", "Miami-Ohio", "Miami (OH) RedHawks"),
    ("ncaab", "Cent. Arkansas", "Central Arkansas Bears"),
    ("ncaab", "Miss Valley St", "Mississippi Valley State"),
    ("ncaab", "St. John's (NY)", "Saint John's Red Storm"),
    ("ncaab", "Cal St Nrthrge", "CSUN"),
    ("ncaab", "DRK", "Drake Bulldogs"),
    ("ncaab", "wichitastate", "Wichita State Shockers"),
    ("ncaaf", "Ole Miss", "Mississippi Rebels"),
    ("ncaaf", "Northwestern", "Northwestern Wildcats"),
    ("ncaaf", "Troy", "Troy Trojans"),
    ("ncaab", "Saint Mary's (California)", "Saint Mary's Gaels"),
    ("ncaaw", "Duke Women", "Duke Blue Devils"),
    ("soccer", "Man Utd", "Manchester United"),
    ("soccer", "Man C", "Manchester City"),
    ("soccer", "Bayern München", "Bayern Munich"),
    ("soccer", "Bayern Muenchen", "FC Bayern"),
    ("soccer", "1. FC Köln", "FC Cologne"),
    ("soccer", "Internazionale Milano", "Inter"),
    ("soccer", "Ajax - Netherlands", "AFC Ajax"),
    ("soccer", "Villareal", "Villarreal CF"),
    ("soccer", "Lillestrøm Sportsklubb", "Lillestrom"),
    ("soccer", "Spain U-21", "Spain U21"),
    ("soccer", "Jong Ajax", "Ajax II"),
    ("soccer", "Independiente (Argentina)", "Independiente"),
    ("soccer", "San Martin (Tuc)", "San Martín (Tucumán)"),
    ("soccer", "Arsenal (ARG)", "Arsenal de Sarandí"),
    ("soccer", "Rangers (Chile)", "Rangers de Talca"),
    ("soccer", "Cerro P", "Cerro Porteño"),
    ("soccer", "Dinamo Zagreb (YUG)", "Dinamo Zagreb"),
    ("soccer", "Japan National Team", "Japan"),
    ("mls", "POR", "Portland Timbers"),
    ("worldcup", "POR", "Portugal"),
    ("mls", "Houston", "Houston Dynamo FC"),
    ("nwsl", "Houston", "Houston Dash"),
    ("mls", "Charleston", "Charleston Battery"),
    ("laliga", "MAD", "Real Madrid"),
    ("epl", "Wolves", "Wolverhampton Wanderers"),
    ("tennis", "A. Zverev", "Alexander Zverev"),
    ("tennis", "Davidovich Fokina", "A. Davidovich Fokina"),
    ("tennis", "Fils", "Arthur Fils"),
    ("ufc", "O'Malley", "Sean O'Malley"),
    ("ufc", 'Jon "Bones" Jones', "Jon Jones"),
    ("lol", "Vitality", "Team Vitality"),
)
NOT_THE_SAME = (
    ("ncaaf", "Miami", "Miami (OH)"),
    ("nfl", "Giants", "San Francisco Giants"),
    ("nfl", "New York Giants", "San Francisco Giants"),
    ("nba", "Lakers", "Clippers"),
    ("nba", "LA", "Lakers"),
    ("ncaab", "Tigers", "Auburn Tigers"),
    ("ncaab", "Michigan", "Michigan State"),
    ("ncaab", "Northern Michigan", "Michigan"),
    ("ncaab", "Loyola Chicago", "Loyola Marymount"),
    ("ncaab", "Duke", "Duke Women"),
    ("ncaab", "UConn (W)", "UConn Huskies"),
    ("ncaab", "Lady Vols", "Tennessee Volunteers"),
    ("nfl", "Buffalo Bulls", "Buffalo Bills"),
    ("ncaab", "Florida Panthers", "Florida International Panthers"),
    ("ncaaf", "Wheaton (MA)", "Wheaton (IL)"),
    ("ncaaf", "Buffalo State", "Buffalo Bulls"),
    ("ncaab", "Saint Mary's (MN)", "Saint Mary's Gaels"),
    ("ncaaf", "St. Thomas (TX)", "St. Thomas Tommies"),
    ("soccer", "Arsenal", "Arsenal Women"),
    ("soccer", "Sheffield Women", "Sheffield Wednesday"),
    ("soccer", "Manchester B", "Manchester City"),
    ("soccer", "Villarreal", "Villarreal B"),
    ("soccer", "Spain", "Spain U21"),
    ("soccer", "Spain U20", "Spain U21"),
    ("soccer", "Real Sociedad", "Real Sociedad II"),
    ("soccer", "Manchester City", "Manchester United"),
    ("soccer", "Inter Miami", "Inter Milan"),
    ("soccer", "Kobe", "København"),
    ("soccer", "Real Nowhere", "Real Madrid"),
    ("soccer", "Liverpool (URU)", "Liverpool"),
    ("soccer", "Al Nassr (UAE)", "Al Nassr"),
    ("soccer", "Oxford City", "Oxford United"),
    ("soccer", "FSV Frankfurt", "Eintracht Frankfurt"),
    ("soccer", "Real Madrid Femenino", "Madrid CFF"),
    ("soccer", "Hapoel Tel Aviv", "Maccabi Tel Aviv"),
    ("soccer", "Al Wahda", "Al Wehda"),
    ("ligue1", "PFC", "Tahiti"),
    ("soccer", "Real Madrid Castilla", "Real Madrid"),
    ("soccer", "Chievo Verona", "Hellas Verona"),
    ("soccer", "Ajax", "Jong Ajax"),
    ("ufc", "Alexander Volkov", "Alexander Volkanovski"),
)
AMBIGUOUS = (
    ("ncaab", "Tigers"),
    ("ncaab", "Miami"),
    ("ncaab", "Loyola"),
    ("nba", "LA"),
    ("nfl", "New York"),
    ("mlb", "Sox"),
    ("soccer", "Manchester"),
    ("soccer", "FCB"),
    ("soccer", "Red Star"),
    ("soccer", "AFC"),
    ("soccer", "Andorra"),
    ("ncaaf", "Bethel"),
)


@pytest.mark.parametrize(("code", "target", "candidate"), SAME)
def test_same_team(registry: Registry, code: str, target: str, candidate: str) -> None:
    found = match_teams(registry, target, candidate, league(code))
    assert found.is_match, found.reasons
    assert found.target_team == found.candidate_team


@pytest.mark.parametrize(("code", "target", "candidate"), NOT_THE_SAME)
def test_not_the_same_team(registry: Registry, code: str, target: str, candidate: str) -> None:
    found = match_teams(registry, target, candidate, league(code))
    assert not found.is_match
    assert found.reasons


@pytest.mark.parametrize(("code", "name"), AMBIGUOUS)
def test_ambiguous_names_name_their_candidates(registry: Registry, code: str, name: str) -> None:
    found = resolve_team(registry, name, league(code))
    assert found.team is None
    assert len(found.candidates) > 1
    assert found.reasons[0].finding == "unknown"


def test_a_nickname_is_as_good_as_the_name(registry: Registry) -> None:
    assert match_teams(registry, "Celtics", "Boston Celtics", league("nba")).confidence >= 0.90


def test_a_team_of_another_sport_is_named_in_the_reasons(registry: Registry) -> None:
    found = resolve_team(registry, "San Francisco Giants", league("nfl"))
    assert any(reason.field == "league" and "mlb" in reason.detail for reason in found.reasons)


def test_strangers_match_only_when_nearly_equal(registry: Registry) -> None:
    same = match_teams(registry, "Kalkstadt Kickers", "KALKSTADT KICKERS", league("soccer"))
    assert same.is_match
    assert same.method == "fuzzy"
    assert same.confidence <= 0.6
    assert not match_teams(registry, "Kalkstadt Kickers", "Kalkstadt Rovers", league("soccer")).is_match
    assert not match_teams(registry, "Kalkstadt Kickers", "Kalkstadt Kickers U21", league("soccer")).is_match


@pytest.mark.parametrize("name", ["", "   ", "()", "!!!", "東京", "the", "x" * 5_000, "a " * 2_000])
def test_odd_names_resolve_to_nothing(registry: Registry, name: str) -> None:
    assert resolve_team(registry, name, league("soccer")).team is None
    assert not match_teams(registry, name, "Arsenal", league("soccer")).is_match


@UNTIMED
@given(st.sampled_from(TEAM_NAMES), st.sampled_from(TEAM_NAMES))
def test_matching_is_symmetric(one: tuple[League, str], other: tuple[League, str]) -> None:
    there = match_teams(REGISTRY, one[1], other[1], one[0])
    back = match_teams(REGISTRY, other[1], one[1], one[0])
    assert (there.is_match, there.confidence) == (back.is_match, back.confidence)
    assert there.target_team == back.candidate_team


@UNTIMED
@given(st.sampled_from(TEAM_NAMES))
def test_a_resolvable_name_matches_itself(named: tuple[League, str]) -> None:
    found = resolve_team(REGISTRY, named[1], named[0])
    assert match_teams(REGISTRY, named[1], named[1], named[0]).is_match == (found.team is not None)


@UNTIMED
@given(st.sampled_from(TEAM_NAMES), st.sampled_from([str.upper, str.lower, str.title]), st.sampled_from("., -_!"))
def test_case_and_punctuation_do_not_matter(named: tuple[League, str], change, mark: str) -> None:
    where, name = named
    plain = resolve_team(REGISTRY, name, where)
    assert resolve_team(REGISTRY, change(name), where).team == plain.team
    assert resolve_team(REGISTRY, f"{mark} {name} {mark}", where).team == plain.team


@UNTIMED
@given(st.sampled_from(TEAM_NAMES), st.text(max_size=40))
def test_any_text_gets_an_answer(named: tuple[League, str], text: str) -> None:
    found = match_teams(REGISTRY, named[1], text, named[0])
    assert 0.0 <= found.confidence <= 1.0


def test_a_mere_beginning_is_no_name_that_lacks_affixes(registry: Registry) -> None:
    found = resolve_team(registry, "FK Borac", league("soccer"))
    assert found.team is not None
    assert found.team.name == "Borac Banja Luka"
    assert found.method == "fuzzy"
    assert found.confidence < 0.8


@pytest.mark.parametrize("text", ["Boston " + "Celtic " * 12, "Boston Celtic" + "s" * 120])
def test_a_text_too_long_for_a_name_is_not_tried_by_likeness(text: str) -> None:
    found = resolve_team(REGISTRY, text, league("nba"))
    assert (found.team, found.candidates) == (None, ())
    assert "too long" in found.reasons[0].detail


def test_no_name_of_a_team_resolves_to_another(registry: Registry) -> None:
    for pool in LEAGUE_OF:
        for team in registry.teams(pool):
            for name in (team.name, team.location, team.nickname, team.abbreviation, *team.names):
                found = resolve_team(registry, name, LEAGUE_OF[pool]) if name else None
                if found and found.team:
                    assert found.team.id == team.id, name


def test_one_slip_of_the_pen_is_mended(registry: Registry) -> None:
    found = resolve_team(registry, "Milwall", league("soccer"))
    assert found.team is not None
    assert found.team.name == "Millwall"
    assert found.confidence < 0.95
    assert resolve_team(registry, "USWNT", league("worldcup")).team is None  # a code is not misspelt
