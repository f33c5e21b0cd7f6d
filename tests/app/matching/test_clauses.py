"""What a market's rules pay when who wins."""

import doctest

import pytest

from app.matching import clauses
from app.matching.clauses import Clause, read_clauses

RULES = {
    'If the Grizzlies win, the market will resolve to "Grizzlies".\n'
    'If the Lakers win, the market will resolve to "Lakers".': [
        ("Grizzlies", "Grizzlies"),
        ("Lakers", "Lakers"),
    ],
    'In the upcoming game:\nThis market will resolve to "Lakers" if the Lakers win the game by 4 or more points.\n'
    'Otherwise, this market will resolve to "Grizzlies".': [("Lakers", "Lakers")],
    'This market will resolve to "Lakers" if the Lakers are winning at halftime.': [("Lakers", "Lakers")],
    'If Arsenal FC wins, this market will resolve to "Yes". Otherwise, this market will resolve to "No".': [
        ("Arsenal FC", "Yes")
    ],
    "If Houston wins by more than 3.5 runs in the Houston vs San Diego professional baseball game, then the market "
    "resolves to Yes.": [("Houston", "Yes")],
    "If New York wins the Game 5: New York at San Antonio game, then the market resolves to No.": [("New York", "No")],
    'This market will resolve to "Blazers" if the Blazers win or lose by fewer than 2 points.': [],
    "If Boston does not win the game, then the market resolves to Yes.": [],
    "If either team wins by more than 3.5 points, then the market resolves to Yes.": [],
    "If the teams collectively score more than 227.5 points, then the market resolves to Yes.": [],
    'This market will resolve to "Over" if the Grizzlies and Lakers combine to score 246 or more points.': [],
    "": [],
}


@pytest.mark.parametrize("rules", RULES)
def test_who_must_win_for_what(rules: str) -> None:
    assert read_clauses(rules) == tuple(Clause(*clause) for clause in RULES[rules])


def test_a_long_text_takes_no_long_time() -> None:
    assert read_clauses("If " + "the market will resolve to " * 40_000) == ()


def test_the_examples_are_true() -> None:
    assert doctest.testmod(clauses).failed == 0
