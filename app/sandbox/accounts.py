"""Accounts at the simulated venues: their money, what they hold, what they have asked for and what they got.

Money is in micro-dollars, prices in 1/10,000 dollar, sizes in hundredths of a contract: price times size is money.
"""

from typing import Literal

import msgspec

from app.sandbox.grids import DOLLAR
from app.sandbox.markets import Market, Venue

TimeInForce = Literal["fok", "ioc", "gtc", "gtd"]
Status = Literal["delayed", "resting", "executed", "canceled"]
Stage = Literal["matched", "mined", "confirmed", "retrying", "failed"]
Rounding = Literal["cents", "direct"]


class Holding(msgspec.Struct, eq=False):
    """What an account has of one thing. `size`: of Kalshi's NO it is negative. `flow`: all money that it has brought,
    less all that it took."""

    size: int = 0
    cost: int = 0
    realised: int = 0
    fees: int = 0
    traded: int = 0
    volume: int = 0  # hundredths of contracts
    flow: int = 0
    changed: int = 0  # unix milliseconds

    def trade(self, is_bid: bool, price: int, size: int, fee: int, at: int) -> None:
        """Buy or sell; what is held the other way round is given back first, for what is left of the dollar."""
        value = price if is_bid else DOLLAR - price
        closing = min(size, max(0, -self.size if is_bid else self.size))
        got, spent = closing * (DOLLAR - value), (size - closing) * value
        if closing:
            share = self.cost * closing // abs(self.size)
            self.cost -= share
            self.realised += got - share
        self.cost += spent
        self.size += size if is_bid else -size
        self.traded += size * price
        self.volume += size
        self.fees += fee
        self.flow += got - spent - fee
        self.changed = at

    def settle(self, pays: int, at: int) -> int:
        """Turn it to cash; what that brings. `pays`: of one."""
        payout = self.size * pays if self.size > 0 else -self.size * (DOLLAR - pays)
        self.realised += payout - self.cost
        self.flow += payout
        self.size = self.cost = 0
        self.changed = at
        return payout


class Settled(msgspec.Struct, frozen=True):
    """What an account had when a market was settled, and what it got for it."""

    market: Market
    size: int
    cost: int
    fees: int
    pays: int
    payout: int
    at: int
    is_void: bool = False


class Order(msgspec.Struct, eq=False, kw_only=True):
    """One order in terms of the market's YES or first outcome; `side` is the outcome it names (1: the second).
    `left`: what may still be filled. `ends`: when it expires, unix milliseconds."""

    id: str
    name: str = ""  # the client's
    account: "Account"
    market: Market
    is_bid: bool
    price: int
    size: int
    side: int = 0
    time_in_force: TimeInForce
    is_post_only: bool = False
    ends: int | None = None
    created: int
    changed: int
    left: int
    status: Status = "resting"
    fills: list["Fill"] = []
    stops_makers: bool = False  # of two orders of one account that meet, the one that rests is taken away
    exact_cost: int = 0  # of all its fills, and what they are charged before rounding, in millionths of a micro-dollar
    exact_fee: int = 0
    charged: int = 0
    reason: str = ""
    hidden_until: int = 0  # unix milliseconds: the venue's lists lag behind

    @property
    def is_open(self) -> bool:
        return self.left > 0 and self.status in ("resting", "delayed")

    @property
    def filled(self) -> int:
        return sum(fill.size for fill in self.fills if fill.stage != "failed")

    @property
    def key(self) -> str:
        """Of what the account holds afterwards."""
        return self.market.tokens[self.side] if self.market.tokens else self.market.id

    @property
    def is_buy(self) -> bool:
        """Of the outcome that it names."""
        return self.is_bid == (self.side == 0)

    def shown(self, price: int) -> int:
        """A price of the book as a price of the outcome that it names."""
        return price if self.side == 0 else DOLLAR - price


class Fill(msgspec.Struct, eq=False, kw_only=True):
    """So much of an order at a price of the book. `fee`: micro-dollars."""

    id: str
    order: Order
    price: int
    size: int
    is_taker: bool
    fee: int
    at: int
    stage: Stage = "confirmed"
    changed: int = 0
    counter: str = ""  # the order on the other side


class Account(msgspec.Struct, eq=False, kw_only=True):
    """One member of a venue. `key`: the id of its key, or its address, in small letters; `pays_from`: the wallet that
    pays. What it proves itself with lies elsewhere."""

    id: str
    venue: Venue
    key: str
    pays_from: str = ""
    deposited: int
    rounding: Rounding = "cents"
    holdings: dict[str, Holding] = {}
    orders: dict[str, Order] = {}
    names: dict[str, Order] = {}
    fills: list[Fill] = []
    settlements: list[Settled] = []

    @property
    def cash(self) -> int:
        return self.deposited + sum(holding.flow for holding in self.holdings.values())

    @property
    def free(self) -> int:
        """What no open order waits to spend."""
        return self.cash - sum(self.tied(order, order.left) for order in self.orders.values() if order.is_open)

    def shown_orders(self, now: int) -> list[Order]:
        """Those that the venue's lists have by now, the newest first."""
        return [order for order in reversed(self.orders.values()) if order.hidden_until <= now]

    def shown_fills(self, now: int) -> list[Fill]:
        """The same of fills."""
        return [fill for fill in reversed(self.fills) if fill.order.hidden_until <= now]

    def tied(self, order: Order, size: int) -> int:
        """What so much of an order may cost; selling what is held costs nothing."""
        held = self.holding(order.key).size
        is_buy = order.is_buy
        closing = min(size, max(0, -held if is_buy else held))
        price = order.shown(order.price)
        return (size - closing) * (price if is_buy else DOLLAR - price)

    def holding(self, key: str) -> Holding:
        return self.holdings.setdefault(key, Holding())

    def take(self, fill: Fill) -> None:
        """Book a fill."""
        order = fill.order
        order.fills.append(fill)
        self.fills.append(fill)
        self.holding(order.key).trade(order.is_buy, order.shown(fill.price), fill.size, fill.fee, fill.at)

    def undo(self, fill: Fill, at: int) -> None:
        """It never was: what is held is told anew from all others."""
        fill.stage, fill.changed = "failed", at
        key, told = fill.order.key, Holding()
        for one in self.fills:
            if one.order.key == key and one.stage != "failed":
                told.trade(one.order.is_buy, one.order.shown(one.price), one.size, one.fee, one.at)
        told.changed = at
        self.holdings[key] = told
