"""Every detector. A new one: a file, a line here, a test."""

from collections.abc import Callable, Iterable

from app.domain.signals import Detector
from app.signals.combinations import Combination
from app.signals.complement import complement
from app.signals.cross_venue import cross_venue
from app.signals.dutch import dutch
from app.signals.fair_value import fair_value
from app.signals.middle import middle
from app.signals.offers import Offered

Detect = Callable[[Offered], Iterable[Combination]]

DETECTORS: tuple[Detect, ...] = (
    cross_venue,
    complement,
    dutch,
    fair_value,
    middle,  # shown, never taken
)
ROSTER: dict[Detector, Detect] = {Detector(detect.__name__): detect for detect in DETECTORS}
