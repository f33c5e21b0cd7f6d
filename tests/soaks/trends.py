"""What a row of figures does over time: pure arithmetic."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

HOUR = 3_600.0  # seconds
BARS = "▁▂▃▄▅▆▇█"
FEWEST = 8  # figures of which a trend can be told
SURE = 1.96  # standard errors to either side: 95 of 100 such bands hold the truth


class Trend(NamedTuple):
    """How much more an hour; with 95% confidence not less than `low`, and not more than `high`."""

    slope: float
    low: float
    high: float


class Spread(NamedTuple):
    """Of many figures: so much at the most in half of them, in 95 and 99 of 100, in all."""

    p50: float
    p95: float
    p99: float
    most: float


def trend_of(seconds: Sequence[float], figures: Sequence[float]) -> Trend | None:
    """By least squares. Neighbours that look alike say less than as many that are independent, and widen the band.
    None when there is too little to tell."""
    if len(figures) < FEWEST:
        return None
    at, found = np.array(seconds) / HOUR, np.array(figures, float)
    at = at - at.mean()
    square = float(at @ at)
    slope = float(at @ found) / square
    left = found - found.mean() - slope * at
    many = _independent(left)
    error = math.sqrt(float(left @ left) / (many - 2) / square * len(found) / many)
    return Trend(slope, slope - SURE * error, slope + SURE * error)


def _independent(left: np.ndarray) -> float:
    """How many of them do not repeat their neighbour."""
    whole = float(left @ left)
    alike = float(left[1:] @ left[:-1]) / whole if whole else 0.0
    alike = min(max(alike, 0.0), 0.99)
    return max(3.0, len(left) * (1 - alike) / (1 + alike))


def spread_of(figures: Sequence[float]) -> Spread:
    """All nought when there are none."""
    if not figures:
        return Spread(0.0, 0.0, 0.0, 0.0)
    ordered = sorted(figures)
    p50, p95, p99 = (ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.95, 0.99))
    return Spread(p50, p95, p99, ordered[-1])


def bars_of(figures: Sequence[float], width: int = 60) -> str:
    """A bar for each part of the time, as high as its highest figure; the lowest bar is nought."""
    if not figures:
        return ""
    parts = [part for part in np.array_split(np.array(figures, float), min(width, len(figures))) if len(part)]
    highest = max(float(part.max()) for part in parts) or 1.0
    return "".join(BARS[min(len(BARS) - 1, int(float(part.max()) / highest * len(BARS)))] for part in parts)
