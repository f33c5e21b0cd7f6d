"""Slopes, spreads and bars of rows whose answer is known."""

import random

import pytest

from tests.soaks.trends import FEWEST, HOUR, bars_of, spread_of, trend_of

MINUTES = [60.0 * number for number in range(60)]


def test_a_line_has_its_slope_and_no_doubt() -> None:
    found = trend_of(MINUTES, [500 + 12 * at / HOUR for at in MINUTES])
    assert found is not None
    assert [found.slope, found.low, found.high] == pytest.approx([12, 12, 12])


def test_a_flat_row_is_flat() -> None:
    assert trend_of(MINUTES, [500.0] * len(MINUTES)) == pytest.approx((0, 0, 0), abs=1e-9)


@pytest.mark.parametrize("grows", [0.0, 30.0])
def test_the_band_holds_the_truth_most_times(grows: float) -> None:
    draw, held = random.Random(1), 0
    for _ in range(200):
        found = trend_of(MINUTES, [500 + grows * at / HOUR + draw.gauss(0, 3) for at in MINUTES])
        assert found is not None
        held += found.low <= grows <= found.high
    assert held >= 180


def test_figures_that_repeat_each_other_say_less() -> None:
    draw = random.Random(2)
    noise = [draw.gauss(0, 3) for _ in MINUTES]
    walk = [sum(noise[max(0, at - 8) : at + 1]) / 3 for at in range(len(noise))]
    alone, alike = trend_of(MINUTES, noise), trend_of(MINUTES, walk)
    assert alone is not None
    assert alike is not None
    assert alike.high - alike.low > 1.5 * (alone.high - alone.low)


def test_of_few_figures_nothing_is_told() -> None:
    assert trend_of(MINUTES[: FEWEST - 1], [1.0] * (FEWEST - 1)) is None


def test_spreads() -> None:
    assert spread_of([float(each) for each in range(100)]) == (50, 95, 99, 99)
    assert spread_of([7.0]) == (7, 7, 7, 7)
    assert spread_of([]) == (0, 0, 0, 0)


def test_bars_show_the_highest_of_each_part() -> None:
    assert bars_of([0, 0, 8, 4]) == "▁▁█▅"
    assert bars_of([0, 8, 0, 0, 0, 4], width=3) == "█▁▅"
    assert bars_of([0, 0]) == "▁▁"
    assert bars_of([]) == ""
