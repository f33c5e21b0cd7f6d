"""Results that a few statements tell apart, in words and in numbers."""

import pytest

from app.domain.leagues import LEAGUES, LeagueCode
from app.domain.propositions import HalfPoints
from app.settlement.results import Statement, results_of, statement_of
from tests.app.settlement.legs import EPL, KALSHI, NBA, leg

NBA_LEAGUE, NFL_LEAGUE, EPL_LEAGUE = (LEAGUES[LeagueCode(code)] for code in ("nba", "nfl", "epl"))
WINNER = Statement("moneyline", "game", None, "home")


def spread(line: int, side: str = "home") -> Statement:
    return Statement("spread", "game", HalfPoints(line), side)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("statements", "league", "names"),
    [
        ([WINNER], NBA_LEAGUE, ["Mills win", "Oaks win"]),
        ([WINNER], NFL_LEAGUE, ["Mills win", "a tie", "Oaks win"]),
        ([Statement("draw", "regulation", None, "")], EPL_LEAGUE, ["Mills win", "a tie", "Oaks win"]),
        (
            [Statement("moneyline", "1h", None, "away")],
            NBA_LEAGUE,
            ["Mills win in the 1st half", "a tie in the 1st half", "Oaks win in the 1st half"],
        ),
        ([spread(-7), WINNER], NBA_LEAGUE, ["Mills win", "Oaks win by 1 to 3", "Oaks win by 4 or more"]),
        ([spread(-3, "away")], NBA_LEAGUE, ["Mills win by 2 or more", "Mills win by 1", "Oaks win"]),
        (
            [Statement("total", "game", HalfPoints(441), ""), Statement("total", "game", HalfPoints(451), "")],
            NBA_LEAGUE,
            [
                "both sides together score 0 to 220",
                "both sides together score 221 to 225",
                "both sides together score 226 or more",
            ],
        ),
        (
            [Statement("team_total", "game", HalfPoints(3), "away")],
            NBA_LEAGUE,
            ["Mills score 0 to 1", "Mills score 2 or more"],
        ),
        (
            [Statement("both_to_score", "regulation", None, "")],
            EPL_LEAGUE,
            ["not both sides score", "both sides score"],
        ),
    ],
)
def test_results_are_those_that_are_told_apart(statements: list[Statement], league: object, names: list[str]) -> None:
    assert [result.name for result in results_of(statements, league, "Oaks", "Mills")] == names  # type: ignore[arg-type]


def test_figures_are_taken_as_independent() -> None:
    both = [WINNER, Statement("total", "game", HalfPoints(441), "")]
    results = results_of(both, NBA_LEAGUE, "Oaks", "Mills")
    assert len(results) == 4
    assert results[-1].past == "Oaks won and both sides together scored 221 or more"


def test_a_result_says_of_every_statement_whether_it_came_true() -> None:
    big, small = spread(-7), spread(-3)
    table = {
        result.name: (result.is_true(big), result.is_true(small), result.is_true(WINNER))
        for result in results_of([big, small, WINNER], NBA_LEAGUE, "Oaks", "Mills")
    }
    assert table == {
        "Mills win": (False, False, False),
        "Oaks win by 1": (False, False, True),
        "Oaks win by 2 to 3": (False, True, True),
        "Oaks win by 4 or more": (True, True, True),
    }


def test_a_proposition_is_read_by_home_and_away() -> None:
    assert statement_of(leg(KALSHI, None).proposition, NBA.home.id) == WINNER
    away = statement_of(leg(KALSHI, None, side="away", kind="spread", points=-3.5).proposition, NBA.home.id)
    assert away == spread(-7, "away")
    draw = statement_of(leg(KALSHI, None, of=EPL, side="", kind="draw").proposition, EPL.home.id)
    assert draw == Statement("draw", "regulation", None, "")
