"""The names that the matcher is asked about are those that the venue wrote."""

import pytest

from app.discovery.confirmations import agrees, names_in, questions
from app.domain.teams import TeamMatch
from app.matching.unified import TeamMatcher
from app.team_matching import InProcessTeamMatching
from tests.app.matching.listings import REGISTRY, game
from tests.workers.shards import links_of
from tests.workers.worlds import PADRES_GAME, on_kalshi, on_polymarket


def test_the_names_of_real_links_are_those_of_the_listing() -> None:
    assert names_in(links_of(on_kalshi(), on_polymarket())) == {
        "KXMLBGAME-26AUG092020HOUSD": {"Houston", "San Diego"},
        "mlb-hou-sd-2026-08-09": {"Houston Astros", "San Diego Padres"},
    }


@pytest.mark.parametrize(
    ("name", "is_one_of_them"),
    [
        ("Houston", True),
        ("Padres", True),
        ("New York Yankees", False),
        ("New York Y", False),
        ("Quokka Zephyrs", False),
        ("", False),
    ],
)
async def test_the_matcher_agrees_with_a_name_of_either_side(name: str, is_one_of_them: bool) -> None:
    answers = await InProcessTeamMatching(TeamMatcher(REGISTRY)).match_many(questions(PADRES_GAME, name))
    assert any(agrees(answer, PADRES_GAME) for answer in answers) == is_one_of_them


async def test_a_name_that_may_be_the_games_team_is_not_denied() -> None:
    duke = game("501", "ncaab", "ncaab:2390", "ncaab:150", "2026-02-07 17:00")
    answers = await InProcessTeamMatching(TeamMatcher(REGISTRY)).match_many(questions(duke, "Miami"))
    assert [answer.is_match for answer in answers if isinstance(answer, TeamMatch)] == [False, False]
    assert any(agrees(answer, duke) for answer in answers)


def test_a_name_may_be_either_side_and_the_game_is_the_context() -> None:
    home, away = questions(PADRES_GAME, "Houston")
    assert (home.candidate, away.candidate) == ("San Diego Padres", "Houston Astros")
    assert away.context is not None
    assert (away.context.opponent, away.context.start) == ("San Diego Padres", PADRES_GAME.start)
