"""Counts where combinations stand, and how often they came to stand there."""

from collections import Counter

from app.domain.funnels import Example, Stop
from app.domain.prices import Nanos
from app.domain.signals import STAGES, Detector
from app.signals.combinations import NO_GAP, Combination, Place


class Tally:
    """One per core."""

    def __init__(self) -> None:
        self.detectors: Counter[Detector] = Counter()
        self._standing: Counter[Place] = Counter()
        self._counts: Counter[Place] = Counter()
        self._examples: dict[Place, Example] = {}

    def enter(self, made: Combination) -> None:
        """It is watched from now on."""
        self.detectors[made.detector] += 1
        self._standing[made.place] += 1

    def leave(self, made: Combination) -> None:
        """It is watched no longer."""
        self.detectors[made.detector] -= 1
        self._standing[made.place] -= 1

    def move(self, made: Combination, place: Place, now: Nanos) -> None:
        """It stands elsewhere than before."""
        self._standing[made.place] -= 1
        self._standing[place] += 1
        self._counts[place] += 1
        made.place = place
        if place != NO_GAP:
            contracts = tuple(side.contract_id for side in made.sides)
            self._examples[place] = Example(made.game.id, contracts, made.detail, now)

    def stops(self) -> tuple[Stop, ...]:
        """In the order of the funnel."""
        places = {place for place in (*self._counts, *self._standing) if self._counts[place] or self._standing[place]}
        in_order = sorted(places, key=lambda place: (STAGES.index(place[0]), place[1]))
        return tuple(
            Stop(*place, self._counts[place], self._standing[place], self._examples.get(place)) for place in in_order
        )
