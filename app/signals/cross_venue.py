"""`cross_venue`: what happens is bought on one venue, and that it does not happen on the other."""

from collections.abc import Iterator

from app.domain.signals import Detector
from app.signals.combinations import Combination
from app.signals.offers import Offered
from app.signals.pairs import opposites


def cross_venue(offered: Offered) -> Iterator[Combination]:
    """Every such pair: YES on a side, NO on its rival, or its token, whichever is cheapest at the moment."""
    for first, second in opposites(offered.sides):
        if first.link.venue != second.link.venue:
            yield Combination(Detector("cross_venue"), offered.game, (first, second))
