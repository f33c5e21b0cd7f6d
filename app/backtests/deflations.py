"""How good a result is once it is counted how many were tried.

Whoever tries a hundred settings finds a good one among them whether or not any is any good. The deflated Sharpe ratio
takes that off, and what few or lopsided observations pretend:

    PSR(b) = Φ((SR - b) √(T - 1) / √(1 - γ₃ SR + (γ₄ - 1)/4 SR²))
    SR₀    = √V ((1 - γ) Φ⁻¹(1 - 1/N) + γ Φ⁻¹(1 - 1/(N e)))
    DSR    = PSR(SR₀)

SR is the mean of the observations over their deviation, T how many there are, γ₃ and γ₄ their skewness and kurtosis (3
for a normal one), N the number of trials, V the variance of SR over them and γ Euler's constant. SR₀ is the best that
is to be expected of N trials that are worth nothing; DSR is how probable it is that the true ratio is above 0 in spite
of it. Nothing here is a year's: a ratio is of one observation.

D. H. Bailey and M. López de Prado, "The Deflated Sharpe Ratio: Correcting for Selection Bias, Backtest Overfitting and
Non-Normality", Journal of Portfolio Management 40 (5), 2014.
"""

from collections.abc import Sequence
from math import e, sqrt
from statistics import NormalDist, fmean, pvariance, variance
from typing import NamedTuple

EULER = 0.5772156649015329
SURE_ENOUGH = 0.95
FEW = 20  # observations; of fewer nothing is said

_NORMAL = NormalDist()


class Shape(NamedTuple):
    """Of some observations. `sharpe` 0 when they are all alike, or fewer than two."""

    n: int
    sharpe: float = 0.0
    skewness: float = 0.0
    kurtosis: float = 3.0


def shape_of(observed: Sequence[float]) -> Shape:
    """How they lie."""
    n = len(observed)
    if n < 2 or not (deviation := sqrt(variance(observed))):
        return Shape(n)
    mean, spread = fmean(observed), sqrt(pvariance(observed))
    third, fourth = (fmean(((one - mean) / spread) ** power for one in observed) for power in (3, 4))
    return Shape(n, mean / deviation, third, fourth)


def probable(shape: Shape, beyond: float = 0.0) -> float:
    """PSR: how probable it is that the true ratio is above `beyond`."""
    if shape.n < 2:
        return 0.0
    sharpe = shape.sharpe
    width = 1 - shape.skewness * sharpe + (shape.kurtosis - 1) / 4 * sharpe**2
    if width <= 0:  # a few observations may say what no distribution can
        return 0.0
    return _NORMAL.cdf((sharpe - beyond) * sqrt(shape.n - 1) / sqrt(width))


def best_of_luck(trials: int, spread: float) -> float:
    """SR₀: the best ratio that so many worthless trials are expected to show. `spread`: V."""
    if trials < 2:
        return 0.0
    quantiles = _NORMAL.inv_cdf(1 - 1 / trials), _NORMAL.inv_cdf(1 - 1 / (trials * e))
    return sqrt(spread) * ((1 - EULER) * quantiles[0] + EULER * quantiles[1])


def deflated(shape: Shape, trials: int, spread: float) -> float:
    """DSR: how probable it is that the true ratio is above 0 although it is the best of so many."""
    return probable(shape, best_of_luck(trials, spread))
