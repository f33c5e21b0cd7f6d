"""How much of an edge there is: the ladders of all legs walked together, at a common number of contracts.

At each step the smallest of what is left at the legs' prices is taken; the first step whose contracts earn less than is
asked for ends it. Fees are those of a whole order: rounded once, at the end, upwards.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from app.domain.fees import FeeSchedule, order_fee
from app.domain.money import ONE_DOLLAR, Money, Price, Size
from app.domain.prices import Level, Nanos
from app.domain.signals import Reach

MOST_STEPS = 200
STAKES = (Money(100_000_000), Money(1_000_000_000))  # what people ask for: $100 and $1,000
_PER_PRICE = 100  # micro-dollars


class Step(NamedTuple):
    """So many contracts of each leg at these prices. `cost`: micro-dollars of one contract of each leg, fees included
    and rounded up."""

    size: Size
    prices: tuple[Price, ...]
    cost: Money


class Taken(NamedTuple):
    """What taking so many contracts of each leg costs, leg by leg."""

    size: Size
    limits: tuple[Price, ...]
    costs: tuple[Money, ...]
    fees: tuple[Money, ...]

    @property
    def stake(self) -> Money:
        return Money(sum(self.costs) + sum(self.fees))


def walk(
    ladders: Sequence[Iterable[Level]], schedules: Sequence[FeeSchedule], worth: int, least_edge: int, now: Nanos
) -> list[Step]:
    """The steps whose contracts are worth at least `least_edge` (micro-dollars) more than they cost; best first."""
    sources = [iter(ladder) for ladder in ladders]
    levels = [next(source, None) for source in sources]
    unit_costs = [unit_cost(schedule, now) for schedule in schedules]
    steps: list[Step] = []
    while len(steps) < MOST_STEPS:
        here = [level for level in levels if level is not None]
        if len(here) < len(levels):
            break
        cost = sum(of(price) for of, (price, _) in zip(unit_costs, here, strict=True))
        if worth - cost < least_edge:
            break
        size = min(lies for _, lies in here)
        steps.append(Step(Size(size), tuple(price for price, _ in here), Money(cost)))
        for at, (price, lies) in enumerate(here):
            levels[at] = (price, Size(lies - size)) if lies > size else next(sources[at], None)
    return steps


def take(steps: Sequence[Step], size: Size, schedules: Sequence[FeeSchedule], now: Nanos) -> Taken:
    """What `size` contracts of each leg cost; never more than the steps hold."""
    legs: list[list[Level]] = [[] for _ in schedules]
    left = size
    for step in steps:
        here = min(left, step.size)
        if here <= 0:
            break
        for leg, price in zip(legs, step.prices, strict=True):
            leg.append((price, Size(here)))
        left = Size(left - here)
    costs = tuple(Money(-(-sum(price * lies for price, lies in leg) // ONE_DOLLAR)) for leg in legs)
    fees = tuple(order_fee(schedule, leg, now) for schedule, leg in zip(schedules, legs, strict=True))
    limits = tuple(leg[-1][0] if leg else Price(0) for leg in legs)
    return Taken(Size(size - left), limits, costs, fees)


def held(steps: Sequence[Step]) -> Size:
    """Contracts of each leg in all steps."""
    return Size(sum(step.size for step in steps))


def worth_of(worth: int, size: int) -> Money:
    """What so many contracts are worth, rounded down."""
    return Money(worth * size // 1_000_000)


def reaches(steps: Sequence[Step], schedules: Sequence[FeeSchedule], worth: int, now: Nanos) -> tuple[Reach, ...]:
    """What $100 buys, what $1,000 buys, and everything there is."""
    return tuple(_reach(steps, schedules, worth, stake, now) for stake in (*STAKES, None))


def size_for(steps: Sequence[Step], stake: int) -> Size:
    """How many contracts of each leg so many micro-dollars buy, fees rounded up for each contract."""
    left, size = stake, 0
    for step in steps:
        here = min(step.size, left * 1_000_000 // step.cost)
        size += here
        left -= -(-here * step.cost // 1_000_000)
        if here < step.size:
            break
    return Size(size)


def _reach(
    steps: Sequence[Step], schedules: Sequence[FeeSchedule], worth: int, stake: Money | None, now: Nanos
) -> Reach:
    size = held(steps) if stake is None else size_for(steps, stake)
    taken = take(steps, size, schedules, now)
    cost, fees = Money(sum(taken.costs)), Money(sum(taken.fees))
    return Reach(stake, taken.size, cost, fees, Money(worth_of(worth, taken.size) - cost - fees))


def unit_cost(schedule: FeeSchedule, now: Nanos) -> Callable[[Price], int]:
    """Micro-dollars of one contract at a price, its fee rounded up."""
    rate = 0 if now < schedule.waived_until else schedule.taker
    exponent = schedule.exponent
    whole = int(10 ** (8 * exponent))

    def cost(price: Price) -> int:
        spread = int((price * (ONE_DOLLAR - price)) ** exponent)
        return price * _PER_PRICE - (-rate * spread // whole)

    return cost
