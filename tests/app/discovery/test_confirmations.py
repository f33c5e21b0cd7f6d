"""The names that the matcher is asked about are those that the venue wrote."""

from app.discovery.confirmations import names_in, questions
from tests.workers.shards import links_of
from tests.workers.worlds import PADRES_GAME, on_kalshi, on_polymarket


def test_the_names_of_real_links_are_those_of_the_listing() -> None:
    assert names_in(links_of(on_kalshi(), on_polymarket())) == {
        "KXMLBGAME-26AUG092020HOUSD": {"Houston", "San Diego"},
        "mlb-hou-sd-2026-08-09": {"Houston Astros", "San Diego Padres"},
    }


def test_a_name_may_be_either_side_and_the_game_is_the_context() -> None:
    home, away = questions(PADRES_GAME, "Houston")
    assert (home.candidate, away.candidate) == ("San Diego Padres", "Houston Astros")
    assert away.context is not None
    assert (away.context.opponent, away.context.start) == ("San Diego Padres", PADRES_GAME.start)
