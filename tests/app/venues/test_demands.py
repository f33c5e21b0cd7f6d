"""What does not fit a market is not sent there."""

import pytest

from app.domain.markets import Handling
from app.domain.money import size
from app.domain.prices import CENT_GRID
from app.errors import OrderRejected
from app.venues.demands import UNTOLD, Demands
from tests.app.venues.live_orders import order

YES = "kalshi:T:yes"
TOLD = Demands(lambda _: Handling(least=size("5"), step=size("0.01")), lambda venue, market: CENT_GRID)

UNFIT = [
    ("0.425", "10", "0.4250 is no price of this market"),
    ("0.42", "4.99", "4.99 contracts are fewer than 5"),
    ("0.42", "10.005", "10.005 contracts are no multiple of 0.01"),
    ("0", "10", "between nothing and a dollar"),
    ("1", "10", "between nothing and a dollar"),
    ("0.42", "0", "for something"),
]


@pytest.mark.parametrize(("limit", "count", "why"), UNFIT)
def test_unfit(limit: str, count: str, why: str) -> None:
    with pytest.raises(OrderRejected, match=why):
        TOLD.refuse_unfit(order(YES, limit, count))


def test_fit_and_untold() -> None:
    TOLD.refuse_unfit(order(YES, "0.42", "5"))
    UNTOLD.refuse_unfit(order(YES, "0.425", "0.001"))
