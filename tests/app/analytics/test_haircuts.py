"""How much of a promise is believed: little is known of few games, and never more than all of it."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analytics.haircuts import UNMEASURED, Promised, haircut, measured

promises = st.lists(
    st.builds(Promised, st.sampled_from("abcdefgh"), st.floats(-5, 100), st.floats(-1000, 1000)), max_size=40
)


def kept(games: int, share: float, noise: float = 0.0, trades: int = 3) -> list[Promised]:
    """So many games whose trades brought that share of what they promised, give or take."""
    drawing = random.Random(5)
    return [Promised(str(game), 2.0, 2.0 * drawing.gauss(share, noise)) for game in range(games) for _ in range(trades)]


def test_off_when_nothing_was_measured() -> None:
    assert measured([]) is UNMEASURED
    assert measured([Promised("a", 0.0, -5.0)]) is UNMEASURED
    assert haircut("dutch", []) is None


def test_the_more_games_the_less_of_the_doubt_remains() -> None:
    factors = [measured(kept(games, 0.5)).factor for games in (1, 2, 5, 20, 100, 1000)]
    assert factors == sorted(factors, reverse=True)
    assert factors[0] == pytest.approx(0.97, abs=0.01)
    assert factors[-1] == pytest.approx(0.5, abs=0.01)


def test_what_pays_all_or_nothing_needs_many_more_games() -> None:
    """Edges of 2 cents on contracts that pay a dollar or none: a hundred games say nearly nothing of them."""
    drawing = random.Random(1)
    told = [Promised(str(game), 0.02, drawing.choice((0.5, -0.5))) for game in range(100)]
    assert measured(told).factor > 0.95


def test_trades_of_one_game_count_as_one() -> None:
    assert measured(kept(1, 0.5, trades=500)).factor > 0.9
    assert measured(kept(500, 0.5, trades=1)).factor < 0.6


@pytest.mark.parametrize(("share", "factor"), [(3.0, 1.0), (1.0, 1.0), (-2.0, 0.0)])
def test_it_is_never_more_than_everything_nor_less_than_nothing(share: float, factor: float) -> None:
    assert measured(kept(2000, share)).factor == pytest.approx(factor)


@given(promises)
def test_it_is_a_share_whatever_came(told: list[Promised]) -> None:
    found = measured(told)
    assert 0 <= found.factor <= 1
    assert 0 <= found.credibility < 1
    assert found.n == sum(each.promised > 0 for each in told)


@given(promises, st.floats(0.01, 100))
def test_dollars_or_cents_are_the_same(told: list[Promised], unit: float) -> None:
    scaled = [Promised(each.game_id, each.promised * unit, each.came * unit) for each in told if each.promised > 0.01]
    plain = [each for each in told if each.promised > 0.01]
    assert measured(scaled).factor == pytest.approx(measured(plain).factor, abs=1e-6)


def test_of_fair_values_both_gaps_count_and_the_figures_are_told() -> None:
    found = haircut("fair_value", kept(50, 0.8), kept(400, 0.6, trades=1))
    assert found is not None
    filled, right = measured(kept(50, 0.8)).factor, measured(kept(400, 0.6, trades=1)).factor
    assert found.factor == pytest.approx(filled * right, abs=1e-4)
    assert str(found) == f"{found.factor:.2f} of 150 trades"
    assert found.reason.startswith("150 trades of 50 games brought $240.00 of $300.00, of which ")
    assert "400 estimates of 400 games came to 0.60 of the edge they saw" in found.reason
    only = haircut("fair_value", [], kept(400, 0.6, trades=1))
    assert only is not None
    assert (only.n, only.factor) == (0, pytest.approx(right, abs=1e-4))
