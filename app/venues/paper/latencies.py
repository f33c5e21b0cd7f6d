"""How long a venue takes to look at what we send: drawn from the order's own name, so that it is the same each time.

>>> figures = Latency(median_ms=100, spread_ms=50)
>>> drawn(figures, "an order") == drawn(figures, "an order") != drawn(figures, "another")
True
"""

from hashlib import blake2b
from math import exp, log1p
from statistics import NormalDist
from typing import NamedTuple

from app.domain.prices import MILLISECOND, Nanos

FARTHEST = 3.0  # standard deviations; nothing is slower than that, or faster
_NORMAL = NormalDist()
_DRAWS = 1 << 64


class Latency(NamedTuple):
    """Half take at most `median_ms`, five of six at most `spread_ms` more; few take much longer."""

    median_ms: float
    spread_ms: float


def drawn(latency: Latency, name: str) -> Nanos:
    """How long the message of this name is on its way."""
    if not latency.median_ms:
        return Nanos(0)
    number = int.from_bytes(blake2b(name.encode(), digest_size=8).digest())
    deviation = _NORMAL.inv_cdf((number + 0.5) / _DRAWS) if 0 < number < _DRAWS - 1 else 0.0
    deviation = max(-FARTHEST, min(FARTHEST, deviation))
    milliseconds = latency.median_ms * exp(deviation * log1p(latency.spread_ms / latency.median_ms))
    return Nanos(round(milliseconds * MILLISECOND))
