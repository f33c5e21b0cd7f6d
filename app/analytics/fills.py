"""What fills cost beside what was counted with, and how far paper may be from the truth.

Slippage is what was paid above the price that was counted with (or got below it): negative when it was better. Of the
band, `optimistic` is all that was asked for at the price that was counted with; `likely` is what was booked; and
`pessimistic` is what was booked, but at the worst price that the order allowed, and of a resting order only what was
traded through its price.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from statistics import median, quantiles

import msgspec

from app.domain.money import ONE_DOLLAR, Money, Size, size
from app.domain.prices import MILLISECOND
from app.domain.reports import FilledOrder

_OUTLOOK = re.compile(r"outlook (\S+) if touched, (\S+) by the queue, (\S+) if traded through")


class Slippage(msgspec.Struct, frozen=True, kw_only=True):
    """Of the orders of one kind. Money in micro-dollars, `per_contract` in dollars; `milliseconds`: from the wish to
    the first fill."""

    detector: str
    venue: str
    purpose: str
    orders: int
    contracts: Size
    slippage: Money
    per_contract: float
    fees: Money
    filled_share: float  # of what was asked for
    milliseconds: float  # half are no slower
    slowest: float  # 99 of 100 are no slower


class Band(msgspec.Struct, frozen=True, kw_only=True):
    """What purchases would be worth more, or less, in kinder and harsher markets: their cost and size in each."""

    detector: str
    orders: int
    asked: Size
    likely: Size
    pessimistic: Size
    cost_optimistic: Money  # of what was booked
    cost_likely: Money
    cost_pessimistic: Money


def slippage_of(filled: Iterable[FilledOrder]) -> list[Slippage]:
    """By detector, venue and what the orders were for."""
    return [_slippage(orders) for _, orders in _grouped(filled, _kind)]


def bands_of(filled: Iterable[FilledOrder]) -> list[Band]:
    """By detector, of purchases on paper."""
    paper = [each for each in filled if each.kind == "paper" and each.side == "buy"]
    return [_band(key[0], orders) for key, orders in _grouped(paper, lambda each: (each.detector,))]


def _kind(each: FilledOrder) -> tuple[str, str, str]:
    return each.detector, each.venue, each.purpose


def _grouped(
    filled: Iterable[FilledOrder], key: Callable[[FilledOrder], tuple[str, ...]]
) -> list[tuple[tuple[str, ...], list[FilledOrder]]]:
    groups: defaultdict[tuple[str, ...], list[FilledOrder]] = defaultdict(list)
    for each in filled:
        groups[key(each)].append(each)
    return sorted(groups.items())


def _slippage(orders: Sequence[FilledOrder]) -> Slippage:
    one = orders[0]
    slipped, contracts = sum(map(slipped_by, orders)), sum(each.filled for each in orders)
    waits = sorted((each.filled_at - each.wanted_at) / MILLISECOND for each in orders)
    return Slippage(
        detector=one.detector,
        venue=one.venue,
        purpose=one.purpose,
        orders=len(orders),
        contracts=Size(contracts),
        slippage=Money(slipped),
        per_contract=slipped / contracts if contracts else 0.0,
        fees=Money(sum(each.fee for each in orders)),
        filled_share=contracts / sum(each.asked for each in orders),
        milliseconds=round(median(waits), 1),
        slowest=round(quantiles(waits, n=100)[98] if len(waits) > 1 else waits[0], 1),
    )


def slipped_by(order: FilledOrder) -> Money:
    """What was paid above what was counted with, or got below it; in micro-dollars."""
    counted = order.quoted * order.filled // ONE_DOLLAR
    return Money(order.paid - counted if order.side == "buy" else counted - order.paid)


def _band(detector: str, orders: Sequence[FilledOrder]) -> Band:
    return Band(
        detector=detector,
        orders=len(orders),
        asked=Size(sum(each.asked for each in orders)),
        likely=Size(sum(each.filled for each in orders)),
        pessimistic=Size(sum(map(_certain, orders))),
        cost_optimistic=Money(sum(each.quoted * each.filled // ONE_DOLLAR for each in orders)),
        cost_likely=Money(sum(each.paid for each in orders)),
        cost_pessimistic=Money(sum(-(-each.limit * each.filled // ONE_DOLLAR) for each in orders)),
    )


def _certain(order: FilledOrder) -> int:
    """What a harsher market would have given."""
    told = _OUTLOOK.search(order.outlook or "")
    return order.filled if told is None else min(order.filled, size(told.group(3)))
