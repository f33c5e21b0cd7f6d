"""Scores that reward honesty, and intervals that know games from moments."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analytics.scores import (
    CERTAIN,
    Interval,
    brier,
    calibration_gap,
    compared,
    log_loss,
    mean_by_group,
    reliability,
    squared,
    surprise,
    wilson,
)

chances = st.floats(0, 1)
outcomes = st.sampled_from([0.0, 0.5, 1.0])
forecasts = st.lists(st.tuples(chances, outcomes), min_size=1, max_size=50)


@pytest.mark.parametrize(
    ("said", "came", "squares", "nats"),
    [
        ([1.0, 0.0], [1, 0], 0.0, 0.0001),
        ([0.5, 0.5], [1, 0], 0.25, 0.6931),
        ([0.0, 1.0], [1, 0], 1.0, 9.2103),
        ([0.8], [0], 0.64, 1.6094),
        ([0.5], [0.5], 0.0, 0.6931),
    ],
)
def test_known_scores(said: list[float], came: list[float], squares: float, nats: float) -> None:
    assert brier(said, came) == pytest.approx(squares)
    assert log_loss(said, came) == pytest.approx(nats, abs=0.0001)


def test_of_nothing_there_is_no_score() -> None:
    assert (brier([], []), log_loss([], []), reliability([], []), mean_by_group([], [])) == (None, None, (), None)
    assert calibration_gap(()) is None


@given(st.floats(CERTAIN, 1 - CERTAIN), chances)
def test_nobody_gains_by_saying_what_he_does_not_believe(believed: float, said: float) -> None:
    for score in (squared, surprise):
        honest = believed * score(believed, 1) + (1 - believed) * score(believed, 0)
        assert honest <= believed * score(said, 1) + (1 - believed) * score(said, 0) + 1e-12


@given(forecasts)
def test_scores_stay_within_their_bounds_and_bins_hold_every_forecast(told: list[tuple[float, float]]) -> None:
    said, came = [one for one, _ in told], [what for _, what in told]
    assert 0 <= (brier(said, came) or 0) <= 1
    assert 0 <= (log_loss(said, came) or 0) <= 9.3
    bins = reliability(said, came)
    assert sum(each.n for each in bins) == len(told)
    for each in bins:
        assert each.low - 1e-9 <= each.said <= each.high + 1e-9
        assert 0 <= each.came_low <= each.came <= each.came_high <= 1
    assert 0 <= (calibration_gap(bins) or 0) <= 1


@given(forecasts, st.data())
def test_a_difference_turns_its_sign_with_its_sides_and_is_none_with_oneself(
    told: list[tuple[float, float]], data: st.DataObject
) -> None:
    said, came = [one for one, _ in told], [what for _, what in told]
    other = data.draw(st.lists(chances, min_size=len(said), max_size=len(said)))
    groups = data.draw(st.lists(st.sampled_from("abcd"), min_size=len(said), max_size=len(said)))
    one, two = compared(said, other, came, groups, resamples=50), compared(other, said, came, groups, resamples=50)
    assert one is not None
    assert two is not None
    assert one.mean == pytest.approx(-two.mean)
    if one.groups == 1:
        assert (one.low, one.high, two.low, two.high) == (None,) * 4
    else:
        assert (one.low, one.high) == pytest.approx((-(two.high or 0), -(two.low or 0)))
    assert (one.n, one.groups) == (len(said), len(set(groups)))
    same = compared(said, said, came, groups, resamples=50)
    assert same is not None
    assert (same.mean, same.low or 0, same.high or 0, same.is_below_zero) == (0, 0, 0, False)


def width(found: Interval) -> float:
    assert found.low is not None
    assert found.high is not None
    return found.high - found.low


def test_one_game_is_one_game_however_many_moments_it_has() -> None:
    """Nothing can be known of the difference between games from one of them."""
    alone = mean_by_group([-0.1] * 1000, ["a"] * 1000)
    assert alone is not None
    assert (alone.mean, alone.groups, alone.low, alone.is_below_zero) == (pytest.approx(-0.1), 1, None, False)
    drawing = random.Random(7)
    of_games = [drawing.gauss(0, 1) for _ in range(40)]
    by_moment = mean_by_group([each for each in of_games for _ in range(25)], [str(at) for at in range(1000)])
    by_game = mean_by_group(
        [each for each in of_games for _ in range(25)], [str(at) for at in range(40) for _ in range(25)]
    )
    assert by_moment is not None
    assert by_game is not None
    assert width(by_game) > 4 * width(by_moment)


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    drawing, held = random.Random(3), 0
    for _ in range(200):
        games = [drawing.gauss(0.2, 1) for _ in range(60)]
        found = mean_by_group(games, [str(at) for at in range(60)], resamples=400)
        assert found is not None
        held += (found.low or 0) <= 0.2 <= (found.high or 0)
    assert 0.90 <= held / 200 <= 0.99


@given(st.integers(1, 1000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_share_lies_within_its_interval(seen: tuple[int, int]) -> None:
    came, n = seen
    low, high = wilson(came / n, n)
    assert 0 <= low <= came / n + 1e-12
    assert came / n - 1e-12 <= high <= 1
