"""Why a venue does not take an order: an ordered list of small checks, in the venues' own reasons."""

from collections.abc import Callable
from typing import NamedTuple

from app.domain.markets import Handling, VenueId
from app.domain.money import ONE_DOLLAR, Money, Price, Size, money_text, price_text, size_text
from app.domain.orders import Order
from app.domain.prices import SECOND, Grid, Ladder, Nanos
from app.venues.paper.matching import reaches

LEAST_NOTICE = {VenueId("polymarket"): 180 * SECOND}  # before an order may run out


class Form(NamedTuple):
    """An order, and what the market asks of its form; None: the venue does not say."""

    order: Order
    handling: Handling
    grid: Grid | None


class Arrival(NamedTuple):
    """An order that has arrived, and everything that decides whether it is taken. `best`: the price that it would trade
    at first, None where nothing is there; `limit` like it in terms of the book's first contract."""

    order: Order
    handling: Handling
    now: Nanos
    starts_at: Nanos | None
    is_bid: bool
    limit: Price
    best: Price | None
    money: Money  # that can be used
    needed: Money
    contracts: int  # that can be sold

    @property
    def crosses(self) -> bool:
        return self.best is not None and reaches(self.is_bid, self.limit, self.best)


def inside_the_dollar(form: Form) -> str | None:
    if not 0 < form.order.limit < ONE_DOLLAR:
        return f"invalid price: {price_text(form.order.limit)} is not between 0 and 1 dollar"
    return None


def on_the_grid(form: Form) -> str | None:
    if form.grid is not None and not form.grid.holds(form.order.limit):
        return f"invalid tick size: {price_text(form.order.limit)} lies between two ticks"
    return None


def large_enough(form: Form) -> str | None:
    if form.order.size < max(1, form.handling.least):
        return f"invalid size: {size_text(form.order.size)} is less than {size_text(form.handling.least)}"
    return None


def in_whole_steps(form: Form) -> str | None:
    if form.order.size % form.handling.step:
        return f"invalid size: {size_text(form.order.size)} is no multiple of {size_text(form.handling.step)}"
    return None


def able_to_wait(form: Form) -> str | None:
    if form.order.is_post_only and form.order.time_in_force in ("ioc", "fok"):
        return "invalid post-only: an order that does not wait cannot be"
    return None


def long_enough(arrival: Arrival) -> str | None:
    order = arrival.order
    notice = LEAST_NOTICE.get(order.venue, 0)
    if order.time_in_force == "gtd" and order.expires_at <= arrival.now + notice:
        return f"invalid expiration: it must be more than {notice // SECOND} s ahead"
    return None


def before_the_start(arrival: Arrival) -> str | None:
    waits = arrival.order.time_in_force in ("gtc", "gtd")
    has_begun = arrival.starts_at is not None and arrival.now >= arrival.starts_at
    if waits and has_begun and arrival.handling.is_wiped_at_start:
        return "the game has begun: resting orders are wiped"
    return None


def only_makes(arrival: Arrival) -> str | None:
    if arrival.order.is_post_only and arrival.crosses:
        return "invalid post-only order: order crosses book"
    return None


def paid_for(arrival: Arrival) -> str | None:
    if arrival.order.side == "buy" and arrival.needed > arrival.money:
        return f"not enough balance: {money_text(arrival.needed)} needed, {money_text(arrival.money)} there"
    return None


def held(arrival: Arrival) -> str | None:
    if arrival.order.side == "sell" and arrival.order.size > arrival.contracts:
        there = size_text(Size(max(0, arrival.contracts)))
        return f"not enough contracts: {size_text(arrival.order.size)} asked, {there} there"
    return None


FORM: tuple[Callable[[Form], str | None], ...] = (
    inside_the_dollar,
    on_the_grid,
    large_enough,
    in_whole_steps,
    able_to_wait,
)
COVER: tuple[Callable[[Arrival], str | None], ...] = (paid_for, held)
ARRIVAL: tuple[Callable[[Arrival], str | None], ...] = (long_enough, before_the_start, only_makes, *COVER)


def refused_form(form: Form) -> str | None:
    """The first reason why the venue would surely refuse it, whatever its book; None: it has the right form."""
    return next((reason for check in FORM if (reason := check(form))), None)


def refused(arrival: Arrival) -> str | None:
    """The first reason why it is not taken now; None: it is."""
    return next((reason for check in ARRIVAL if (reason := check(arrival))), None)


def uncovered(arrival: Arrival) -> str | None:
    """The same of an order that was taken a moment ago, before it is matched: whether it can still be paid."""
    return next((reason for check in COVER if (reason := check(arrival))), None)


def closed(ladder: Ladder, now: Nanos, fresh_within: int) -> str | None:
    """Why nothing can be matched against a book; None: it is open, and known."""
    if ladder.doubt == "lost":
        return "market closed: nobody follows its book"
    if ladder.doubt == "paused":
        return "market paused"
    if ladder.doubt is not None:
        return f"book in doubt: {ladder.doubt}"
    if now - ladder.proved_at > fresh_within:
        return f"book is old: proved {(now - ladder.proved_at) / SECOND:.1f} s ago"
    return None
