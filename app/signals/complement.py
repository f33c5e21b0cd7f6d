"""`complement`: two markets of one venue, which ask one question from both sides, together cost less than they pay."""

from collections.abc import Iterator

from app.domain.signals import Detector
from app.signals.combinations import Combination
from app.signals.offers import Offered
from app.signals.pairs import opposites


def complement(offered: Offered) -> Iterator[Combination]:
    """YES on both sides of a game, or NO on both, at one venue."""
    for first, second in opposites(offered.sides):
        if first.link.venue == second.link.venue:
            yield Combination(Detector("complement"), offered.game, (first, second))
