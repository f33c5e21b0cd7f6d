"""Trades: the orders that one signal becomes, one leg after the other: what is got of the first is what is asked of the
second.

What comes next follows from the plan and from how the orders of the trade stand now, and from nothing else: whoever
takes a trade over after a crash goes on where it stood.

The least certain leg comes first: the one that waits longest at its venue, then the thinnest. What later legs lack is
asked for again, at most so dear that the whole set still costs no more than it is worth. What cannot be had is made up
for: the legs that are too long are sold again, for no less than a bounded loss.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

import msgspec

from app.domain.fees import FeeSchedule, full_unit_costs
from app.domain.games import GameId
from app.domain.leagues import LeagueCode
from app.domain.markets import ContractId, Handling, MarketId, VenueId
from app.domain.money import ONE_DOLLAR, Money, Price, Size
from app.domain.orders import AccountId, AccountKind, Order, OrderId, Purpose, Side, Standing, TradeId
from app.domain.prices import CENT_GRID, MILLISECOND, SECOND, Grid, Nanos
from app.domain.signals import Detector, Signal, SignalId

CHASES = 2  # times that a later leg is asked for again
UNWINDS = 4  # times that what is too much is offered
UNWIND_LOSS = Price(500)  # a contract, at most
HEDGED_WITHIN = 10 * SECOND  # from the start; what is not hedged then is unwound
UNWOUND_WITHIN = 30 * SECOND  # from the start; what is not sold then is exposed
SENT_WITHIN = 2 * SECOND  # from the decision to the wire
LOOK_AGAIN = 250 * MILLISECOND  # while nobody bids

Status = Literal["open", "filled", "hedged", "missed", "unwound", "exposed"]
Bid = Callable[[ContractId], Price | None]  # what somebody would pay now


class PlannedLeg(msgspec.Struct, frozen=True, kw_only=True):
    """One side of the trade. `quoted`: the best price when it was found; `limit`: what may be paid at first."""

    contract_id: ContractId
    venue: VenueId
    market_id: MarketId
    quoted: Price
    limit: Price
    fees: FeeSchedule
    handling: Handling = Handling()
    grid: Grid = CENT_GRID


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a trade is to get. `legs` in the order in which they are tried; `worth`: micro-dollars of one contract of
    each together; `most`: what may be paid for one contract at all."""

    trade_id: TradeId
    signal_id: SignalId
    account: AccountId
    kind: AccountKind
    game_id: GameId
    league: LeagueCode
    detector: Detector
    size: Size
    worth: Money
    legs: tuple[PlannedLeg, ...]
    began_at: Nanos
    most: Price = Price(ONE_DOLLAR - 1)


class Wait(msgspec.Struct, frozen=True):
    """Nothing to do before an order is settled, or that moment has come."""

    until: Nanos


class Ended(msgspec.Struct, frozen=True):
    """`held`: contracts of each leg, in the plan's order."""

    status: Status
    held: tuple[Size, ...]


Next = Order | Wait | Ended


def planned(
    signal: Signal,
    account: AccountId,
    kind: AccountKind,
    legs: Iterable[PlannedLeg],
    depths: Sequence[Size],
    most: Price,
    now: Nanos,
) -> Plan:
    """The trade of a signal by an account. `depths`: what lies at the best price of each leg, in their order."""
    by_doubt = sorted(zip(legs, depths, strict=True), key=lambda pair: (-pair[0].handling.delay_ms, pair[1]))
    steps = [leg.handling.step for leg, _ in by_doubt]
    step = max(steps)
    return Plan(
        trade_id=TradeId(signal.id),
        signal_id=signal.id,
        account=account,
        kind=kind,
        game_id=signal.game_id,
        league=signal.league,
        detector=signal.detector,
        size=Size(signal.size // step * step),
        worth=signal.worth,
        legs=tuple(leg for leg, _ in by_doubt),
        began_at=now,
        most=most,
    )


def next_step(plan: Plan, orders: Sequence[Standing], bid: Bid, now: Nanos) -> Next:
    """What is to be done; `orders`: all of this trade."""
    if any(not each.is_settled for each in orders):
        return Wait(Nanos(now + LOOK_AGAIN))
    tries = [[each for each in orders if each.order.leg == leg] for leg in range(len(plan.legs))]
    held = [_held(of_leg) for of_leg in tries]
    is_late = now >= plan.began_at + HEDGED_WITHIN
    for leg, of_leg in enumerate(tries):
        wanted = plan.size if leg == 0 else min(held[:leg])
        lacking = _whole(plan.legs[leg], wanted - held[leg])
        if lacking and not _is_given_up(leg, of_leg) and not is_late:
            return _entry(plan, leg, lacking, orders, now)
        if not held[leg]:
            break
    return _unwinding(plan, tries, held, len(orders), bid, now)


def _held(tries: Iterable[Standing]) -> int:
    return sum(each.last.filled if each.order.side == "buy" else -each.last.filled for each in tries)


def _whole(leg: PlannedLeg, size: int) -> Size:
    """The part of it that the venue takes an order of; 0 when it takes none."""
    whole = size // leg.handling.step * leg.handling.step
    return Size(whole if whole >= leg.handling.least else 0)


def _is_given_up(leg: int, tries: Sequence[Standing]) -> bool:
    """The first leg is asked for once: what it gets is the trade. No leg is bought again when some of it was sold."""
    has_sold = any(each.order.side == "sell" for each in tries)
    return has_sold or len(tries) >= (1 if leg == 0 else 1 + CHASES)


def _entry(plan: Plan, leg: int, size: Size, orders: Sequence[Standing], now: Nanos) -> Next:
    is_first_try = not any(each.order.leg == leg for each in orders)
    limit = plan.legs[leg].limit if is_first_try else _break_even(plan, leg, orders)
    return _order(plan, leg, "buy", limit, size, "entry" if is_first_try else "chase", len(orders), now)


def _break_even(plan: Plan, leg: int, orders: Sequence[Standing]) -> Price:
    """The dearest price, fee included, at which the whole set costs no more than it is worth; never less than what was
    allowed at first. What the other legs have cost is taken at their limits."""
    others = [one for place, one in enumerate(plan.legs) if place != leg]
    spent = sum(_unit_cost(one, _dearest(one, orders)) for one in others)
    mine = plan.legs[leg]
    costs = full_unit_costs(mine.fees.taker, mine.fees.exponent)
    affordable = (price for price in range(plan.most, mine.limit, -1) if costs[price] <= plan.worth - spent)
    return next((Price(price) for price in affordable if mine.grid.holds(price)), mine.limit)


def _dearest(leg: PlannedLeg, orders: Iterable[Standing]) -> Price:
    bought = (each.order for each in orders if each.order.contract_id == leg.contract_id and each.order.side == "buy")
    return max((order.limit for order in bought), default=leg.limit)


def _unit_cost(leg: PlannedLeg, price: Price) -> Money:
    return full_unit_costs(leg.fees.taker, leg.fees.exponent)[price]


def _unwinding(
    plan: Plan, tries: Sequence[Sequence[Standing]], held: Sequence[int], made: int, bid: Bid, now: Nanos
) -> Next:
    """Sell what is held of one leg and not of all; then it has ended."""
    is_late = now >= plan.began_at + UNWOUND_WITHIN
    together = min(held)
    must_wait = False
    for leg, of_leg in enumerate(tries):
        excess = _whole(plan.legs[leg], held[leg] - together)
        sold = sum(each.order.purpose == "unwind" for each in of_leg)
        if not excess or sold >= UNWINDS or is_late:
            continue
        price = bid(plan.legs[leg].contract_id)
        least = _least(plan.legs[leg], of_leg)
        if price is not None and price >= least:
            return _order(plan, leg, "sell", least, excess, "unwind", made, now)
        must_wait = True
    if must_wait:
        return Wait(Nanos(now + LOOK_AGAIN))
    is_level = not any(_whole(leg, size - together) for leg, size in zip(plan.legs, held, strict=True))
    return Ended(_status(plan, tries, together, is_level=is_level), tuple(map(Size, held)))


def _least(leg: PlannedLeg, tries: Sequence[Standing]) -> Price:
    """What is taken for a contract that is too much."""
    paid = max((each.order.limit for each in tries if each.order.side == "buy"), default=leg.limit)
    floor = max(paid - UNWIND_LOSS, leg.grid.unit)
    return next(Price(price) for price in range(floor, ONE_DOLLAR) if leg.grid.holds(price))


def _status(plan: Plan, tries: Sequence[Sequence[Standing]], together: int, *, is_level: bool) -> Status:
    """`is_level`: what one leg has more than another is less than its venue takes an order of."""
    was_filled = any(each.last.filled for of_leg in tries for each in of_leg)
    if not was_filled:
        return "missed"
    if not is_level:
        return "exposed"
    if not together:
        return "unwound"
    return "hedged" if len(plan.legs) > 1 else "filled"


def _order(
    plan: Plan, leg: int, side: Side, limit: Price, size: Size, purpose: Purpose, number: int, now: Nanos
) -> Order:
    one = plan.legs[leg]
    return Order(
        id=OrderId(f"{plan.trade_id}-{number}"),
        account=plan.account,
        kind=plan.kind,
        venue=one.venue,
        market_id=one.market_id,
        contract_id=one.contract_id,
        game_id=plan.game_id,
        league=plan.league,
        side=side,
        limit=limit,
        size=size,
        time_in_force="ioc",
        purpose=purpose,
        trade_id=plan.trade_id,
        leg=leg,
        signal_id=plan.signal_id,
        rule=purpose,
        quoted=one.quoted,
        fees=one.fees,
        wanted_at=now,
        send_before=Nanos(now + SENT_WITHIN),
    )
