"""What Kalshi says of an account: orders, fills, positions, settlements, over REST and over its private channels."""

from collections.abc import Iterator
from datetime import UTC, datetime

from app.sandbox.accounts import Account, Fill, Holding, Order, Settled
from app.sandbox.exchanges import Exchange
from app.sandbox.grids import DOLLAR
from app.sandbox.kalshi_markets import contracts, dollars, result_of
from app.sandbox.leagues import made_id
from app.sandbox.messages import Message, iso_fine
from app.sandbox.numbers import money

MICRO_A_CENT = 10_000


def order_told(order: Order) -> Message:
    """As `/portfolio/orders` has it."""
    return {
        **_named(order),
        **_sides(order),
        "ticker": order.market.id,
        "type": "limit",
        "status": _status(order),
        **_prices(order.price),
        **_counts(order),
        **_paid(order),
        "expiration_time": shown(order.ends) if order.ends else None,
        "created_time": shown(order.created),
        "last_update_time": shown(order.changed),
        "order_group_id": "",
    }


def order_message(order: Order) -> Message:
    """As the channel `user_orders` has it."""
    fees = {name: value for name, value in _paid(order).items() if name.endswith("fees_dollars")}
    return {
        **_named(order),
        **_sides(order),
        "ticker": order.market.id,
        "status": _status(order),
        "yes_price_dollars": dollars(order.price),
        **_counts(order),
        **fees,
        "created_ts_ms": order.created,
        "last_updated_ts_ms": order.changed,
    }


def placed(order: Order) -> Message:
    """The answer to an order that was taken."""
    average: Message = {}
    if filled := order.filled:
        cost = sum(fill.price * fill.size for fill in order.fills)
        average["average_fill_price"] = dollars(cost // filled)
        average["average_fee_paid"] = money(sum(fill.fee for fill in order.fills) * 100 // filled)
    return {
        **_named(order),
        "fill_count": contracts(filled),
        "remaining_count": contracts(order.left),
        **average,
        "ts_ms": order.changed,
    }


def fill_told(fill: Fill) -> Message:
    """As `/portfolio/fills` has it."""
    return {
        "fill_id": _fill_id(fill),
        "trade_id": _fill_id(fill),
        "order_id": fill.order.id,
        "ticker": fill.order.market.id,
        **_sides(fill.order),
        "count_fp": contracts(fill.size),
        **_prices(fill.price),
        "is_taker": fill.is_taker,
        "fee_cost": money(fill.fee),
        "created_time": shown(fill.at),
    }


def fill_message(fill: Fill) -> Message:
    """As the channel `fill` has it."""
    order = fill.order
    return {
        "trade_id": _fill_id(fill),
        **_named(order),
        "market_ticker": order.market.id,
        "is_taker": fill.is_taker,
        **_sides(order),
        "yes_price_dollars": dollars(fill.price),
        "count_fp": contracts(fill.size),
        "fee_cost": money(fill.fee),
        "post_position_fp": contracts(order.account.holding(order.key).size),
        "ts": fill.at // 1000,
        "ts_ms": fill.at,
        "exchange_index": 0,
    }


def position_told(ticker: str, holding: Holding) -> Message:
    """As `/portfolio/positions` has it."""
    return {
        "ticker": ticker,
        "position_fp": contracts(holding.size),
        "market_exposure_dollars": money(holding.cost),
        "realized_pnl_dollars": money(holding.realised),
        "fees_paid_dollars": money(holding.fees),
        "total_traded_dollars": money(holding.traded),
        "last_updated_ts": shown(holding.changed),
    }


def position_message(ticker: str, holding: Holding) -> Message:
    """As the channel `market_positions` has it."""
    return {
        "market_ticker": ticker,
        "position_fp": contracts(holding.size),
        "position_cost_dollars": money(holding.cost),
        "realized_pnl_dollars": money(holding.realised),
        "fees_paid_dollars": money(holding.fees),
        "volume_fp": contracts(holding.volume),
    }


def events_told(account: Account) -> Iterator[Message]:
    """The positions of an account by event."""
    by_event: dict[str, list[Holding]] = {}
    for ticker, holding in account.holdings.items():
        by_event.setdefault(ticker.rpartition("-")[0], []).append(holding)
    for event, holdings in by_event.items():
        yield {
            "event_ticker": event,
            "event_exposure_dollars": money(sum(one.cost for one in holdings)),
            "realized_pnl_dollars": money(sum(one.realised for one in holdings)),
            "fees_paid_dollars": money(sum(one.fees for one in holdings)),
            "total_cost_dollars": money(sum(one.traded for one in holdings)),
        }


def settlement_told(settled: Settled) -> Message:
    """As `/portfolio/settlements` has it. What YES pays is told in cents, rounded down."""
    yes, no = max(settled.size, 0), max(-settled.size, 0)
    return {
        "ticker": settled.market.id,
        "market_result": result_of(settled.pays, is_void=settled.is_void),
        "yes_count_fp": contracts(yes),
        "no_count_fp": contracts(no),
        "yes_total_cost_dollars": money(settled.cost if yes else 0),
        "no_total_cost_dollars": money(settled.cost if no else 0),
        "revenue": settled.payout // MICRO_A_CENT,
        "value": settled.pays // 100,
        "fee_cost": money(settled.fees),
        "settled_time": shown(settled.at),
    }


def balance_told(account: Account, exchange: Exchange, now: int) -> Message:
    """As `/portfolio/balance` has it: what can be spent, and what is held at its bids."""
    free, worth = account.free, sum(_worth(ticker, one, exchange) for ticker, one in account.holdings.items())
    return {
        "balance": free // MICRO_A_CENT,
        "balance_dollars": money(free),
        "portfolio_value": worth // MICRO_A_CENT,
        "updated_ts": now // 1000,
    }


def shown(at: int) -> str:
    """Unix milliseconds as Kalshi writes a time."""
    return iso_fine(datetime.fromtimestamp(at / 1000, UTC))


def _worth(ticker: str, holding: Holding, exchange: Exchange) -> int:
    book = exchange.book(ticker) if holding.size else None
    if book is None:
        return 0
    return holding.size * book.best_bid if holding.size > 0 else -holding.size * (DOLLAR - book.best_ask)


def _named(order: Order) -> Message:
    return {"order_id": order.id, "client_order_id": order.name}


def _sides(order: Order) -> Message:
    return {"outcome_side": "yes" if order.is_bid else "no", "book_side": "bid" if order.is_bid else "ask"}


def _prices(price: int) -> Message:
    return {"yes_price_dollars": dollars(price), "no_price_dollars": dollars(DOLLAR - price)}


def _counts(order: Order) -> Message:
    return {
        "initial_count_fp": contracts(order.size),
        "fill_count_fp": contracts(order.filled),
        "remaining_count_fp": contracts(order.left),
    }


def _paid(order: Order) -> Message:
    sums = {True: [0, 0], False: [0, 0]}
    for fill in order.fills:
        if fill.stage != "failed":
            sums[fill.is_taker][0] += fill.size * (fill.price if order.is_bid else DOLLAR - fill.price)
            sums[fill.is_taker][1] += fill.fee
    return {
        "taker_fill_cost_dollars": money(sums[True][0]),
        "maker_fill_cost_dollars": money(sums[False][0]),
        "taker_fees_dollars": money(sums[True][1]),
        "maker_fees_dollars": money(sums[False][1]),
    }


def _status(order: Order) -> str:
    """What was over at once is `executed` when it got anything, whatever became of the rest."""
    if order.is_open:
        return "resting"
    return "executed" if order.time_in_force == "ioc" and order.filled else order.status


def _fill_id(fill: Fill) -> str:
    return made_id(f"fill:{fill.id}")
