"""Exact numbers: prices, sizes and money are integers; this module alone converts them.

>>> price("0.5300"), size("1200.00"), money("1.7325")
(5300, 1200000000, 1732500)
>>> price_text(Price(5300)), size_text(Size(1_200_000_000)), money_text(Money(1_732_500))
('0.5300', '1200', '1.7325')
"""

from decimal import Decimal, InvalidOperation, Overflow
from typing import NewType

from app.errors import BadInput

Price = NewType("Price", int)  # 1/10,000 dollar, 0 to 10,000
Size = NewType("Size", int)  # 1/1,000,000 contract
Money = NewType("Money", int)  # 1/1,000,000 dollar

ONE_DOLLAR = Price(10_000)
SIZE_UNITS = 1_000_000
MONEY_UNITS = 1_000_000
LARGEST = 10**18  # units of anything, a million millions: nobody means more, and what keeps numbers holds no 10**19


def price(text: str | int | float) -> Price:
    """Dollars as a venue writes them → price. Refuses what is not on the 1/10,000 grid or outside 0..1."""
    units = _units(text, ONE_DOLLAR)
    if not 0 <= units <= ONE_DOLLAR:
        raise BadInput(f"price {text} is outside 0..1 dollar")
    return Price(units)


def size(text: str | int | float) -> Size:
    """Contracts → size. Refuses more than six decimals and negative counts."""
    units = _units(text, SIZE_UNITS)
    if units < 0:
        raise BadInput(f"size {text} is negative")
    return Size(units)


def money(text: str | int | float) -> Money:
    """Dollars → money, negative allowed."""
    return Money(_units(text, MONEY_UNITS))


def price_text(value: Price) -> str:
    """Price → dollars with four decimals."""
    return f"{value // ONE_DOLLAR}.{value % ONE_DOLLAR:04d}"


def size_text(value: Size) -> str:
    """Size → contracts, without trailing zeros."""
    return _text(value, SIZE_UNITS)


def money_text(value: Money) -> str:
    """Money → dollars, without trailing zeros."""
    return _text(value, MONEY_UNITS)


def _units(text: str | int | float, scale: int) -> int:
    try:
        exact = Decimal(str(text)) * scale
    except (InvalidOperation, Overflow):
        raise BadInput(f"{text!r} is not a decimal number") from None
    if exact.is_finite() and abs(exact) > LARGEST:  # before it is written out: an exponent makes a million digits
        raise BadInput(f"{text!r} is more than can be meant")
    if not exact.is_finite() or exact != exact.to_integral_value():
        raise BadInput(f"{text!r} does not fit the grid of 1/{scale}")
    return int(exact)


def _text(value: int, scale: int) -> str:
    return f"{Decimal(value).scaleb(-(len(str(scale)) - 1)).normalize():f}"
