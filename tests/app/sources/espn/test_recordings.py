"""Real answers of ESPN: everything in them is read, or refused with its field."""

from collections import Counter
from pathlib import Path

import pytest

from app.domain.games import WinProbability
from app.domain.leagues import LeagueCode
from app.domain.parsing import parsed
from app.sources.espn.translate import games_from, summary_from, teams_page, win_probability_from

SCOREBOARDS = [  # file, league, games
    ("data/espn/scoreboards-2022/mlb.json", "mlb", 17),
    ("data/espn/scoreboards-2022/mls.json", "mls", 11),
    ("data/espn/scoreboards-2022/ncaaf.json", "ncaaf", 25),
    ("data/espn/scoreboards-2022/nfl.json", "nfl", 16),
    ("data/espn/scoreboards-2022/nhl.json", "nhl", 10),
    ("data/espn/soccer-all-2026-03-21/scoreboard_all_leagues.json", "soccer", 50),
    ("slates/mlb-wnba-2026-08-09/espn/baseball.mlb.json", "mlb", 15),
    ("slates/mlb-wnba-2026-08-09/espn/basketball.wnba.json", "wnba", 4),
]


@pytest.mark.parametrize(("file", "league", "count"), SCOREBOARDS)
def test_every_game_of_a_scoreboard_is_read(shared: Path, file: str, league: str, count: int) -> None:
    read = games_from((shared / file).read_bytes(), LeagueCode(league))
    assert (len(read.items), read.refused) == (count, ())


def test_a_board_of_all_sports_gives_each_league_its_own(shared: Path) -> None:
    payload = (shared / "data/espn/scoreboards-2022/all.json").read_bytes()
    counts = {}
    for league in ("nba", "mlb", "nhl", "soccer", "ufc", "tennis"):
        read = games_from(payload, LeagueCode(league))
        counts[league] = len(read.items)
        assert {refusal.field for refusal in read.refused} == {"uid"}
    assert counts == {"nba": 4, "mlb": 3, "nhl": 4, "soccer": 5, "ufc": 13, "tennis": 196}


def test_win_probabilities_are_found_where_the_model_has_them(shared: Path) -> None:
    games = games_from((shared / "data/espn/scoreboards-2022/nfl.json").read_bytes(), LeagueCode("nfl")).items
    known = [game.home_win_probability for game in games if game.home_win_probability is not None]
    assert len(known) == 8
    assert all(0 <= chance <= 1 for chance in known)


def test_soccer_of_one_day_finds_its_leagues_and_the_postponed_one(shared: Path) -> None:
    payload = (shared / "data/espn/soccer-all-2026-03-21/scoreboard_all_leagues.json").read_bytes()
    games = games_from(payload, LeagueCode("soccer")).items
    assert Counter(game.status for game in games) == {"final": 49, "postponed": 1}
    assert Counter(game.league for game in games)["mls"] == 10
    assert {game.home.pool for game in games} == {"soccer"}


def test_a_cup_is_followed_from_bracket_to_penalties(shared: Path) -> None:
    boards = sorted((shared / "data/tape/espn-worldcup-2026").glob("*.json"))
    reads = [games_from(board.read_bytes(), LeagueCode("worldcup")) for board in boards]
    assert [len(read.items) for read in reads] == [22] * 4 + [29] * 4  # brackets fill up
    assert all(read.refused == () for read in reads)
    followed = [next(game for game in read.items if game.id == "760499") for read in reads[:4]]
    assert [game.status for game in followed] == ["scheduled", "live", "live", "final"]
    assert followed[2].period == 3


def test_team_lists(shared: Path) -> None:
    colleges = parsed(
        teams_page((shared / "data/espn/teams/espn_teams_ncaam.json").read_bytes(), LeagueCode("ncaab")).elements
    )
    football = parsed(
        teams_page((shared / "data/espn/teams/teams-ncaaf-small.json").read_bytes(), LeagueCode("ncaaf")).elements
    )
    assert (len(colleges.items), len(football.items)) == (362, 54)
    assert colleges.refused == football.refused == ()
    first = colleges.items[0]
    assert (first.id, first.location, first.names) == ("ncaab:2000", "Abilene Christian", ("Abilene Chrstn",))


SUMMARIES = [  # file, league, away, home, status, home win probability
    ("espn_api_single_game.md", "nba", "Atlanta Hawks", "Washington Wizards", "final", 0.0),
    ("espn_cbb_api_pre_game.md", "ncaab", "Wake Forest Demon Deacons", "Duke Blue Devils", "scheduled", None),
]


@pytest.mark.parametrize(("file", "league", "away", "home", "status", "probability"), SUMMARIES)
def test_a_summary_tells_its_game_and_the_newest_win_probability(
    shared: Path, file: str, league: str, away: str, home: str, status: str, probability: float | None
) -> None:
    text = (shared / "data/espn/summaries" / file).read_text(encoding="utf-8")
    payload = text.split("```json\n", 1)[1].rsplit("\n```", 1)[0].encode()
    read = summary_from(payload, LeagueCode(league))
    assert read.refused == ()
    (game,) = read.items
    assert (game.away.name, game.home.name, game.status) == (away, home, status)
    assert game.home_win_probability == probability
    said = win_probability_from(payload, LeagueCode(league))
    assert said == (None if probability is None else WinProbability(probability, 116, 131))
