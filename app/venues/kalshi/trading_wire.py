"""Kalshi's orders, fills and holdings as they are written. Every price is of YES, whichever contract is meant."""

from typing import Literal

import msgspec

from app.venues.kalshi.wire import (
    ErrorFrame,
    Kalshi,
    Number,
    OkFrame,
    SubscribedFrame,
    UnsubscribedFrame,
)

BookSide = Literal["bid", "ask"]


class OrderAsked(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The body of a new order."""

    ticker: str
    side: BookSide
    count: str
    price: str
    time_in_force: str
    self_trade_prevention_type: str
    client_order_id: str
    expiration_time: int | None = None  # unix seconds
    post_only: bool = False
    reduce_only: bool = False
    cancel_order_on_pause: bool = False


class OrderTaken(Kalshi):
    """The answer to it."""

    order_id: str
    client_order_id: str | None = None
    fill_count: Number = "0"
    remaining_count: Number = "0"
    ts_ms: int | None = None


class OrderCancelled(Kalshi):
    order_id: str
    reduced_by: Number = "0"
    ts_ms: int | None = None


class PlacedOrder(Kalshi):
    """An order as it stands."""

    order_id: str
    client_order_id: str | None = None
    ticker: str = ""
    status: str = ""
    initial_count_fp: Number = "0"
    fill_count_fp: Number = "0"
    remaining_count_fp: Number = "0"
    expiration_time: str | None = None
    created_time: str | None = None
    last_update_time: str | None = None


class OneOrder(Kalshi):
    order: PlacedOrder


class Orders(Kalshi):
    orders: list[PlacedOrder]
    cursor: str | None = None


class Fill(Kalshi):
    """One fill: of REST, or of the socket with `trade_id` and `ts_ms`."""

    order_id: str
    yes_price_dollars: Number
    count_fp: Number
    fill_id: str | None = None
    trade_id: str | None = None  # the same
    client_order_id: str | None = None
    book_side: BookSide = "bid"
    is_taker: bool = True
    fee_cost: Number = "0"
    created_time: str | None = None
    ts_ms: int | None = None


class Fills(Kalshi):
    fills: list[Fill]
    cursor: str | None = None


class Held(Kalshi):
    """Contracts of YES, negative where they are of NO."""

    ticker: str
    position_fp: Number = "0"


class Positions(Kalshi):
    market_positions: list[Held]
    cursor: str | None = None


class Balance(Kalshi):
    balance: int | None = None  # cents
    balance_dollars: Number | None = None


class ExchangeStatus(Kalshi):
    exchange_active: bool = True
    trading_active: bool = True


class Problem(Kalshi):
    """Why not; `error` holds the same once more, or words."""

    code: str | None = None
    message: str | None = None
    details: str | None = None
    error: msgspec.Raw = msgspec.Raw()


class FillFrame(Kalshi, tag_field="type", tag="fill"):
    msg: Fill


class UserOrder(Kalshi):
    order_id: str
    client_order_id: str | None = None
    ticker: str = ""
    status: str = ""
    initial_count_fp: Number = "0"
    fill_count_fp: Number = "0"
    remaining_count_fp: Number = "0"


class UserOrderFrame(Kalshi, tag_field="type", tag="user_order"):
    msg: UserOrder


PrivateFrame = FillFrame | UserOrderFrame | SubscribedFrame | UnsubscribedFrame | OkFrame | ErrorFrame

ORDER_TAKEN = msgspec.json.Decoder(OrderTaken)
ORDER_CANCELLED = msgspec.json.Decoder(OrderCancelled)
ONE_ORDER = msgspec.json.Decoder(OneOrder)
ORDERS = msgspec.json.Decoder(Orders)
FILLS = msgspec.json.Decoder(Fills)
POSITIONS = msgspec.json.Decoder(Positions)
BALANCE = msgspec.json.Decoder(Balance)
EXCHANGE_STATUS = msgspec.json.Decoder(ExchangeStatus)
PROBLEM = msgspec.json.Decoder(Problem)
PRIVATE_FRAME = msgspec.json.Decoder(PrivateFrame)
