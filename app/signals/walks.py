"""How much of an edge there is: the ladders of all legs walked together, at a common number of contracts.

At each step the smallest of what is left at the legs' prices is taken; the first step whose contracts earn less than is
asked for ends it. Fees are those of a whole order: rounded once, at the end, upwards.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.domain.fees import FeeSchedule, full_unit_costs, order_fee
from app.domain.money import ONE_DOLLAR, Money, Price, Size
from app.domain.prices import Level, Nanos
from app.domain.signals import Reach, Step

MOST_STEPS = 200
STAKES = (Money(100_000_000), Money(1_000_000_000))  # what people ask for: $100 and $1,000


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
    costs = [costs_of(schedule, now) for schedule in schedules]
    prices, left = [Price(0)] * len(sources), [0] * len(sources)
    most, steps = worth - least_edge, list[Step]()
    while len(steps) < MOST_STEPS:
        cost = 0
        for at, source in enumerate(sources):
            if not left[at]:
                level = next(source, None)
                if level is None:
                    return steps
                prices[at], left[at] = level
            cost += costs[at][prices[at]]
        if cost > most:
            break
        size = min(left)
        steps.append(Step(Size(size), tuple(prices), Money(cost)))
        left = [lies - size for lies in left]
    return steps


def take(steps: Sequence[Step], size: Size, schedules: Sequence[FeeSchedule], now: Nanos) -> Taken:
    """What `size` contracts of each leg cost; never more than the steps hold."""
    left, used = size, list[tuple[Size, tuple[Price, ...]]]()
    for step in steps:
        here = step.size if step.size < left else left
        if here <= 0:
            break
        used.append((here, step.prices))
        left = Size(left - here)
    costs, fees = list[Money](), list[Money]()
    for at, schedule in enumerate(schedules):
        fills = [(prices[at], here) for here, prices in used]
        cost = 0
        for price, here in fills:
            cost += price * here
        costs.append(Money(-(-cost // ONE_DOLLAR)))
        fees.append(order_fee(schedule, fills, now))
    limits = used[-1][1] if used else (Price(0),) * len(schedules)
    return Taken(Size(size - left), limits, tuple(costs), tuple(fees))


def held(steps: Sequence[Step]) -> Size:
    """Contracts of each leg in all steps."""
    return Size(sum([step.size for step in steps]))


def worth_of(worth: int, size: int) -> Money:
    """What so many contracts are worth, rounded down."""
    return Money(worth * size // 1_000_000)


def reaches(steps: Sequence[Step], schedules: Sequence[FeeSchedule], worth: int, now: Nanos) -> tuple[Reach, ...]:
    """What $100 buys, what $1,000 buys, and everything there is."""
    everything = _reach(steps, held(steps), schedules, worth, None, now)
    found: list[Reach] = []
    for stake in STAKES:
        if sum(step.size * step.cost for step in steps) <= stake * 1_000_000:
            found.append(Reach(stake, everything.size, everything.cost, everything.fees, everything.profit))
        else:
            found.append(_reach(steps, size_for(steps, stake), schedules, worth, stake, now))
    return (*found, everything)


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
    steps: Sequence[Step], size: Size, schedules: Sequence[FeeSchedule], worth: int, stake: Money | None, now: Nanos
) -> Reach:
    taken = take(steps, size, schedules, now)
    cost, fees = Money(sum(taken.costs)), Money(sum(taken.fees))
    return Reach(stake, taken.size, cost, fees, Money(worth_of(worth, taken.size) - cost - fees))


def costs_of(schedule: FeeSchedule, now: Nanos) -> Sequence[Money]:
    """Micro-dollars of one contract by its price, its fee rounded up."""
    return full_unit_costs(0 if now < schedule.waived_until else schedule.taker, schedule.exponent)
