"""Trades against venues of chance: whatever they give, it ends, and never with more at stake than was meant."""

import random
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.fees import FeeSchedule, order_fee
from app.domain.games import GameId
from app.domain.leagues import LeagueCode
from app.domain.markets import ContractId, Handling, MarketId, VenueId
from app.domain.money import Money, Price, Size
from app.domain.orders import AccountId, Order, OrderChange, Standing, State, TradeId
from app.domain.prices import SECOND, Nanos
from app.domain.signals import SignalId
from app.execution.trades import CHASES, UNWIND_LOSS, UNWINDS, Ended, Plan, PlannedLeg, Wait, next_step

ONE = 1_000_000
BEGAN = Nanos(1_000 * SECOND)
FEES = FeeSchedule(taker=70_000, step=10_000)


def leg(name: str, limit: int = 45, **more: object) -> PlannedLeg:
    venue = VenueId(name.partition(":")[0])
    named = {"contract_id": ContractId(name), "venue": venue, "market_id": MarketId(name), "quoted": Price(limit * 100)}
    return PlannedLeg(**named, limit=Price(limit * 100), fees=FEES, **more)  # type: ignore[arg-type]


def plan(*legs: PlannedLeg, size: int = 100, worth: int = 1) -> Plan:
    return Plan(
        trade_id=TradeId("s-1"),
        signal_id=SignalId("s-1"),
        account=AccountId("arbitrage"),
        kind="paper",
        game_id=GameId("1"),
        league=LeagueCode("nba"),
        detector="cross_venue",
        size=Size(size * ONE),
        worth=Money(worth * ONE),
        legs=legs,
        began_at=BEGAN,
    )


PAIR = plan(leg("kalshi:a"), leg("polymarket:b", 46))
Give = Callable[[Order], int]  # contracts that the venue gives, in units


def after(order: Order, filled: int, state: State = "cancelled") -> Standing:
    state = "filled" if filled == order.size else state
    return Standing(
        order, OrderChange(order_id=order.id, number=2, state=state, at=order.wanted_at, filled=Size(filled))
    )


def played(trade: Plan, give: Give, bid: int | None = 40, now: Nanos = BEGAN) -> tuple[Ended, list[Standing]]:
    orders: list[Standing] = []
    while True:
        step = next_step(trade, orders, lambda _: None if bid is None else Price(bid * 100), now)
        if isinstance(step, Ended):
            return step, orders
        if isinstance(step, Wait):
            assert step.until > now
            now = step.until
            continue
        orders.append(after(step, give(step)))


def test_both_legs_are_bought_the_first_one_first() -> None:
    ended, orders = played(PAIR, lambda order: order.size)
    assert ended == Ended("hedged", (Size(100 * ONE), Size(100 * ONE)))
    assert [each.order.contract_id for each in orders] == ["kalshi:a", "polymarket:b"]
    assert [each.order.id for each in orders] == ["s-1-0", "s-1-1"]


def test_only_as_much_is_asked_of_the_second_as_was_got_of_the_first() -> None:
    _, orders = played(PAIR, lambda order: order.size if order.leg else 30 * ONE)
    assert [each.order.size // ONE for each in orders] == [100, 30]


def test_nothing_got_is_a_missed_trade() -> None:
    ended, orders = played(PAIR, lambda _: 0)
    assert ended.status == "missed"
    assert len(orders) == 1


def test_what_the_second_lacks_is_asked_for_again_up_to_break_even() -> None:
    ended, orders = played(PAIR, lambda order: order.size if order.purpose == "chase" else order.size // 2)
    assert ended.status == "hedged"
    first, second, chase = (each.order for each in orders)
    assert chase.purpose == "chase"
    assert chase.limit > second.limit
    assert set_cost(first.limit, chase.limit) <= ONE < set_cost(first.limit, chase.limit + 100)


def set_cost(*prices: int) -> int:
    """Micro-dollars of one contract at each price, with fees that are not rounded to the cent."""
    exact = FeeSchedule(taker=FEES.taker)
    return sum(price * 100 + order_fee(exact, [(Price(price), Size(ONE))]) for price in prices)


def test_no_chase_pays_more_than_may_be_paid_at_all() -> None:
    dear = msgspec.structs.replace(plan(leg("kalshi:a", 5), leg("polymarket:b", 84)), most=Price(8_500))
    _, orders = played(dear, lambda order: 0 if order.leg else order.size)
    assert [each.order.limit for each in orders if each.order.leg] == [8_400, 8_500, 8_500]


def test_what_cannot_be_hedged_is_sold_again() -> None:
    ended, orders = played(PAIR, lambda order: 0 if order.leg else order.size)
    assert ended == Ended("unwound", (Size(0), Size(0)))
    assert [each.order.purpose for each in orders] == ["entry", "entry", *["chase"] * CHASES, "unwind"]
    assert orders[-1].order.limit == PAIR.legs[0].limit - UNWIND_LOSS


@pytest.mark.parametrize("bid", [None, 30])
def test_what_nobody_buys_within_the_bound_is_exposed(bid: int | None) -> None:
    ended, orders = played(PAIR, lambda order: 0 if order.leg else order.size, bid=bid)
    assert ended == Ended("exposed", (Size(100 * ONE), Size(0)))
    assert all(each.order.purpose != "unwind" for each in orders)


def test_the_leg_that_waits_at_its_venue_comes_first_in_a_plan_and_a_step_that_both_take() -> None:
    coarse = leg("polymarket:b", handling=Handling(least=Size(5 * ONE), step=Size(ONE)))
    _, orders = played(plan(coarse, leg("kalshi:a")), lambda order: order.size * 2 // 3)
    assert all(each.order.size % ONE == 0 for each in orders if each.order.venue == "polymarket")


def test_an_order_that_is_not_settled_is_waited_for() -> None:
    first = next_step(PAIR, [], lambda _: None, BEGAN)
    assert isinstance(first, Order)
    for state in ("intent", "sending", "unknown", "open", "partly_filled"):
        assert isinstance(next_step(PAIR, [after(first, 0, state)], lambda _: None, BEGAN), Wait)


def test_one_leg_alone_is_filled_or_missed() -> None:
    alone = plan(leg("kalshi:a"))
    assert played(alone, lambda order: order.size // 3)[0].status == "filled"
    assert played(alone, lambda _: 0)[0].status == "missed"


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_whatever_venues_give_a_trade_ends_and_holds_what_it_says(seed: int) -> None:
    draw = random.Random(seed)
    for _ in range(100):
        holds(draw)


def holds(draw: random.Random) -> None:
    steps = [Handling(least=Size(draw.choice((1, 5)) * ONE), step=Size(draw.choice((10_000, ONE)))) for _ in range(3)]
    legs = [leg(f"v{n}:c", draw.randrange(5, 34), handling=steps[n]) for n in range(draw.randrange(1, 4))]
    trade = plan(*legs, size=draw.randrange(1, 300))

    def give(order: Order) -> int:
        unit = steps[order.leg].step
        return draw.choice((0, order.size, draw.randrange(order.size // unit + 1) * unit))

    ended, orders = played(trade, give, bid=draw.choice((None, draw.randrange(1, 40))))
    held = [0] * len(legs)
    for each in orders:
        held[each.order.leg] += each.last.filled if each.order.side == "buy" else -each.last.filled
        assert min(held) >= 0
        assert max(held) <= trade.size
    assert ended.held == tuple(held)
    assert ended.status == expected_status(held, orders, [one.least for one in steps])
    assert sum(each.order.purpose == "unwind" for each in orders) <= UNWINDS * len(legs)
    assert [each.order.id for each in orders] == [f"s-1-{n}" for n in range(len(orders))]


def expected_status(held: list[int], orders: list[Standing], least: list[Size]) -> str:
    if not any(each.last.filled for each in orders):
        return "missed"
    if any(size - min(held) >= one for size, one in zip(held, least, strict=False)):
        return "exposed"
    if not min(held):
        return "unwound"
    return "hedged" if len(held) > 1 else "filled"
