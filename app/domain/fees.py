"""What a venue charges for a trade. The formula is both venues' own: `rate x contracts x (p (1 - p))^exponent`, p the
price of a contract in dollars, rounded up for each order (`venues/…/fees` say where the figures of a market are read).

>>> kalshi = FeeSchedule(taker=70_000, step=10_000)
>>> order_fee(kalshi, [(Price(4_600), Size(100_000_000))])
1740000
"""

from collections.abc import Iterable
from functools import lru_cache

import msgspec

from app.domain.money import ONE_DOLLAR, Money, Price, Size

Fill = tuple[Price, Size]  # so many contracts at one price

RATE_UNITS = 1_000_000  # a rate of 0.07 is 70,000
_PER_PRICE = 100  # Money units in one unit of Price
_ONE_SQUARE = RATE_UNITS * 10**8


class FeeSchedule(msgspec.Struct, frozen=True):
    """What one market charges. Rates in millionths, the venue's multiplier already in them. `step`: the fee of an order
    is rounded up to a multiple of so many micro-dollars; one below `least` is none. `waived_until`: nothing is charged
    before that moment (nanoseconds UTC). `source`: where it was read."""

    taker: int
    maker: int = 0
    exponent: int = 1
    step: int = 1
    least: int = 0
    waived_until: int = 0
    source: str = ""


def order_fee(schedule: FeeSchedule, fills: Iterable[Fill], now: int | None = None, *, is_maker: bool = False) -> Money:
    """What one order pays for everything it got, rounded once, upwards. Without a moment (nanoseconds UTC) no waiver
    is believed."""
    rate = schedule.maker if is_maker else schedule.taker
    if not rate or (now is not None and now < schedule.waived_until):
        return Money(0)
    exponent, exact = schedule.exponent, 0
    for price, size in fills:
        exact += size * rate * (price * (ONE_DOLLAR - price)) ** exponent
    # price² is in 1/10⁸ dollar², size and rate in millionths, and the fee in micro-dollars
    whole = _ONE_SQUARE if exponent == 1 else RATE_UNITS * 10 ** (8 * exponent)
    fee = -(-exact // (whole * schedule.step)) * schedule.step
    return Money(fee if exact >= whole * schedule.least else 0)


@lru_cache(maxsize=256)
def unit_costs(taker: int, exponent: int) -> tuple[Money, ...]:
    """What one contract costs with its fee, by price from 0 to 1 dollar; the fee is rounded down, so that nothing which
    is worth its price is missed by a first look: no order costs less than this by more than its schedule's `least`."""
    whole = 10 ** (8 * exponent)
    return tuple(
        Money(price * _PER_PRICE + taker * (price * (ONE_DOLLAR - price)) ** exponent // whole)
        for price in range(ONE_DOLLAR + 1)
    )


@lru_cache(maxsize=256)
def full_unit_costs(taker: int, exponent: int) -> tuple[Money, ...]:
    """The same with the fee of one contract rounded up: no order of many pays more for each."""
    whole = 10 ** (8 * exponent)
    return tuple(
        Money(price * _PER_PRICE - (-taker * (price * (ONE_DOLLAR - price)) ** exponent // whole))
        for price in range(ONE_DOLLAR + 1)
    )
