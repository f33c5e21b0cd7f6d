"""The deflated Sharpe ratio: by the example of those who found it, and by simulation."""

import random
from math import sqrt

import pytest

from app.backtests.deflations import SURE_ENOUGH, Shape, best_of_luck, deflated, probable, shape_of

YEAR = 250  # days
WORKED = Shape(5 * YEAR, 2.5 / sqrt(YEAR), -3.0, 10.0)  # Bailey and López de Prado 2014, "A numerical example"
SPREAD = 0.5 / YEAR


def test_the_worked_example_of_the_paper() -> None:
    assert best_of_luck(100, SPREAD) == pytest.approx(0.1132, abs=5e-5)
    assert deflated(WORKED, 100, SPREAD) == pytest.approx(0.9004, abs=5e-5)
    assert deflated(WORKED, 46, SPREAD) == pytest.approx(0.9505, abs=5e-4)
    assert deflated(WORKED._replace(skewness=0.0, kurtosis=3.0), 88, SPREAD) == pytest.approx(0.9505, abs=5e-4)


def test_one_trial_is_not_deflated() -> None:
    assert deflated(WORKED, 1, SPREAD) == probable(WORKED)


def best_of(draw: random.Random, settings: int, observed: int, worth: float) -> tuple[float, float]:
    """The best of so many settings: how probable it seems alone, and deflated."""
    shapes = [shape_of([draw.gauss(worth, 1.0) for _ in range(observed)]) for _ in range(settings)]
    mean = sum(each.sharpe for each in shapes) / settings
    spread = sum((each.sharpe - mean) ** 2 for each in shapes) / settings
    best = max(shapes, key=lambda each: each.sharpe)
    return probable(best), deflated(best, settings, spread)


def test_of_worthless_settings_the_best_seems_sure_alone_and_is_not_deflated() -> None:
    draw = random.Random(1)
    found = [best_of(draw, settings=40, observed=150, worth=0.0) for _ in range(60)]
    seems = sum(alone >= SURE_ENOUGH for alone, _ in found) / len(found)
    survives = sum(honest >= SURE_ENOUGH for _, honest in found) / len(found)
    assert seems > 0.8
    assert survives < 0.1


def test_what_is_worth_something_survives() -> None:
    draw = random.Random(2)
    found = [best_of(draw, settings=40, observed=150, worth=0.4)[1] for _ in range(20)]
    assert min(found) > SURE_ENOUGH


def test_the_best_of_worthless_trials_is_as_high_as_was_expected() -> None:
    draw = random.Random(3)
    bests = [max(draw.gauss(0, 1) for _ in range(50)) for _ in range(3_000)]
    assert best_of_luck(50, 1.0) == pytest.approx(sum(bests) / len(bests), rel=0.02)


@pytest.mark.parametrize("observed", [[], [1.0], [2.0, 2.0, 2.0]])
def test_of_nothing_nothing_is_said(observed: list[float]) -> None:
    shape = shape_of(observed)
    assert (shape.n, shape.sharpe) == (len(observed), 0.0)
    assert probable(shape) <= 0.5
