"""Our orders → Polymarket's, and what it says of them → ours. Pure.

The venue knows two kinds of orders. One that may rest is for so many shares. One that is over at once is, when it buys,
for so many dollars, and gets more shares than were asked for wherever they are cheaper: a hedge would be too long. So
what is to be bought at once is sent as one that may rest, and taken back in the same breath.
"""

from decimal import Decimal, InvalidOperation

from app.domain.fees import order_fee
from app.domain.markets import ContractId
from app.domain.money import LARGEST, ONE_DOLLAR, SIZE_UNITS, Price, Size
from app.domain.orders import Fill, FillId, Order, Report, Stage, State
from app.domain.parsing import LATEST_MS
from app.domain.prices import MILLISECOND, SECOND, Nanos
from app.errors import BadInput, OrderRejected
from app.venues.polymarket import trading_wire as wire
from app.venues.polymarket.markets import POLYMARKET, STEP
from app.venues.polymarket.typed_data import TypedOrder
from app.venues.polymarket.wire import Number

EXPIRES_AFTER = 180 * SECOND  # at least
CENT = 10_000  # micro-dollars
HUNDREDTH_OF_A_CENT = 100
SALT_BITS = 53  # it is written as a JSON number

_AT_ONCE = frozenset({"fok", "ioc"})
_STAGES: dict[str, Stage] = {"CONFIRMED": "confirmed", "FAILED": "undone"}  # every other: not on the chain yet
_LONGEST = 80  # characters of a number: an allowance without an end has 78
WITHOUT_END = 2**256  # an allowance


def type_of(order: Order) -> wire.OrderType:
    """As which of the venue's kinds an order is sent."""
    if order.time_in_force == "ioc":
        return "GTC" if order.side == "buy" else "FAK"
    return {"fok": "FOK", "gtc": "GTC", "gtd": "GTD"}[order.time_in_force]  # type: ignore[return-value]


def may_not_rest(order: Order) -> bool:
    """Whether it is to be taken back as soon as it rests."""
    return order.time_in_force in _AT_ONCE


def token_of(order: Order) -> str:
    """Of the outcome that is traded."""
    return order.contract_id.removeprefix(f"{POLYMARKET}:")


def contract_of(token: str) -> ContractId:
    return ContractId(f"{POLYMARKET}:{token}")


def typed(order: Order, maker: str, signer: str, signature_type: int, salt: int, now: Nanos) -> TypedOrder:
    """An order as it is signed. Raises OrderRejected for what the venue would surely refuse."""
    _refuse(order, now)
    paid, got = _amounts(order)
    return TypedOrder(
        salt=salt,
        maker=maker,
        signer=signer,
        token_id=int(token_of(order)),
        maker_amount=paid,
        taker_amount=got,
        side=0 if order.side == "buy" else 1,
        signature_type=signature_type,
        timestamp=now // MILLISECOND,
    )


def posted(order: Order, signed: TypedOrder, signature: str, owner: str) -> wire.Posted:
    """The body of a call that places it."""
    return wire.Posted(
        order=wire.SignedOrder(
            salt=signed.salt,
            maker=signed.maker,
            signer=signed.signer,
            token_id=token_of(order),
            maker_amount=str(signed.maker_amount),
            taker_amount=str(signed.taker_amount),
            side="BUY" if order.side == "buy" else "SELL",
            expiration=str(order.expires_at // SECOND if order.time_in_force == "gtd" else 0),
            signature_type=signed.signature_type,
            timestamp=str(signed.timestamp),
            signature=signature,
        ),
        owner=owner,
        order_type=type_of(order),
        post_only=order.is_post_only,
    )


def _refuse(order: Order, now: Nanos) -> None:
    token = token_of(order)
    refusals = (
        (order.venue != POLYMARKET or not token.isdecimal(), "no contract of Polymarket"),
        (order.size <= 0 or order.size % STEP > 0, "shares are counted in hundredths"),
        (not 0 < order.limit < ONE_DOLLAR, "a price lies between nothing and a dollar"),
        (order.is_post_only and order.time_in_force in _AT_ONCE, "what may not take cannot be over at once"),
        (order.time_in_force == "gtd" and order.expires_at < now + EXPIRES_AFTER, "it expires within three minutes"),
    )
    for is_so, why in refusals:
        if is_so:
            raise OrderRejected(f"Polymarket would refuse it: {why}")


def _amounts(order: Order) -> tuple[int, int]:
    """What is given and what is wanted for it, in millionths. Of what is over at once the venue takes whole cents for
    a purchase, and hundredths of them from a sale; shares are rounded so that the price is never below the limit's."""
    dollars = order.size * order.limit // ONE_DOLLAR  # exact: hundredths of a share at ten-thousandths of a dollar
    kind = type_of(order)
    if order.side == "sell":
        is_whole = kind in ("GTC", "GTD")
        return order.size, dollars if is_whole else dollars - dollars % HUNDREDTH_OF_A_CENT
    if kind != "FOK":
        return dollars, order.size
    cents = dollars - dollars % CENT
    shares = cents * ONE_DOLLAR // order.limit
    shares -= shares % HUNDREDTH_OF_A_CENT
    if not shares:
        raise OrderRejected("Polymarket would refuse it: it is worth less than a cent")
    return cents, shares


def report_placed(order: Order, placed: wire.Placed, ref: str, at: Nanos) -> Report:
    """The good answer to a new order. Raises BadInput."""
    told = placed.taking_amount if order.side == "buy" else placed.making_amount
    filled = _shares(told) if (placed.status or "").lower() == "matched" and told not in (None, "") else Size(0)
    is_killed = (placed.status or "").lower() == "unmatched" and type_of(order) in ("FOK", "FAK")
    if filled >= order.size:
        state: State = "filled"
    elif is_killed or (filled and type_of(order) in ("FOK", "FAK")):
        state = "cancelled"
    else:
        state = "partly_filled" if filled else "open"
    return Report(order_id=order.id, state=state, at=at, ref=ref, filled=filled)


def report_shown(order: Order, shown: wire.ShownOrder, at: Nanos) -> Report:
    """An order as the venue shows it. Raises BadInput."""
    filled = _shares(shown.size_matched)
    state = state_of(shown.status, filled, order.size, is_over_at_once=type_of(order) in ("FOK", "FAK"))
    return Report(
        order_id=order.id, state=state, at=at, ref=shown.id, filled=filled, reason=_reason(shown.status, state)
    )


def foreign(shown: wire.ShownOrder, at: Nanos) -> Report:
    """An order that is not one of ours. Raises BadInput."""
    filled = _shares(shown.size_matched)
    state = state_of(shown.status, filled, _shares(shown.original_size))
    return Report(order_id="", state=state, at=at, ref=shown.id, filled=filled)  # type: ignore[arg-type]


def state_of(status: str, filled: Size, whole: Size, *, is_over_at_once: bool = False) -> State:
    """What the venue's word means."""
    word = plain_status(status)
    if filled >= whole > 0:
        return "filled"
    if "EXPIRED" in word:
        return "expired"
    is_over = word.startswith("CANCEL") or word in ("INVALID", "MATCHED")
    if is_over or (is_over_at_once and (word == "UNMATCHED" or (filled and word != "DELAYED"))):
        return "cancelled"
    return "partly_filled" if filled else "open"


def plain_status(status: str) -> str:
    """REST writes `ORDER_STATUS_LIVE` and `TRADE_STATUS_MINED` where the socket writes LIVE and MINED."""
    return status.upper().removeprefix("ORDER_STATUS_").removeprefix("TRADE_STATUS_")


def fill_taken(order: Order, trade: wire.Trade, received_at: Nanos) -> Fill:
    """What an order of ours took. Raises BadInput."""
    return _fill(order, trade, trade.id, _price_taken(trade), _shares(trade.size), received_at, is_maker=False)


def fill_made(order: Order, trade: wire.Trade, made: wire.MakerOrder, received_at: Nanos) -> Fill:
    """What somebody took of an order of ours; one trade may take of several. Raises BadInput."""
    name = f"{trade.id}:{made.order_id[-8:]}"
    paid, shares = _price(made.price), _shares(made.matched_amount)
    return _fill(order, trade, name, paid, shares, received_at, is_maker=True)


def _fill(
    order: Order, trade: wire.Trade, name: str, paid: Price, shares: Size, received_at: Nanos, *, is_maker: bool
) -> Fill:
    matched_at = None if trade.match_time in (None, "") else _units(trade.match_time, 1)
    if matched_at is not None and matched_at >= LATEST_MS // 1000:
        raise BadInput("a trade at no time of ours")
    return Fill(
        id=FillId(f"{POLYMARKET}:{name}"),
        order_id=order.id,
        price=paid,
        size=shares,
        fee=order_fee(order.fees, ((paid, shares),), is_maker=is_maker),
        is_maker=is_maker,
        stage=_STAGES.get(plain_status(trade.status), "provisional"),
        venue_time=received_at if matched_at is None else Nanos(matched_at * SECOND),
        received_at=received_at,
    )


def _price_taken(trade: wire.Trade) -> Price:
    """Of all that stood there together, where that adds up to what was taken; an order for the other outcome stands
    there for what is left of the dollar."""
    met = [
        (price if one.asset_id in ("", trade.asset_id) else ONE_DOLLAR - price, _shares(one.matched_amount))
        for one in trade.maker_orders
        if (price := _units(one.price, ONE_DOLLAR)) <= ONE_DOLLAR
    ]
    shares = sum(size for _, size in met)
    if not shares or shares != _shares(trade.size):
        return _price(trade.price)
    return Price((2 * sum(price * size for price, size in met) + shares) // (2 * shares))


def balance_of(written: Number) -> int:
    """Millionths; more than can be counted is as good as that. Raises BadInput."""
    return min(_units(written, 1), LARGEST)


def held_of(written: Number) -> Size:
    """Raises BadInput."""
    return _shares(written)


def _price(written: Number | None) -> Price:
    units = _units(written, ONE_DOLLAR)
    if units > ONE_DOLLAR:
        raise BadInput(f"price {str(written)[:_LONGEST]} is more than a dollar")
    return Price(units)


def _shares(written: Number | None) -> Size:
    units = _units(written, SIZE_UNITS)
    if units > LARGEST:
        raise BadInput(f"size {str(written)[:_LONGEST]} is more than can be meant")
    return Size(units)


def _units(written: Number | None, scale: int) -> int:
    """A number that is not negative, in whole units, rounded down: what is finer is dust."""
    try:
        exact = Decimal(str(written)[:_LONGEST])
    except InvalidOperation:
        raise BadInput(f"{str(written)[:_LONGEST]!r} is no number") from None
    if not exact.is_finite() or exact < 0 or exact > WITHOUT_END:
        raise BadInput(f"{str(written)[:_LONGEST]!r} is no number that can be meant")
    return int(exact * scale)


def _reason(status: str, state: State) -> str:
    word = plain_status(status)
    return word.lower() if state in ("cancelled", "expired") and word not in ("CANCELED", "MATCHED") else ""
