"""What an order gets of a book; everything in terms of the book's first contract.

>>> asks = [(Price(5_000), Size(10)), (Price(5_100), Size(10))]
>>> matched(asks, True, Price(5_000), Size(15)), matched(asks, True, Price(5_000), Size(15), whole=True)
(((5000, 10),), ())
"""

from collections.abc import Iterable

from app.domain.money import Price, Size
from app.domain.prices import Level


def matched(
    levels: Iterable[Level], is_bid: bool, limit: Price, size: Size, *, whole: bool = False
) -> tuple[Level, ...]:
    """So much of these levels, best first, up to the limit; `whole`: all of the size or nothing."""
    got, left = list[Level](), int(size)
    for price, lies in levels:
        if not left or not reaches(is_bid, limit, price):
            break
        got.append((price, Size(min(left, lies))))
        left -= got[-1][1]
    return () if whole and left else tuple(got)


def reaches(is_bid: bool, limit: Price, price: Price) -> bool:
    """Whether a bid, or an ask, with this limit trades at this price."""
    return price <= limit if is_bid else price >= limit


def goes_past(is_bid: bool, limit: Price, price: Price) -> bool:
    """Whether this price is better for a bid, or an ask, than its limit."""
    return price != limit and reaches(is_bid, limit, price)
