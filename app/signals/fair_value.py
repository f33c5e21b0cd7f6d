"""`fair_value`: one contract that costs less than somebody else than the market says it is worth."""

from collections.abc import Iterator

import msgspec

from app.domain.signals import Detector, Estimate
from app.signals.claims import EVEN, Claim, Number, has_draw
from app.signals.combinations import Combination
from app.signals.offers import Offered


def fair_value(offered: Offered) -> Iterator[Combination]:
    """Every contract about who wins, with the probability that it pays."""
    estimate = offered.estimate
    if estimate is None:
        return
    of = Number("winner", "regulation" if has_draw(offered.game) else "game")  # what the estimate is of
    for side in offered.sides:
        if side.claim.number == of:
            chance = chance_of(side.claim, estimate)
            its = msgspec.structs.replace(estimate, probability=chance)
            made = Combination(Detector("fair_value"), offered.game, (side,), estimate=its)
            made.witnesses = tuple(
                other for other in offered.sides if other.claim == side.claim and other.link.venue != side.link.venue
            )
            yield made


def chance_of(claim: Claim, estimate: Estimate) -> float:
    """How likely a claim about who wins comes true, from the chances of the home side and of a draw."""
    home, draw = estimate.probability, estimate.draw
    if claim.is_above is None:
        return 1 - draw if claim.is_outside else draw
    at_least = home if claim.threshold == EVEN else home + draw
    return at_least if claim.is_above else 1 - at_least
