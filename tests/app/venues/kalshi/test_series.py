"""What each series asks."""

import doctest
from pathlib import Path

import msgspec
import pytest

from app.domain.leagues import LEAGUES, LeagueCode
from app.venues.kalshi import series
from app.venues.kalshi.series import Series, read_series, series_of, winners_of

SERIES = [  # ticker, competition_scope, league, topic, kind, scope
    ("KXNBAGAME", "Game", "nba", "game", "moneyline", "game"),
    ("KXNBASPREAD", "Spread", "nba", "game", "spread", "game"),
    ("KXNBATOTAL", "Point Total", "nba", "game", "total", "game"),
    ("KXNBA1HWINNER", "", "nba", "game", "moneyline", "1h"),
    ("KXNBA1HSPREAD", "", "nba", "game", "spread", "1h"),
    ("KXNBA1HTOTAL", "", "nba", "game", "total", "1h"),
    ("KXWNBAGAME", "Game", "wnba", "game", "moneyline", "game"),
    ("KXWNBA2HTOTAL", "", "wnba", "game", "total", "2h"),
    ("KXWNBAOT", "", "wnba", "prop", None, None),
    ("KXWNBAPTS", "", "wnba", "prop", None, None),
    ("KXNFLGAME", "Game", "nfl", "game", "moneyline", "game"),
    ("KXNFLSPREAD", "Spread", "nfl", "game", "spread", "game"),
    ("KXNFLTOTAL", "", "nfl", "game", "total", "game"),
    ("KXNFL1HSPREAD", "", "nfl", "game", "spread", "1h"),
    ("KXNFL1HTOTAL", "", "nfl", "game", "total", "1h"),
    ("KXNFLMVP", "Awards", "nfl", "future", None, None),
    ("KXNFLMVP", "", "nfl", "future", None, None),
    ("KXNCAAFGAME", "Game", "ncaaf", "game", "moneyline", "game"),
    ("KXNCAAFSPREAD", "", "ncaaf", "game", "spread", "game"),
    ("KXNCAAFTOTAL", "", "ncaaf", "game", "total", "game"),
    ("KXNCAAF1H", "", "ncaaf", "game", "moneyline", "1h"),
    ("KXNCAAMBGAME", "", "ncaab", "game", "moneyline", "game"),
    ("KXNCAAMB1HWINNER", "", "ncaab", "game", "moneyline", "1h"),
    ("KXNCAAMB1HTOTAL", "", "ncaab", "game", "total", "1h"),
    ("KXNCAAMBSPREAD", "", "ncaab", "game", "spread", "game"),
    ("KXNCAAMBTOTAL", "", "ncaab", "game", "total", "game"),
    ("KXNCAAWBGAME", "", "ncaaw", "game", "moneyline", "game"),
    ("KXMLBGAME", "Game", "mlb", "game", "moneyline", "game"),
    ("KXMLBSPREAD", "Spread", "mlb", "game", "spread", "game"),
    ("KXMLBTOTAL", "Point Total", "mlb", "game", "total", "game"),
    ("KXMLBTEAMTOTAL", "", "mlb", "game", "team_total", "game"),
    ("KXMLBF5", "", "mlb", "game", "moneyline", "f5"),
    ("KXMLBF5SPREAD", "", "mlb", "game", "spread", "f5"),
    ("KXMLBF5TOTAL", "", "mlb", "game", "total", "f5"),
    ("KXMLBF3", "", "mlb", "part", None, None),
    ("KXMLBRFI", "", "mlb", "prop", None, None),
    ("KXMLBEXTRAS", "", "mlb", "prop", None, None),
    ("KXMLBKS", "Strikeouts", "mlb", "prop", None, None),
    ("KXMLBTB", "Total Bases", "mlb", "prop", None, None),
    ("KXMLBNEVERSEEN", "Stolen Bases", "mlb", "prop", None, None),
    ("KXNHLGAME", "", "nhl", "game", "moneyline", "game"),
    ("KXNHLSPREAD", "", "nhl", "game", "spread", "game"),
    ("KXNHLTOTAL", "", "nhl", "game", "total", "game"),
    ("KXNHLOT", "", "nhl", "prop", None, None),
    ("KXNHL1P", "", "nhl", "game", "moneyline", "p1"),
    ("KXNHL1PTOTAL", "", "nhl", "game", "total", "p1"),
    ("KXNHLFIRSTGOAL", "", "nhl", "prop", None, None),
    ("KXNHLSERIES", "", "nhl", "future", None, None),
    ("KXNBA3QSPREAD", "", "nba", "game", "spread", "q3"),
    ("KXNBASERIESSPREAD", "", "nba", "future", None, None),
    ("KXNBASUMMERGAME", "Game", None, "game", "moneyline", "game"),  # of no league of ours, for all its name
    ("KXNBAALLSTARGAME", "Game", None, "game", "moneyline", "game"),
    ("KXMLBSTGAME", "Game", None, "game", "moneyline", "game"),
    ("KXNFL1HTEAMTOTAL", "", "nfl", "game", "team_total", "1h"),
    ("KXNFLANYTD", "", "nfl", "prop", None, None),
    ("KXMLBINNINGWIN", "", "mlb", "part", None, None),
    ("KXATPCHALLENGERMATCH", "", "tennis", "game", "moneyline", "game"),
    ("KXATPSETWINNER", "", "tennis", "part", None, None),
    ("KXEPLGAME", "", "epl", "game", "moneyline", "regulation"),
    ("KXUCLGAME", "", "ucl", "game", "moneyline", "regulation"),
    ("KXUELGAME", "", "uel", "game", "moneyline", "regulation"),
    ("KXUECLTOTAL", "", "uecl", "game", "total", "regulation"),
    ("KXMLSGAME", "", "mls", "game", "moneyline", "regulation"),
    ("KXMLS1H", "", "mls", "game", "moneyline", "1h"),
    ("KXMLSBTTS", "", "mls", "game", "both_to_score", "regulation"),
    ("KXMLSFTTS", "", "mls", "prop", None, None),
    ("KXMLSSCORE", "", "mls", "prop", None, None),
    ("KXLALIGAGAME", "", "laliga", "game", "moneyline", "regulation"),
    ("KXLALIGA2GAME", "", "soccer", "game", "moneyline", "regulation"),
    ("KXBUNDESLIGAGAME", "", "bundesliga", "game", "moneyline", "regulation"),
    ("KXBUNDESLIGA2GAME", "", "soccer", "game", "moneyline", "regulation"),
    ("KXSERIEAGAME", "", "seriea", "game", "moneyline", "regulation"),
    ("KXLIGUE1GAME", "", "ligue1", "game", "moneyline", "regulation"),
    ("KXEFLCHAMPIONSHIPGAME", "", "championship", "game", "moneyline", "regulation"),
    ("KXEFLCUPGAME", "", "soccer", "game", "moneyline", "regulation"),
    ("KXBRASILEIROBGAME", "", "soccer", "game", "moneyline", "regulation"),
    ("KXBRASILEIROB1HBTTS", "", "soccer", "game", "both_to_score", "1h"),
    ("KXUCLWGAME", "Game", None, "game", "moneyline", "game"),  # women's: no league of ours
    ("KXWCADVANCE", "", "worldcup", "advance", None, None),
    ("KXATPMATCH", "", "tennis", "game", "moneyline", "game"),
    ("KXWTAMATCH", "", "tennis", "game", "moneyline", "game"),
    ("KXITFWMATCH", "", "tennis", "game", "moneyline", "game"),
    ("KXATPDOUBLES", "Game", "tennis", "game", "moneyline", "game"),
    ("KXUFCFIGHT", "", "ufc", "game", "moneyline", "game"),
    ("KXLOLGAME", "", "lol", "game", "moneyline", "game"),
    ("KXLOLMAP", "", "lol", "part", None, None),
    ("KXCS2GAME", "", "cs2", "game", "moneyline", "game"),
    ("KXVALORANTGAME", "", "valorant", "game", "moneyline", "game"),
    ("KXCFLSPREAD", "Spread", None, "game", "spread", "game"),
    ("KXCFLGAME", "Game", None, "game", "moneyline", "game"),
    ("KXNBA", "Future", "nba", "future", None, None),
    ("KXNBA", "", "nba", "future", None, None),
    ("KXMVENBASINGLEGAME", "", None, "combo", None, None),
    ("KXMVESPORTSMULTIGAMEEXTENDED-S2026D3F8445347B", "", None, "combo", None, None),
    ("KXCITIESWEATHER", "", None, "unknown_series", None, None),
    ("KXT20MATCH", "Game", None, "game", "moneyline", "game"),
    ("", "", None, "unknown_series", None, None),
]


@pytest.mark.parametrize(("ticker", "told", "league", "topic", "kind", "scope"), SERIES)
def test_a_series(ticker: str, told: str, league: str | None, topic: str, kind: str | None, scope: str | None) -> None:
    read = read_series(ticker, told)
    assert (read.league, read.topic, read.kind, read.scope) == (league, topic, kind, scope)


def test_what_is_asked_for_can_be_a_proposition_of_that_league() -> None:
    for code in LEAGUES:
        for name in series_of(code):
            read = read_series(name)
            assert (read.league, read.topic) == (code, "game")
            assert read.kind
    assert "KXNBAGAME" in series_of(LeagueCode("nba"))
    assert series_of(LeagueCode("ufc")) == ("KXUFCFIGHT",)


def test_most_series_that_kalshi_has_of_games_have_a_league(shared: Path) -> None:
    class Coverage(msgspec.Struct):
        game_level_series: list[str]

    file = shared / "data/kalshi/mlb-wnba-nfl-2026-08/sports_coverage.json"
    listed = msgspec.json.decode(file.read_bytes(), type=Coverage).game_level_series
    foreign = [name for name in listed if read_series(name).league is None]
    assert len(foreign) < len(listed) / 10
    assert Series(LeagueCode("mlb"), "game", "moneyline", "game") == read_series("KXMLBGAME")


def test_the_examples_are_true() -> None:
    assert doctest.testmod(series).failed == 0


WINNERS = [("nba", ["KXNBAGAME"]), ("epl", ["KXEPLGAME"]), ("ufc", ["KXUFCFIGHT"])]
WINNERS += [
    (
        "tennis",
        ["KXATPMATCH", "KXWTAMATCH", "KXATPCHALLENGERMATCH", "KXWTACHALLENGERMATCH", "KXITFMATCH", "KXITFWMATCH"],
    ),
    ("lol", ["KXLOLGAME"]),
]


@pytest.mark.parametrize(("league", "series"), WINNERS)
def test_the_winners_of_whole_games(league: str, series: list[str]) -> None:
    assert list(winners_of(LeagueCode(league))) == series
