"""Polymarket's orders, trades and balances as they are written."""

from typing import Literal

import msgspec

from app.venues.polymarket.wire import Number

OrderType = Literal["GTC", "GTD", "FOK", "FAK"]
Side = Literal["BUY", "SELL"]

ZEROS = "0x" + "00" * 32


class SignedOrder(msgspec.Struct, rename="camel", kw_only=True):
    """An order with its signature; amounts are in millionths."""

    salt: int
    maker: str
    signer: str
    token_id: str
    maker_amount: str
    taker_amount: str
    side: Side
    expiration: str  # unix seconds; it is not signed
    signature_type: int
    timestamp: str  # milliseconds
    metadata: str = ZEROS
    builder: str = ZEROS
    signature: str


class Posted(msgspec.Struct, rename="camel", kw_only=True):
    """The body of a new order. `owner`: the id of the key whose call it is."""

    order: SignedOrder
    owner: str
    order_type: OrderType
    defer_exec: bool = False
    post_only: bool = False


class Placed(msgspec.Struct, kw_only=True):
    """The answer to it, good or bad."""

    success: bool = False
    error_msg: str | None = msgspec.field(name="errorMsg", default=None)
    order_id: str | None = msgspec.field(name="orderID", default=None)
    status: str | None = None  # "live", "matched", "delayed", "unmatched"
    making_amount: Number | None = msgspec.field(name="makingAmount", default=None)
    taking_amount: Number | None = msgspec.field(name="takingAmount", default=None)
    error: str | None = None  # of an answer that is no 200


class Cancelled(msgspec.Struct, kw_only=True):
    canceled: list[str] = []
    not_canceled: dict[str, str] = {}


class ShownOrder(msgspec.Struct, kw_only=True):
    """An order as it stands."""

    id: str
    status: str = ""
    size_matched: Number = "0"
    original_size: Number = "0"


class MakerOrder(msgspec.Struct, kw_only=True):
    """One of the orders that a trade has met; ours, or somebody's."""

    order_id: str
    matched_amount: Number
    price: Number
    asset_id: str = ""
    maker_address: str = ""
    owner: str = ""


class Trade(msgspec.Struct, kw_only=True):
    """What a taker got at once. Of who was met, `maker_orders` alone says how much."""

    id: str
    taker_order_id: str
    market: str = ""
    asset_id: str = ""
    size: Number
    price: Number
    status: str
    trader_side: str | None = None  # "TAKER", "MAKER": what we are in it
    match_time: Number | None = None  # unix seconds
    maker_orders: list[MakerOrder] = []


class Orders(msgspec.Struct, kw_only=True):
    data: list[ShownOrder]
    next_cursor: str | None = None


class Trades(msgspec.Struct, kw_only=True):
    data: list[Trade]
    next_cursor: str | None = None


class Balance(msgspec.Struct, kw_only=True):
    """In millionths; `allowances`: what each exchange may take of it."""

    balance: Number
    allowances: dict[str, Number] = {}


class Held(msgspec.Struct, kw_only=True):
    asset: str
    size: Number = "0"


class ApiKey(msgspec.Struct, rename="camel", kw_only=True):
    """What calls are signed with."""

    api_key: str
    secret: str
    passphrase: str


class Ban(msgspec.Struct, kw_only=True):
    closed_only: bool = False


class Beat(msgspec.Struct, kw_only=True):
    """The name of a heartbeat: of the last, or of the next."""

    heartbeat_id: str = ""


class OrderEvent(ShownOrder, tag_field="event_type", tag="order", kw_only=True):
    type: str = ""  # "PLACEMENT", "UPDATE", "CANCELLATION"


class TradeEvent(Trade, tag_field="event_type", tag="trade", kw_only=True):
    type: str = ""


class Proof(msgspec.Struct, rename="camel"):
    """Who asks for the user channel."""

    api_key: str
    secret: str
    passphrase: str


class UserSubscription(msgspec.Struct):
    """The first word on the user channel."""

    auth: Proof
    type: str = "user"


Event = OrderEvent | TradeEvent

PLACED = msgspec.json.Decoder(Placed)
CANCELLED = msgspec.json.Decoder(Cancelled)
SHOWN_ORDER = msgspec.json.Decoder(ShownOrder)
ORDERS = msgspec.json.Decoder(Orders)
TRADES = msgspec.json.Decoder(Trades)
BALANCE = msgspec.json.Decoder(Balance)
HELD = msgspec.json.Decoder(list[Held])
API_KEY = msgspec.json.Decoder(ApiKey)
BAN = msgspec.json.Decoder(Ban)
BEAT = msgspec.json.Decoder(Beat)
EVENTS = msgspec.json.Decoder(Event | list[Event])
