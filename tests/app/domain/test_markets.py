"""What a listing's prices are worth."""

import pytest

from app.domain.markets import indicative_price

PRICES = [
    (0.40, 0.42, 0.41),
    (0.40, 0.50, 0.45),
    (0.40, 0.51, None),  # nobody's opinion
    (0.42, 0.40, None),
    (None, 0.42, None),
    (0.40, None, None),
    (0.0, 0.01, None),  # nobody buys
    (0.99, 1.0, None),  # nobody sells
    (float("nan"), 0.5, None),
]


@pytest.mark.parametrize(("bid", "ask", "middle"), PRICES)
def test_the_middle_of_a_market_with_two_sides(bid: float | None, ask: float | None, middle: float | None) -> None:
    assert indicative_price(bid, ask) == middle
