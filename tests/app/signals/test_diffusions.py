"""Margins that wander: what they say at the limits, and against each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.leagues import LeagueCode
from app.signals.clocks import TimeLeft
from app.signals.diffusions import Diffusion, chances_at, drift_of
from app.signals.models import MODELS


def diffusion(league: str) -> Diffusion:
    found = MODELS[LeagueCode(league)]
    assert isinstance(found, Diffusion)
    return found


NBA, NFL = diffusion("nba"), diffusion("nfl")
LEAGUES = [diffusion(league) for league in ("nba", "wnba", "ncaab", "ncaaw", "nfl", "ncaaf")]

models = st.sampled_from(LEAGUES)
prices = st.floats(0.005, 0.995)
drifts = st.floats(-25, 25)
leads = st.integers(-60, 60)
times = st.one_of(st.builds(TimeLeft, st.floats(0, 1), st.none()), st.builds(TimeLeft, st.just(0.0), st.floats(0, 300)))


@given(models, prices)
def test_at_the_start_it_says_what_the_market_said(model: Diffusion, price: float) -> None:
    assert chances_at(model, drift_of(model, price), 0, TimeLeft(1.0)).fair == pytest.approx(price, abs=1e-4)


@given(models, drifts, leads, times)
def test_both_sides_are_treated_alike(model: Diffusion, drift: float, lead: int, left: TimeLeft) -> None:
    home, away = chances_at(model, drift, lead, left), chances_at(model, -drift, -lead, left)
    assert home.home + away.home + home.draw == pytest.approx(1)
    assert home.draw == pytest.approx(away.draw)
    assert 0 <= home.home <= 1
    assert 0 <= home.draw <= 1


@given(models, drifts, leads, times, st.integers(1, 10), st.floats(0, 10))
def test_more_points_and_more_strength_never_hurt(
    model: Diffusion, drift: float, lead: int, left: TimeLeft, points: int, strength: float
) -> None:
    fair = chances_at(model, drift, lead, left).fair
    assert chances_at(model, drift, lead + points, left).fair >= fair - 1e-9
    assert chances_at(model, drift + strength, lead, left).fair >= fair - 1e-9


@given(models, prices, prices)
def test_a_higher_price_is_a_stronger_side(model: Diffusion, first: float, second: float) -> None:
    lower, higher = sorted((first, second))
    assert drift_of(model, lower) <= drift_of(model, higher) + 1e-9


@pytest.mark.parametrize(("lead", "home"), [(1, 1.0), (-1, 0.0), (14, 1.0)])
def test_when_time_is_out_the_score_decides(lead: int, home: float) -> None:
    for left in (TimeLeft(0.0), TimeLeft(0.0, 0.0)):
        assert chances_at(NBA, -9.0, lead, left) == (home, 0.0)


def test_level_at_the_end_is_an_overtime_and_level_after_it_another_one() -> None:
    even, better = chances_at(NBA, 0.0, 0, TimeLeft(0.0)), chances_at(NBA, 9.0, 0, TimeLeft(0.0))
    assert even == (pytest.approx(0.5), 0.0)
    assert 0.55 < better.home < 0.65  # a favourite, yet of five minutes
    assert chances_at(NBA, 9.0, 0, TimeLeft(0.0, 0.0)) == better


def test_a_level_overtime_is_a_tie_where_there_are_ties() -> None:
    assert chances_at(NFL, 3.0, 0, TimeLeft(0.0, 0.0)) == (0.0, 1.0)
    tied = chances_at(NFL, 0.0, 0, TimeLeft(0.0)).draw
    assert 0.05 < tied < 0.1  # about one in fifteen overtimes has ended so
    assert chances_at(NFL, 0.0, 0, TimeLeft(1.0)).draw < 0.004  # of all games: a handful in a decade


def test_a_closing_line_of_nine_and_a_half_is_the_price_of_one() -> None:
    """ATL -9.5 at WSH, money lines -425 and +330: 0.223 without the margin (recorded 2025-12-06)."""
    assert drift_of(NBA, 0.223) == pytest.approx(-9.5, abs=0.2)


def test_a_lead_is_worth_more_the_less_is_left() -> None:
    told = [chances_at(NBA, 0.0, 8, TimeLeft(share)).home for share in (1.0, 0.5, 0.25, 0.1, 0.02)]
    assert told == sorted(told)
    assert told == [pytest.approx(each, abs=0.005) for each in (0.74, 0.82, 0.90, 0.98, 1.0)]
