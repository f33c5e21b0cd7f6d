"""`middle`: two lines beside each other, over the one and under the other. Between them both pay, or none does.

It is no arbitrage of one question, and often taken for one; so it is shown with what it pays, and never taken.
"""

from collections import defaultdict
from collections.abc import Iterator

from app.domain.signals import Detector
from app.signals.claims import Number
from app.signals.combinations import Combination, Side
from app.signals.offers import Offered

LINED = frozenset({"margin", "total", "team_total"})


def middle(offered: Offered) -> Iterator[Combination]:
    """Each line of one venue with the nearest other lines of another, above and below it."""
    above: defaultdict[Number, list[Side]] = defaultdict(list)
    below: defaultdict[Number, list[Side]] = defaultdict(list)
    for side in offered.sides:
        if side.claim.number.name in LINED:
            (above if side.claim.is_above else below)[side.claim.number].append(side)
    for number, ours in above.items():
        for first in ours:
            for second in _neighbours(first, below.get(number, ())):
                yield Combination(Detector("middle"), offered.game, (first, second))


def _neighbours(first: Side, others: list[Side] | tuple[()]) -> Iterator[Side]:
    at = first.claim.threshold
    elsewhere = [side for side in others if side.link.venue != first.link.venue]
    lower = max((side.claim.threshold for side in elsewhere if side.claim.threshold < at), default=None)
    higher = min((side.claim.threshold for side in elsewhere if side.claim.threshold > at), default=None)
    yield from (side for side in elsewhere if side.claim.threshold in (lower, higher))
