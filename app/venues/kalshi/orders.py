"""Our orders → Kalshi's, and what Kalshi says of them → ours. Pure.

Kalshi knows one book a market, in terms of YES: to buy NO at q is to offer YES at 1 - q, and to sell NO is to bid for
YES. Which contract an order was about only the order itself says.
"""

from app.clock import nanos_of
from app.domain.markets import ContractId
from app.domain.money import LARGEST, ONE_DOLLAR, SIZE_UNITS, Money, Price, Size, money, price, price_text, size
from app.domain.orders import Fill, FillId, Order, Report, State
from app.domain.parsing import LATEST_MS, NOT_READABLE, WrongField, read_moment
from app.domain.prices import MILLISECOND, SECOND, Nanos
from app.errors import BadInput, OrderRejected
from app.venues.calls import MOST_WORDS, Answer, words_of
from app.venues.kalshi import trading_wire as wire
from app.venues.kalshi.markets import KALSHI
from app.venues.kalshi.wire import Number

LONGEST_NAME = 64  # characters of a client order id
STEP = SIZE_UNITS // 100  # of a size
FINEST = 10  # of a price: a tenth of a cent
CENT = 10_000  # micro-dollars

_TIMES = {"fok": "fill_or_kill", "ioc": "immediate_or_cancel", "gtc": "good_till_canceled", "gtd": "good_till_canceled"}
_OVER_AT_ONCE = frozenset({"fok", "ioc"})


def side_of(order: Order) -> wire.BookSide:
    """On which side of the book of YES an order stands."""
    return "bid" if (order.side == "buy") == _is_yes(order.contract_id) else "ask"


def ticker_of(order: Order) -> str:
    """Of its market."""
    return order.contract_id.removeprefix(f"{KALSHI}:").rpartition(":")[0]


def contract_of(ticker: str, held: int) -> ContractId:
    """What is held of a market: YES where it is more than nothing, else NO."""
    return ContractId(f"{KALSHI}:{ticker}:{'yes' if held > 0 else 'no'}")


def asked_for(order: Order, now: Nanos) -> wire.OrderAsked:
    """An order as Kalshi takes it. Raises OrderRejected for what it would surely refuse."""
    _refuse(order, now)
    rests = order.time_in_force not in _OVER_AT_ONCE
    of_yes = order.limit if _is_yes(order.contract_id) else Price(ONE_DOLLAR - order.limit)
    return wire.OrderAsked(
        ticker=ticker_of(order),
        side=side_of(order),
        count=f"{order.size // SIZE_UNITS}.{order.size % SIZE_UNITS // STEP:02d}",
        price=price_text(of_yes),
        time_in_force=_TIMES[order.time_in_force],
        self_trade_prevention_type="taker_at_cross",
        client_order_id=order.id,
        expiration_time=order.expires_at // SECOND if order.time_in_force == "gtd" else None,
        post_only=order.is_post_only,
        reduce_only=order.side == "sell" and order.time_in_force == "ioc",  # a sale never opens the other contract
        cancel_order_on_pause=rests,  # when trading goes on, the game is another
    )


def _refuse(order: Order, now: Nanos) -> None:
    is_over_at_once = order.time_in_force in _OVER_AT_ONCE
    refusals = (
        (order.venue != KALSHI or not order.contract_id.endswith((":yes", ":no")), "no contract of Kalshi"),
        (not 0 < len(order.id) <= LONGEST_NAME, f"its name has more than {LONGEST_NAME} characters, or none"),
        (order.size <= 0 or order.size % STEP > 0, "contracts are counted in hundredths"),
        (not 0 < order.limit < ONE_DOLLAR or order.limit % FINEST > 0, "prices are tenths of a cent below a dollar"),
        (order.is_post_only and is_over_at_once, "what may not take cannot be over at once"),
        (order.time_in_force == "gtd" and order.expires_at < now + SECOND, "it has expired"),
    )
    for is_so, why in refusals:
        if is_so:
            raise OrderRejected(f"Kalshi would refuse it: {why}")


def report_taken(order: Order, taken: wire.OrderTaken, at: Nanos) -> Report:
    """The answer to a new order. Raises BadInput."""
    filled = _count(taken.fill_count)
    is_over = order.time_in_force in _OVER_AT_ONCE or _count(taken.remaining_count) == 0
    state = _state("" if is_over else "resting", filled, order.size)
    return Report(order_id=order.id, state=state, at=at, ref=taken.order_id, filled=filled)


def report_cancelled(order: Order, cancelled: wire.OrderCancelled, filled: Size, at: Nanos) -> Report:
    """The answer to a cancellation; everything that it did not take back was filled. Raises BadInput."""
    filled = Size(max(order.size - _count(cancelled.reduced_by), filled))
    return Report(order_id=order.id, state=_state("", filled, order.size), at=at, ref=cancelled.order_id, filled=filled)


def report_placed(order: Order, placed: wire.PlacedOrder | wire.UserOrder, at: Nanos) -> Report:
    """An order as Kalshi shows it. Raises BadInput."""
    filled = _count(placed.fill_count_fp)
    state = _state(placed.status, filled, order.size)
    if state == "cancelled" and order.time_in_force == "gtd" and at >= order.expires_at:
        state = "expired"
    return Report(order_id=order.id, state=state, at=at, ref=placed.order_id, filled=filled)


def foreign(placed: wire.PlacedOrder, at: Nanos) -> Report:
    """An order that is not one of ours. Raises BadInput."""
    filled = _count(placed.fill_count_fp)
    state = _state(placed.status, filled, _count(placed.initial_count_fp))
    return Report(order_id="", state=state, at=at, ref=placed.order_id, filled=filled)  # type: ignore[arg-type]


def fill_of(order: Order, told: wire.Fill, received_at: Nanos) -> Fill:
    """One fill of an order, in terms of its own contract. Raises BadInput."""
    of_yes = price(told.yes_price_dollars)
    return Fill(
        id=FillId(f"{KALSHI}:{_name_of(told)}"),
        order_id=order.id,
        price=of_yes if _is_yes(order.contract_id) else Price(ONE_DOLLAR - of_yes),
        size=_count(told.count_fp),
        fee=money(told.fee_cost),
        is_maker=not told.is_taker,
        venue_time=_time_of(told, received_at),
        received_at=received_at,
    )


def held_of(told: wire.Held) -> int:
    """Units of Size, negative for NO. Raises BadInput."""
    text = str(told.position_fp)
    return -size(text.removeprefix("-")) if text.startswith("-") else size(text)


def balance_of(told: wire.Balance) -> Money:
    """Raises BadInput."""
    if told.balance_dollars is not None:
        return money(told.balance_dollars)
    if told.balance is None or abs(told.balance) > LARGEST // CENT:
        raise BadInput("the balance is missing, or none")
    return Money(told.balance * CENT)


def reason_of(answer: Answer) -> str:
    """Why Kalshi refuses, in its own words."""
    try:
        problem = wire.PROBLEM.decode(answer.body)
        if bytes(problem.error).startswith(b"{"):
            problem = wire.PROBLEM.decode(problem.error)
    except NOT_READABLE:
        return words_of(answer)
    said = dict.fromkeys(word for word in (problem.code, problem.message, problem.details) if word)
    return ": ".join(said)[:MOST_WORDS] or words_of(answer)


def _state(status: str, filled: Size, whole: Size) -> State:
    """By what was filled; a status that says nothing of a rest means that there is none."""
    if filled >= whole > 0:
        return "filled"
    if status in ("canceled", "cancelled", "executed", ""):
        return "cancelled"
    return "partly_filled" if filled else "open"


def _is_yes(contract_id: ContractId) -> bool:
    return contract_id.endswith(":yes")


def _count(written: Number) -> Size:
    return size(written)


def _name_of(told: wire.Fill) -> str:
    name = told.fill_id or told.trade_id
    if not name:
        raise BadInput("a fill without a name")
    return name


def _time_of(told: wire.Fill, received_at: Nanos) -> Nanos:
    if told.ts_ms is not None:
        if not 0 <= told.ts_ms < LATEST_MS:
            raise BadInput("a fill at no time of ours")
        return Nanos(told.ts_ms * MILLISECOND)
    if told.created_time:
        try:
            return nanos_of(read_moment(told.created_time, "created_time"))
        except WrongField as wrong:
            raise BadInput(str(wrong)) from None
    return received_at
