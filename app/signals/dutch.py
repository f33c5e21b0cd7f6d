"""`dutch`: home, draw and away are bought together, wherever each is: exactly one pays. Or NO of each: two pay."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import product

from app.domain.signals import Detector
from app.signals.claims import EVEN, Claim, Number
from app.signals.combinations import Combination, Side
from app.signals.offers import Offered


def dutch(offered: Offered) -> Iterator[Combination]:
    """Every choice of venues for the three outcomes, where a draw is an outcome of its own."""
    sides: defaultdict[Claim, list[Side]] = defaultdict(list)
    for side in offered.sides:
        if side.claim.number.name == "winner":
            sides[side.claim].append(side)
    for number in sorted({claim.number for claim in sides if claim.is_of_draw}):
        for pays, outcomes in ((1, _exactly_one(number)), (2, _all_but_one(number))):
            for chosen in product(*(sides.get(claim, ()) for claim in outcomes)):
                if len({side.book_id for side in chosen}) == len(chosen):
                    yield Combination(Detector("dutch"), offered.game, chosen, pays)


def _exactly_one(number: Number) -> tuple[Claim, Claim, Claim]:
    return Claim(number, EVEN, True), Claim(number, 0, None), Claim(number, -EVEN, False)


def _all_but_one(number: Number) -> tuple[Claim, Claim, Claim]:
    return Claim(number, EVEN, False), Claim(number, 0, None, is_outside=True), Claim(number, -EVEN, True)
