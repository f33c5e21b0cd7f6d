"""How good probabilities were: scores that nobody can better by saying something else than what he believes, how far
they lie from what came, and whether one forecaster is really better than another.

`said`: probabilities, 0..1. `came`: 1 what came true, 0 what did not, 0.5 a tie that both sides share. Both in the same
order; of nothing there is no score (None).

Moments of one game come true together: a hundred of them are not a hundred games. So intervals are those of a bootstrap
that draws whole groups (games) with replacement: A. C. Davison and D. V. Hinkley, "Bootstrap Methods and their
Application" (1997), section 3.8. It is of the percentiles, and too narrow for few groups.

>>> brier([0.9, 0.2], [1, 0]), round(log_loss([0.5], [1]) or 0, 4)
(0.025, 0.6931)
>>> better = compared([0.9, 0.2, 0.8], [0.6, 0.5, 0.5], [1, 0, 1], ["a", "a", "b"])
>>> better is not None and (round(better.mean, 4), better.n, better.groups)
(-0.19, 3, 2)
"""

import math
import random
from collections.abc import Callable, Iterable, Sequence

import msgspec

CERTAIN = 1e-4  # a log loss takes nothing for surer than this: a price has no further digit
BINS = 10
RESAMPLES = 2_000
LEVEL = 0.95
NORMAL = 1.959964  # standard deviations on either side that hold 95 of 100

Told = tuple[float, float, str]  # what was said, what came, of which group
Score = Callable[[float, float], float]  # of one probability and what came; smaller is better


class Bin(msgspec.Struct, frozen=True):
    """The forecasts from `low` up to `high`: how many, of how many groups, what they said and what came on average; and
    where what comes really lies (95 %, Wilson), with each group for one observation."""

    low: float
    high: float
    n: int
    groups: int
    said: float
    came: float
    came_low: float
    came_high: float


class Interval(msgspec.Struct, frozen=True):
    """A mean over all moments, and where it lies when games are drawn anew (95 %); None: of one game nobody can say.
    `groups`: the games."""

    mean: float
    low: float | None
    high: float | None
    n: int
    groups: int

    @property
    def is_below_zero(self) -> bool:
        """Of a difference of scores: the first forecaster was better, and not by chance."""
        return self.high is not None and self.high < 0


def squared(said: float, came: float) -> float:
    """Of one forecast: G. W. Brier, "Verification of forecasts expressed in terms of probability", 1950."""
    return (said - came) ** 2


def surprise(said: float, came: float) -> float:
    """Its logarithmic score, in nats; half each for a tie. Finite also for what was called certain."""
    chance = min(1 - CERTAIN, max(CERTAIN, said))
    return -came * math.log(chance) - (1 - came) * math.log1p(-chance)


def brier(said: Sequence[float], came: Sequence[float]) -> float | None:
    """0 is perfect, 0.25 is who always says one half."""
    return _mean(map(squared, said, came), len(said))


def log_loss(said: Sequence[float], came: Sequence[float]) -> float | None:
    """0 is perfect, 0.693 is who always says one half."""
    return _mean(map(surprise, said, came), len(said))


def reliability(
    said: Sequence[float], came: Sequence[float], groups: Sequence[str] | None = None, bins: int = BINS
) -> tuple[Bin, ...]:
    """What was said beside what came, in bins of one width; empty ones are left out. Without `groups` each forecast is
    one of its own."""
    of = groups if groups is not None else [str(at) for at in range(len(said))]
    found: dict[int, list[Told]] = {}
    for told in zip(said, came, of, strict=True):
        found.setdefault(min(bins - 1, int(told[0] * bins)), []).append(told)
    return tuple(_bin(place, bins, found[place]) for place in sorted(found))


def calibration_gap(bins: Sequence[Bin]) -> float | None:
    """How far what was said lies from what came, on average over all forecasts (the expected calibration error)."""
    n = sum(each.n for each in bins)
    return _mean((each.n * abs(each.said - each.came) for each in bins), n)


def compared(
    said: Sequence[float],
    other: Sequence[float],
    came: Sequence[float],
    groups: Sequence[str],
    score: Score = squared,
    resamples: int = RESAMPLES,
) -> Interval | None:
    """The score of one forecaster less that of another on the same moments; below zero: the first is better."""
    told = zip(said, other, came, strict=True)
    return mean_by_group([score(one, what) - score(two, what) for one, two, what in told], groups, resamples)


def mean_by_group(values: Sequence[float], groups: Sequence[str], resamples: int = RESAMPLES) -> Interval | None:
    """The mean over all values, with its interval when whole groups are drawn anew; the same each time."""
    if not values:
        return None
    sums: dict[str, tuple[float, int]] = {}
    for value, group in zip(values, groups, strict=True):
        total, n = sums.get(group, (0.0, 0))
        sums[group] = (total + value, n + 1)
    low, high = _percentiles(list(sums.values()), resamples)
    return Interval(sum(values) / len(values), low, high, len(values), len(sums))


def wilson(came: float, n: int) -> tuple[float, float]:
    """Where a share that was seen in n of its own kind really lies, 95 %: E. B. Wilson, 1927."""
    square = NORMAL**2 / n
    middle = came + square / 2
    reach = NORMAL * math.sqrt(came * (1 - came) / n + square / (4 * n))
    low, high = (middle - reach) / (1 + square), (middle + reach) / (1 + square)
    return max(0.0, min(came, low)), min(1.0, max(came, high))


def _bin(place: int, bins: int, told: Sequence[Told]) -> Bin:
    n, groups = len(told), len({group for _, _, group in told})
    said, came = sum(one for one, _, _ in told) / n, sum(what for _, what, _ in told) / n
    return Bin(place / bins, (place + 1) / bins, n, groups, said, came, *wilson(came, groups))


def _percentiles(sums: Sequence[tuple[float, int]], resamples: int) -> tuple[float, float] | tuple[None, None]:
    if len(sums) < 2:
        return None, None
    drawing = random.Random(len(sums))  # of no importance, but the same for the same games
    means: list[float] = []
    for _ in range(resamples):
        drawn = drawing.choices(sums, k=len(sums))
        means.append(sum(total for total, _ in drawn) / sum(n for _, n in drawn))
    means.sort()
    out = round((1 - LEVEL) / 2 * resamples)
    return means[out], means[-1 - out]


def _mean(values: Iterable[float], n: int) -> float | None:
    return sum(values) / n if n else None
