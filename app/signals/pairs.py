"""Which contracts are one question seen from both sides."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from app.signals.claims import Number
from app.signals.combinations import Side


def opposites(sides: Iterable[Side]) -> Iterator[tuple[Side, Side]]:
    """Each pair of contracts of which one pays exactly when the other does not. Both contracts of one book are the same
    liquidity, and are left out."""
    above: defaultdict[tuple[Number, int], list[Side]] = defaultdict(list)
    below: defaultdict[tuple[Number, int], list[Side]] = defaultdict(list)
    for side in sides:
        claim = side.claim
        if claim.is_above is not None:
            (above if claim.is_above else below)[claim.number, claim.threshold].append(side)
    for place, ours in above.items():
        for first in ours:
            yield from ((first, second) for second in below.get(place, ()) if first.book_id != second.book_id)
