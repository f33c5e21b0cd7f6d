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

ROSTER: dict[Detector, Detect] = {
    "cross_venue": cross_venue,
    "complement": complement,
    "dutch": dutch,
    "fair_value": fair_value,
    "middle": middle,
}
