"""`ladder`: over the lower of two lines and under the higher, at one venue: whatever the score, one of them pays."""

from collections import defaultdict
from collections.abc import Iterator

from app.domain.signals import Detector
from app.signals.claims import Number
from app.signals.combinations import Combination, Side
from app.signals.offers import Offered


def ladder(offered: Offered) -> Iterator[Combination]:
    """Every two lines of one number; between them both pay."""
    above: defaultdict[Number, list[Side]] = defaultdict(list)
    for side in offered.sides:
        if side.claim.is_above:
            above[side.claim.number].append(side)
    for under in offered.sides:
        if under.claim.is_above is False:
            for over in above[under.claim.number]:
                if over.link.venue == under.link.venue and over.claim.threshold < under.claim.threshold:
                    yield Combination(Detector("ladder"), offered.game, (over, under))
