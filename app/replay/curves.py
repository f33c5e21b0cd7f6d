"""What accounts have gained, as time goes on: the points of a curve, and how deep it fell."""

from collections.abc import Mapping

import msgspec

from app.domain.money import Money
from app.domain.orders import AccountId
from app.domain.prices import SECOND, Nanos

MOST_POINTS = 400  # then every second one goes, and they are kept half as often


class Point(msgspec.Struct, frozen=True):
    """All accounts together, then."""

    at: Nanos
    gain: Money


class Curves:
    """All accounts together. `fell`: by so much at most, from the highest gain before."""

    def __init__(self) -> None:
        self.points: list[Point] = []
        self.fell = Money(0)
        self._highest = Money(0)
        self._every = SECOND

    def note(self, at: Nanos, gains: Mapping[AccountId, Money]) -> None:
        """What each has gained until now."""
        gain = Money(sum(gains.values()))
        self._highest = max(self._highest, gain)
        self.fell = max(self.fell, Money(self._highest - gain))
        if self.points and at - self.points[-1].at < self._every:
            return
        self.points.append(Point(at, gain))
        if len(self.points) > MOST_POINTS:
            self.points = self.points[::2]
            self._every *= 2
