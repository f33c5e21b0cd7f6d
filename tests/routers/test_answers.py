"""Propositions in words."""

import pytest

from app.domain.propositions import HalfPoints, Kind, Proposition, Scope
from routers.answers import PropositionAnswer
from tests.app.hot.samples import BOSTON, CELTICS_GAME


@pytest.mark.parametrize(
    ("kind", "scope", "line", "words"),
    [
        ("moneyline", "game", None, "Boston Celtics win"),
        ("moneyline", "1h", None, "Boston Celtics win in the first half"),
        ("draw", "regulation", None, "the game is drawn in regulation"),
        ("spread", "game", -7, "Boston Celtics win by more than 3.5"),
        ("total", "game", 443, "more than 221.5 in all"),
        ("team_total", "q1", 51, "Boston Celtics score more than 25.5 in the first quarter"),
        ("both_to_score", "regulation", None, "both sides score in regulation"),
    ],
)
def test_a_proposition_reads_as_a_statement(kind: Kind, scope: Scope, line: int | None, words: str) -> None:
    said = Proposition(CELTICS_GAME.id, kind, scope, None if line is None else HalfPoints(line), BOSTON.id)
    assert PropositionAnswer.of(said, (CELTICS_GAME.home, CELTICS_GAME.away)).statement == words


def test_a_team_that_is_not_of_the_game_is_named_by_its_id() -> None:
    said = Proposition(CELTICS_GAME.id, "moneyline", "game", None, BOSTON.id)
    assert PropositionAnswer.of(said, ()).team == "nba:2"
