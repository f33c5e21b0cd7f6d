"""Where prices may lie. All in 1/10,000 dollar."""

import msgspec

DOLLAR = 10_000
CENT = 100


class Range(msgspec.Struct, frozen=True):
    """From `start` to `end` prices are multiples of `step`."""

    start: int
    end: int
    step: int


class Grid(msgspec.Struct, frozen=True):
    """A market's prices, in ranges that join at multiples of both steps."""

    name: str  # Kalshi's word for it
    ranges: tuple[Range, ...]

    def at_most(self, price: float) -> int:
        """The highest price that is not above this one."""
        step = self.step_below(price)
        return int(price // step) * step

    def at_least(self, price: float) -> int:
        """The lowest price that is not below this one."""
        step = self.step_above(price)
        return -int(-price // step) * step

    def step_below(self, price: float) -> int:
        return next((one.step for one in self.ranges if price <= one.end), self.ranges[-1].step)

    def step_above(self, price: float) -> int:
        return next((one.step for one in self.ranges if price < one.end), self.ranges[-1].step)

    def holds(self, price: int) -> bool:
        """Whether an order may have this price: not nothing, and not the whole dollar."""
        return 0 < price < DOLLAR and price % self.step_below(price) == 0


def even(name: str, step: int) -> Grid:
    """The same step all the way."""
    return Grid(name, (Range(0, DOLLAR, step),))


CENTS = even("linear_cent", CENT)
FINE = even("deci_cent", 10)
FINEST = even("any", 1)
TAPERED = Grid("tapered_deci_cent", (Range(0, 1_000, 10), Range(1_000, 9_000, CENT), Range(9_000, DOLLAR, 10)))
