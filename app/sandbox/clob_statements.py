"""What Polymarket says of an account: orders and trades, over REST and over its user channel."""

from app.sandbox.accounts import Fill, Order
from app.sandbox.gamma_ids import hash_of
from app.sandbox.leagues import made_id
from app.sandbox.messages import Message
from app.sandbox.numbers import plain

TYPES = {"fok": "FOK", "ioc": "FAK", "gtc": "GTC", "gtd": "GTD"}
KINDS = {"placed": "PLACEMENT", "updated": "UPDATE", "canceled": "CANCELLATION"}
_STATUSES = {"resting": "LIVE", "delayed": "DELAYED", "executed": "MATCHED"}
_WHY = {"expired": "CANCELED_EXPIRED_ORDER", "wiped": "INVALID", "market closed": "INVALID"}
_MADE_UP = "0x00000000000000000000000000000000000000aa"  # who makes and takes besides accounts


def order_told(order: Order, owner: str) -> Message:
    """As `/data/order` has it. `owner`: the account's key."""
    return {
        "id": order.id,
        "status": status_of(order),
        "owner": owner,
        "maker_address": order.account.pays_from,
        "market": order.market.id,
        "asset_id": order.key,
        "side": _side(order.is_buy),
        "original_size": plain(order.size, 2),
        "size_matched": plain(order.filled, 2),
        "price": plain(order.shown(order.price), 4),
        "outcome": order.market.outcomes[order.side],
        "expiration": str((order.ends or 0) // 1000),
        "order_type": TYPES[order.time_in_force],
        "created_at": order.created // 1000,
        "associate_trades": [fill.id for fill in order.fills],
    }


def order_event(order: Order, what: str, owner: str) -> Message:
    """As the user channel has it."""
    told = order_told(order, owner)
    return {
        "event_type": "order",
        "type": KINDS[what],
        **told,
        "created_at": str(told["created_at"]),
        "order_owner": owner,
        "timestamp": str(order.changed),
    }


def trade_told(fill: Fill, owner: str) -> Message:
    """As `/data/trades` has it. Of who only made it, the size is that of all that the taker got."""
    order = fill.order
    is_buy = order.is_buy if fill.is_taker else not order.is_buy
    made = [_made(fill, owner)] if fill.is_taker else [_made(fill, owner), _another(fill)]
    return {
        "id": fill.id,
        "taker_order_id": order.id if fill.is_taker else fill.counter,
        "market": order.market.id,
        "asset_id": order.key,
        "side": _side(is_buy),
        "size": plain(fill.size if fill.is_taker else 2 * fill.size, 2),
        "fee_rate_bps": "0",
        "price": plain(order.shown(fill.price), 4),
        "status": f"TRADE_STATUS_{fill.stage.upper()}",
        "match_time": str(fill.at // 1000),
        "last_update": str(fill.changed // 1000),
        "outcome": order.market.outcomes[order.side],
        "bucket_index": 0,
        "owner": owner,
        "maker_address": order.account.pays_from,
        "transaction_hash": "" if fill.stage == "matched" else hash_of("transaction", fill.id),
        "maker_orders": made,
        "trader_side": "TAKER" if fill.is_taker else "MAKER",
    }


def trade_event(fill: Fill, owner: str) -> Message:
    """As the user channel has it."""
    told = {"event_type": "trade", "type": "TRADE", **trade_told(fill, owner)}
    return {**told, "status": fill.stage.upper(), "trade_owner": owner, "timestamp": str(fill.changed)}


def status_of(order: Order) -> str:
    """The venue's word for how an order stands."""
    return _STATUSES.get(order.status) or _WHY.get(order.reason, "CANCELED")


def _made(fill: Fill, owner: str) -> Message:
    """The order that stood there: ours, or somebody's."""
    order = fill.order
    if fill.is_taker:
        return _maker_order(fill, fill.counter, made_id(f"owner:{fill.counter}"), _MADE_UP, is_buy=not order.is_buy)
    return _maker_order(fill, order.id, owner, order.account.pays_from, is_buy=order.is_buy)


def _another(fill: Fill) -> Message:
    name = hash_of("maker", f"{fill.id}:other")
    return _maker_order(fill, name, made_id(f"owner:{name}"), _MADE_UP, is_buy=fill.order.is_buy)


def _maker_order(fill: Fill, name: str, owner: str, address: str, *, is_buy: bool) -> Message:
    order = fill.order
    return {
        "order_id": name,
        "owner": owner,
        "maker_address": address,
        "matched_amount": plain(fill.size, 2),
        "price": plain(order.shown(fill.price), 4),
        "fee_rate_bps": "0",
        "asset_id": order.key,
        "outcome": order.market.outcomes[order.side],
        "side": _side(is_buy),
    }


def _side(is_buy: bool) -> str:
    return "BUY" if is_buy else "SELL"


def collateral(order: Order) -> int:
    """Micro-dollars that its fills have moved, without fees."""
    return sum(order.shown(fill.price) * fill.size for fill in order.fills)
