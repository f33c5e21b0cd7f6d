"""Polymarket's market types."""

import pytest

from app.domain.leagues import LEAGUES, LeagueCode
from app.venues.polymarket.kinds import MarketType, read_type

TYPES = [  # type, league, line, topic, kind, scope
    ("moneyline", "nba", None, "game", "moneyline", "game"),
    ("moneyline", "epl", None, "game", "moneyline", "regulation"),
    ("spreads", "mls", -1.5, "game", "spread", "regulation"),
    ("totals", "nfl", 44.5, "game", "total", "game"),
    ("first_half_moneyline", "nba", None, "game", "moneyline", "1h"),
    ("first_half_spreads", "nba", 2.5, "game", "spread", "1h"),
    ("first_half_totals", "epl", 1.5, "game", "total", "1h"),
    ("second_half_totals", "nba", 110.5, "game", "total", "2h"),
    ("first_quarter_totals", "nba", 55.5, "game", "total", "q1"),
    ("team_totals", "nba", 110.5, "game", "team_total", "game"),
    ("soccer_team_totals", "epl", 1.5, "game", "team_total", "regulation"),
    ("soccer_halftime_result", "epl", None, "game", "moneyline", "1h"),
    ("both_teams_to_score", "epl", None, "game", "both_to_score", "regulation"),
    ("baseball_team_first_five_winner", "mlb", None, "game", "moneyline", "f5"),
    ("tennis_first_set_winner", "tennis", None, "game", "moneyline", "s1"),
    ("tennis_set_winner", "tennis", 2, "game", "moneyline", "s2"),
    ("tennis_set_winner", "tennis", 7, "part", None, None),
    ("tennis_set_winner", "tennis", None, "part", None, None),
    ("tennis_match_totals", "tennis", 21.5, "game", "total", "game"),
    ("tennis_set_totals", "tennis", 2.5, "prop", None, None),
    ("tennis_set_handicap", "tennis", -1.5, "prop", None, None),
    ("tennis_completed_match", "tennis", None, "prop", None, None),
    ("points", "nba", 26.5, "prop", None, None),
    ("rebounds", "nba", 8.5, "prop", None, None),
    ("assists", "nba", 2.5, "prop", None, None),
    ("soccer_player_goals", "epl", 0.5, "prop", None, None),
    ("total_corners", "epl", 9.5, "prop", None, None),
    ("nrfi", "mlb", None, "prop", None, None),
    ("child_moneyline", "lol", None, "part", None, None),
    ("map_handicap", "cs2", -1.5, "part", None, None),
    ("soccer_team_to_advance", "ucl", None, "advance", None, None),
    ("never_seen", "nba", None, "unknown_type", None, None),
    ("q1_totals", "nfl", 10.5, "game", "total", "q1"),
    ("q4_moneyline", "nfl", None, "game", "moneyline", "q4"),
    ("first_half_team_totals", "nfl", 6.5, "game", "team_total", "1h"),
    ("second_half_spreads", "ncaaf", -3.5, "game", "spread", "2h"),
    ("both_teams_to_score_first_half", "mls", None, "game", "both_to_score", "1h"),
    ("baseball_team_first_five_total", "mlb", 4.5, "game", "total", "f5"),
    ("baseball_team_inning1_winner", "mlb", None, "part", None, None),
    ("baseball_team_first_inning_run", "mlb", 0.5, "prop", None, None),
    ("baseball_game_extra_innings", "mlb", None, "prop", None, None),
    ("baseball_player_hits_runs_rbis", "mlb", 1.5, "prop", None, None),
    ("anytime_touchdowns", "nfl", None, "prop", None, None),
    ("first_touchdowns", "nfl", None, "prop", None, None),
    ("exact_margin", "nfl", None, "prop", None, None),
    ("two_point_conversions", "nfl", 0.5, "prop", None, None),
    ("soccer_first_to_score", "epl", None, "prop", None, None),
    ("soccer_exact_score", "epl", None, "prop", None, None),
    ("ufc_go_the_distance", "ufc", None, "prop", None, None),
    ("totals", "ufc", 2.5, "prop", None, None),  # of rounds, it seems; of maps in esports
    ("totals", "cs2", 2.5, "prop", None, None),
    ("tennis_set_games_totals", "tennis", 9.5, "part", None, None),  # no slug says which set
]


@pytest.mark.parametrize(("name", "league", "line", "topic", "kind", "scope"), TYPES)
def test_a_type(name: str, league: str, line: float | None, topic: str, kind: str | None, scope: str | None) -> None:
    read = read_type(name, LEAGUES[LeagueCode(league)], line)
    assert (read.topic, read.kind, read.scope) == (topic, kind, scope)


def test_without_a_league_a_game_is_a_game() -> None:
    assert read_type("moneyline", None) == MarketType("game", "moneyline", "game")


@pytest.mark.parametrize(
    ("part", "scope"), [("set-2-total-8pt5", "s2"), ("set-5-total-8pt5", None), ("total-8pt5", None)]
)
def test_the_slug_says_which_set_the_games_are_counted_in(part: str, scope: str | None) -> None:
    read = read_type("tennis_set_games_totals", LEAGUES[LeagueCode("tennis")], 8.5, part)
    assert (read.kind, read.scope) == (("total", scope) if scope else (None, None))
