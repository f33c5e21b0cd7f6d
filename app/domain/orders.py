"""Orders: what we ask of a venue, what became of it, and what we got."""

from typing import Literal, NewType

import msgspec

from app.domain.fees import FeeSchedule
from app.domain.games import GameId
from app.domain.leagues import LeagueCode
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.money import Money, Price, Size
from app.domain.prices import Nanos
from app.domain.signals import SignalId

AccountId = NewType("AccountId", str)  # "arbitrage", "model", "manual", or one that somebody has opened
OrderId = NewType("OrderId", str)  # ours, at most 64 characters; where the venue takes a name of ours, this is it
TradeId = NewType("TradeId", str)  # orders that belong together: those of one signal, or of one instruction
FillId = NewType("FillId", str)  # "{venue}:{the venue's own}"

AccountKind = Literal["paper", "live"]
Side = Literal["buy", "sell"]
TimeInForce = Literal["fok", "ioc", "gtc", "gtd"]  # all or nothing; what is there now; until cancelled; until a moment
Purpose = Literal["entry", "chase", "unwind", "exit", "manual"]
State = Literal[
    "intent",  # written down, and nothing else
    "sending",  # may be on its way
    "unknown",  # it was sent, and nobody knows whether it arrived: ask, never send again
    "open",
    "partly_filled",  # and the rest is open
    "filled",
    "cancelled",  # what was not filled
    "rejected",
    "expired",
]
Stage = Literal["provisional", "confirmed", "undone"]  # of a fill: a venue may still take the first back

UNSETTLED: frozenset[State] = frozenset({"intent", "sending", "unknown", "open", "partly_filled"})


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked; it never changes. `limit`: at most (or least) so much a contract. `send_before`: it is not sent
    any more after that. `quoted`: the price that was counted with, beyond which it is slippage. `rule`: why, in a word:
    which exit rule, which step of a trade."""

    id: OrderId
    account: AccountId
    kind: AccountKind
    venue: VenueId
    market_id: MarketId
    contract_id: ContractId
    game_id: GameId
    league: LeagueCode
    side: Side
    limit: Price
    size: Size
    time_in_force: TimeInForce
    is_post_only: bool = False
    expires_at: Nanos = Nanos(0)  # of "gtd"
    purpose: Purpose
    trade_id: TradeId
    leg: int = 0
    signal_id: SignalId | None = None
    rule: str = ""
    quoted: Price
    fees: FeeSchedule
    wanted_at: Nanos
    send_before: Nanos


class Fill(msgspec.Struct, frozen=True, kw_only=True):
    """What an order got. The venue may tell the same one again, in any order, over several ways: its id says so.
    `fee`: in money; what a venue takes in contracts is no longer in `size`."""

    id: FillId
    order_id: OrderId
    price: Price
    size: Size
    fee: Money
    is_maker: bool = False
    stage: Stage = "confirmed"
    venue_time: Nanos
    received_at: Nanos


class OrderChange(msgspec.Struct, frozen=True, kw_only=True):
    """One transition of an order. `number`: 0 for the intent, then one more each time. `ref`: the venue's own name for
    it, where it is known; `filled`: all that it has got until then."""

    order_id: OrderId
    number: int
    state: State
    at: Nanos
    ref: str = ""
    filled: Size = Size(0)
    reason: str = ""


class Standing(msgspec.Struct, frozen=True):
    """An order as it stands: what was asked, and its last change."""

    order: Order
    last: OrderChange

    @property
    def is_settled(self) -> bool:
        """Nothing more comes of it."""
        return self.last.state not in UNSETTLED

    @property
    def left(self) -> Size:
        return Size(self.order.size - self.last.filled)


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a venue says of an order. `fills`: those that it tells along with it, perhaps not all, perhaps known."""

    order_id: OrderId
    state: State
    at: Nanos
    ref: str = ""
    filled: Size = Size(0)
    fills: tuple[Fill, ...] = ()
    reason: str = ""


class Prepared(msgspec.Struct, frozen=True):
    """An order as it will be sent, signed where the venue wants that. `ref`: the venue's name for it, where that is
    known before (else empty); whoever sends it writes `ref` down first."""

    order: Order
    ref: str
    body: bytes


class AtVenue(msgspec.Struct, frozen=True, kw_only=True):
    """What a venue has of an account, all asked for together, to compare with what we have. `positions`: contracts of
    each; `balance`: money that can be used there."""

    orders: tuple[Report, ...]  # open ones; `order_id` empty where the venue does not know ours
    fills: tuple[Fill, ...]
    positions: dict[ContractId, Size]
    balance: Money
    asked_at: Nanos
