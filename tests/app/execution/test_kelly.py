"""Kelly's share against his own condition: no other share lets the bankroll grow faster."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.execution.kelly import share_of_bet, share_of_tail, shrunk

CHANCES = st.floats(0, 1)
CASES = settings(max_examples=1_000)


@pytest.mark.parametrize(
    ("probability", "cost", "share"),
    [
        (0.6, 0.5, 0.2),  # even odds: p - q
        (0.55, 0.5, 0.1),
        (0.5, 0.4, 1 / 6),
        (1.0, 0.4, 1.0),  # sure of it: everything
        (0.5, 0.5, 0.0),
        (0.3, 0.5, 0.0),
        (0.9, 1.0, 0.0),  # nothing to win
        (0.9, 1.2, 0.0),
        (1.2, 0.5, 0.0),  # no probability
        (math.nan, 0.5, 0.0),
        (0.6, math.nan, 0.0),
    ],
)
def test_the_share_of_a_bet(probability: float, cost: float, share: float) -> None:
    assert share_of_bet(probability, cost) == pytest.approx(share)


@pytest.mark.parametrize(
    ("gain", "loss", "chance", "share"),
    [
        (1.0, 1.0, 0.4, 0.2),  # the bet at even odds again
        (0.02, 0.5, 0.015, 1.0),  # worth more than everything: everything, and other limits cut it
        (0.02, 0.5, 0.02, 0.96),
        (0.02, 0.5, 0.04, 0.0),  # the mean is negative
        (0.02, 0.5, 0.0, 1.0),
        (0.0, 0.5, 0.1, 0.0),
        (0.02, 0.5, math.nan, 0.0),
        (0.02, 0.5, 1.5, 0.0),
    ],
)
def test_the_share_of_a_tail(gain: float, loss: float, chance: float, share: float) -> None:
    assert share_of_tail(gain, loss, chance) == pytest.approx(share)


def growth(share: float, gain: float, loss: float, chance: float) -> float:
    """Expected, of the logarithm of the bankroll."""
    return (1 - chance) * math.log1p(share * gain) + chance * math.log1p(-share * loss)


@CASES
@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99), CHANCES)
def test_no_other_share_of_a_bet_grows_faster(probability: float, cost: float, other: float) -> None:
    gain, share, tried = (1 - cost) / cost, share_of_bet(probability, cost), min(other, 0.999_999)
    assert growth(share, gain, 1, 1 - probability) >= growth(tried, gain, 1, 1 - probability) - 1e-12


@CASES
@given(st.floats(0.001, 2), st.floats(0.001, 1), st.floats(0.0001, 0.9999), CHANCES)
def test_no_other_share_of_a_tail_grows_faster(gain: float, loss: float, chance: float, other: float) -> None:
    share, tried = min(share_of_tail(gain, loss, chance), 0.999_999), min(other, 0.999_999)
    assert growth(share, gain, loss, chance) >= growth(tried, gain, loss, chance) - 1e-9


@CASES
@given(CHANCES, CHANCES, CHANCES)
def test_what_is_shrunk_lies_between_ours_and_the_markets_and_never_above_ours(
    ours: float, market: float, shrinkage: float
) -> None:
    said = shrunk(ours, market, shrinkage)
    assert min(ours, market) - 1e-12 <= said <= ours
