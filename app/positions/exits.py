"""When a position is sold before its game ends, and for how much at least.

Everything is counted for one contract of it, in micro-dollars: what it has cost, what could be had for it now (the bids
that its size would take, less the fee), and what it should be worth. `reason` is the law; a sweep asks the same of many
positions at once.
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from app.domain.fees import FeeSchedule, order_fee
from app.domain.instructions import CloseWanted, InstructionId
from app.domain.money import ONE_DOLLAR, SIZE_UNITS, Money, Price, Size
from app.domain.positions import ExitRule, ExitRules, Position
from app.domain.prices import SECOND, Grid, Level, Nanos

NOTHING = Money(-1)  # nothing can be had: nobody bids, or nobody knows
ENDLESS = 2**62  # money or time that is never reached
SHARES = 1_000_000  # of a share of one
# A score feed lags the venues by 5 to 20 seconds: meanwhile a price that has just moved looks too high.
GONE_FOR = 20 * SECOND

WORST_SLIP = 5  # of the best bid at most this part is given up

_PER_PRICE = 10_000  # units of Price x Size in one of Money


class Proceeds(NamedTuple):
    """What could be had now: `size` of it is bid for at `limit` or more, and would bring so much, less the fee."""

    limit: Price
    size: Size
    money: Money

    @property
    def unit(self) -> Money:
        """Of one contract, rounded down."""
        return Money(max(0, self.money * SIZE_UNITS // self.size))


class Bounds(NamedTuple):
    """Where each rule begins, for one contract; what is not to happen lies out of reach. `kept`: the share of the best,
    in millionths, at which the trailing stop sells, once that was more than `cost`."""

    cost: int
    held_until: int
    stop_at: int
    take_at: int
    kept: int
    over_worth: int
    time_at: int


class Seen(NamedTuple):
    """What else is known of a position. `best`: that could be had for it since it was opened; `gone_since`: since when
    more can be had for it than it should be worth, 0 when that is not so; `is_off`: its game stands as its rules say;
    `is_closing`: its game is about to end."""

    best: int = NOTHING
    gone_since: int = 0
    is_off: bool = False
    is_closing: bool = False


class Exit(msgspec.Struct, frozen=True, kw_only=True):
    """Sell a position as it stands in that version, each contract for at least `limit`. `tries`: how often that was
    asked for before without anything being sold."""

    position: Position
    rule: ExitRule
    limit: Price
    unit: Money  # what could be had
    tries: int = 0

    @property
    def id(self) -> InstructionId:
        """The same for the same wish, whoever has it: asked twice it is done once."""
        held = self.position
        again = f":{self.tries}" if self.tries else ""
        return InstructionId(f"exit:{held.account}:{held.contract_id}:{held.version}:{self.rule}{again}")

    @property
    def wanted(self) -> CloseWanted:
        """As the executor is asked."""
        held = self.position
        return CloseWanted(contract_id=held.contract_id, rule=self.rule, limit=self.limit, version=held.version)


def due(position: Position, bounds: Bounds, offered: Proceeds | None, seen: Seen, now: Nanos) -> Exit | None:
    """The exit that is due, or None. `offered`: by a book that can be trusted; without one nothing is sold."""
    if offered is None:
        return None
    rule = reason(bounds, offered.unit, seen, now)
    return None if rule is None else Exit(position=position, rule=rule, limit=offered.limit, unit=offered.unit)


def reason(bounds: Bounds, unit: int, seen: Seen, now: int) -> ExitRule | None:
    """The first rule that sells. Until `held_until` only the stop does. What nothing can be had for is kept."""
    if unit <= 0:
        return None
    if unit <= bounds.stop_at:
        return "stop"
    if now < bounds.held_until:
        return None
    best = max(seen.best, unit)
    rules: tuple[tuple[ExitRule, bool], ...] = (
        ("game_state", seen.is_off),
        ("take_profit", unit >= bounds.take_at),
        ("trailing_stop", best > bounds.cost and unit * SHARES <= best * bounds.kept),
        ("edge_gone", 0 < seen.gone_since <= now - GONE_FOR),
        ("time", now >= bounds.time_at),
        ("before_close", seen.is_closing),
    )
    return next((rule for rule, is_due in rules if is_due), None)


def bounds_of(position: Position, rules: ExitRules, entered_at: int = 0) -> Bounds:
    """Of a position that holds something. `entered_at`: when more of it was bought, since it was opened. A loss of no
    more than the slip stops nothing: of what costs a few cents the spread alone is half."""
    cost = position.cost * SIZE_UNITS // position.size
    return Bounds(
        cost=cost,
        held_until=max(position.opened_at, entered_at) + rules.hold_s * SECOND,
        stop_at=NOTHING if rules.stop is None else max(NOTHING, cost - max(_share(cost, rules.stop), _slip(rules))),
        take_at=ENDLESS if rules.take_profit is None else cost + _share(cost, rules.take_profit),
        kept=NOTHING if rules.trailing_stop is None else SHARES - round(rules.trailing_stop * SHARES),
        over_worth=ENDLESS if rules.edge_gone is None else _share(cost, rules.edge_gone),
        time_at=ENDLESS if rules.after_s is None else position.opened_at + rules.after_s * SECOND,
    )


def never_sells(rules: ExitRules) -> bool:
    """Whatever happens, the position is held until it is paid."""
    by_price = (rules.stop, rules.trailing_stop, rules.take_profit, rules.edge_gone)
    return not rules.on_game_states and {*by_price, rules.after_s, rules.before_close_s} == {None}


def is_over_worth(bounds: Bounds, unit: int, worth: int) -> bool:
    """More can be had than it should be worth, by the margin of its rules. `worth`: NOTHING when nobody says."""
    return unit >= 0 and worth >= 0 and unit - worth >= bounds.over_worth


def proceeds(
    bids: Sequence[Level], size: Size, slip: Price, grid: Grid, fees: FeeSchedule, now: Nanos
) -> Proceeds | None:
    """What so many contracts would bring at these bids, best first, down to the best less `slip`, or less a fifth of it
    where that is less: a few cents are not given away for nothing. None: nobody bids."""
    if not bids or size <= 0:
        return None
    best = bids[0][0]
    limit = lowest(Price(best - min(slip, best // WORST_SLIP)), grid)
    taken, left = list[Level](), size
    for price, there in bids:
        if price < limit or left <= 0:
            break
        taken.append((price, min(there, left)))
        left = Size(left - there)
    if not taken:
        return None
    brought = sum(price * got for price, got in taken) // _PER_PRICE
    return Proceeds(limit, Size(size - max(left, 0)), Money(brought - order_fee(fees, taken, now)))


def lowest(price: Price, grid: Grid) -> Price:
    """The lowest price that an order may have and that is not below this one; never nothing."""
    for step in grid.steps:
        if price <= step.end:
            above = max(step.step, price - step.start)
            return Price(step.start - -above // step.step * step.step)
    return price


def _slip(rules: ExitRules) -> int:
    return rules.slip * SIZE_UNITS // ONE_DOLLAR


def _share(cost: int, share: float) -> int:
    return cost * round(share * SHARES) // SHARES
