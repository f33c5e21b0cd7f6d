"""Polymarket's orders: each signed by its wallet and named by its hash, held back where the venue waits."""

from typing import Literal, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.sandbox.accounts import Account, Order, TimeInForce
from app.sandbox.books import Book
from app.sandbox.charges import PolymarketCharges
from app.sandbox.clob_doors import Doors, Refusal, said
from app.sandbox.clob_frames import SMALLEST_ORDER, tick
from app.sandbox.clob_statements import collateral
from app.sandbox.curves import BadSignature
from app.sandbox.desks import Desk
from app.sandbox.grids import DOLLAR
from app.sandbox.messages import Message
from app.sandbox.numbers import plain
from app.sandbox.typed_data import BY_WALLET, SignedOrder, order_id, signer_of_order

LARGEST_BATCH, MOST_CANCELLED = 15, 3_000
SHARES = 10_000  # base units in a hundredth of a share
EXPIRES_AFTER = 180_000  # milliseconds at least
FOK_NOT_FILLED = "order couldn't be fully filled. FOK orders are fully filled or killed."
FAK_NOT_FILLED = (
    "no orders found to match with FAK order. FAK orders are partially filled or killed if no match is found."
)
_TIMES: dict[str, TimeInForce] = {"GTC": "gtc", "GTD": "gtd", "FOK": "fok", "FAK": "ioc"}


class Sent(msgspec.Struct, rename="camel"):
    """An order with how it is to be handled."""

    order: SignedOrder
    owner: str
    order_type: Literal["GTC", "GTD", "FOK", "FAK"]
    defer_exec: bool = False
    post_only: bool = False


class Named(msgspec.Struct):
    """The order to take back."""

    order_id: str = msgspec.field(name="orderID")


class OfMarket(msgspec.Struct):
    """Orders to take back: of a condition, or of a token."""

    market: str = ""
    asset_id: str = ""


class Unmatched(Exception):
    """It was taken and came to nothing; the message is the venue's."""


class Orders:
    """The endpoints that change something."""

    def __init__(self, desk: Desk, charges: PolymarketCharges, doors: Doors) -> None:
        self._desk = desk
        self._charges = charges
        self._doors = doors

    def routes(self) -> list[Route]:
        signed = self._doors.signed
        return [
            Route("/order", signed(self._post_one), methods=["POST"]),
            Route("/orders", signed(self._post_many), methods=["POST"]),
            Route("/order", signed(self._cancel_one), methods=["DELETE"]),
            Route("/orders", signed(self._cancel_many), methods=["DELETE"]),
            Route("/cancel-all", signed(self._cancel_all), methods=["DELETE"]),
            Route("/cancel-market-orders", signed(self._cancel_market), methods=["DELETE"]),
        ]

    async def _post_one(self, account: Account, request: Request) -> Response:
        return said(self._post(account, _read(await request.body(), Sent)))

    async def _post_many(self, account: Account, request: Request) -> Response:
        every = _read(await request.body(), list[Sent])
        if not 0 < len(every) <= LARGEST_BATCH:
            raise Refusal(f"Too many orders in payload: {len(every)}, max allowed: {LARGEST_BATCH}")
        return said([self._try(account, sent) for sent in every])

    def _try(self, account: Account, sent: Sent) -> Message:
        try:
            return self._post(account, sent)
        except Refusal as refused:
            return _answer("", str(refused), "")

    def _post(self, account: Account, sent: Sent) -> Message:
        """Raises Refusal."""
        order = self._order(account, sent)
        self._check(order)
        try:
            self._place(order)
        except Unmatched as unmatched:
            return _answer(order.id, str(unmatched), "unmatched")
        return _taken(order)

    def _place(self, order: Order) -> None:
        """Raises Unmatched."""
        reach = self._desk.reach(order)
        if order.is_post_only and reach:
            raise Unmatched("invalid post-only order: order crosses book")
        if reach and order.market.delay:
            self._desk.hold(order, order.market.delay, self._place_late)
            return
        if complaint := _unfilled(order, reach):
            raise Unmatched(complaint)
        self._desk.place(order)

    def _place_late(self, order: Order) -> None:
        book = self._desk.exchange.book(order.market.id)
        if book is None or not book.is_open:
            self._desk.cancel(order, "market closed")
        elif complaint := _unfilled(order, self._desk.reach(order)):
            self._desk.cancel(order, complaint)
        else:
            self._desk.place(order)

    def _order(self, account: Account, sent: Sent) -> Order:
        """Raises Refusal."""
        wish = sent.order
        book = self._desk.exchange.book(wish.token_id)
        if book is None or wish.token_id not in book.market.tokens or not book.is_open:
            raise Refusal(f"the orderbook {wish.token_id} does not exist")
        name = _checked_name(wish, account, sent.owner, self._doors, is_neg_risk=book.market.is_neg_risk)
        if name in account.orders:
            raise Refusal(f"order {name} is invalid. Duplicated.")
        price, size = _price_and_size(name, sent, book)
        side, now = book.market.tokens.index(wish.token_id), self._desk.now()
        return Order(
            id=name,
            account=account,
            market=book.market,
            is_bid=(wish.side == "BUY") == (side == 0),
            price=price if side == 0 else DOLLAR - price,
            size=size,
            left=size,
            side=side,
            time_in_force=_TIMES[sent.order_type],
            is_post_only=sent.post_only,
            ends=int(wish.expiration) * 1000 if sent.order_type == "GTD" else None,
            created=now,
            changed=now,
            stops_makers=True,
        )

    def _check(self, order: Order) -> None:
        """Raises Refusal."""
        account, market = order.account, order.market
        if self._desk.strikes("blocked", market, "POST"):
            raise Refusal("Trading restricted in your region, please refer to available regions", 403)
        if self._desk.strikes("rejected", market, "POST"):
            raise Refusal("the market is not yet ready to process new orders")
        if order.ends is not None and order.ends < order.created + EXPIRES_AFTER:
            raise Refusal("invalid expiration")
        if order.is_buy:
            has, needs = account.free, account.tied(order, order.size) + self._charges.at_most(order)
        else:
            others = (one for one in self._desk.open_orders(account) if one.key == order.key and not one.is_buy)
            has = (account.holding(order.key).size - sum(one.left for one in others)) * SHARES
            needs = order.size * SHARES
        if needs > has or self._desk.strikes("short", market, "POST"):
            words = f"the balance is not enough -> balance: {has}, order amount: {needs}"
            raise Refusal(f"not enough balance / allowance: {words}")

    async def _cancel_one(self, account: Account, request: Request) -> Response:
        return said(self._cancel(account, [_read(await request.body(), Named).order_id]))

    async def _cancel_many(self, account: Account, request: Request) -> Response:
        names = _read(await request.body(), list[str])
        if len(names) > MOST_CANCELLED:
            raise Refusal(f"Too many orders in payload, max allowed: {MOST_CANCELLED}")
        return said(self._cancel(account, names))

    async def _cancel_all(self, account: Account, request: Request) -> Response:
        return said(self._cancel(account, [order.id for order in self._desk.open_orders(account)]))

    async def _cancel_market(self, account: Account, request: Request) -> Response:
        meant = _read(await request.body(), OfMarket)
        every = self._desk.open_orders(account)
        fitting = [one.id for one in every if one.market.id == meant.market or one.key == meant.asset_id]
        return said(self._cancel(account, fitting))

    def _cancel(self, account: Account, names: list[str]) -> Message:
        canceled: list[str] = []
        left: dict[str, str] = {}
        for name in names:
            complaint = self._cancel_named(account.orders.get(name))
            if complaint:
                left[name] = complaint
            else:
                canceled.append(name)
        return {"canceled": canceled, "not_canceled": left}

    def _cancel_named(self, order: Order | None) -> str:
        """Why it was not taken back; empty when it was."""
        if order is None:
            return "order can't be found - already canceled or matched"
        if not order.is_open:
            return "already canceled or matched"
        if order.status == "delayed":
            return "order is delayed and can't be canceled"
        if self._desk.strikes("rejected", order.market, "DELETE"):
            return "order can't be canceled now"
        self._desk.cancel(order)
        return ""


def _checked_name(wish: SignedOrder, account: Account, owner: str, doors: Doors, *, is_neg_risk: bool) -> str:
    """The order's hash, once it is sure who signed it. Raises Refusal."""
    if doors.account_of(owner) is not account:
        raise Refusal("the order owner has to be the owner of the API KEY")
    by = account.pays_from if wish.signature_type == BY_WALLET else account.key
    pays_from = account.key if wish.signature_type == 0 else account.pays_from
    try:
        signer = signer_of_order(wish, is_neg_risk=is_neg_risk)
        name = order_id(wish, is_neg_risk=is_neg_risk)
    except (BadSignature, ValueError, OverflowError) as error:
        raise Refusal(f"invalid signature: {error}") from error
    if signer != account.key or wish.signer.lower() != by or wish.maker.lower() != pays_from:
        raise Refusal("invalid signature")
    return name


def _price_and_size(name: str, sent: Sent, book: Book) -> tuple[int, int]:
    """Of the token that it names. Raises Refusal."""
    wish, step = sent.order, tick(book.grid)
    shares, money = int(wish.taker_amount), int(wish.maker_amount)
    if wish.side == "SELL":
        shares, money = money, shares
    size, rest = divmod(shares, SHARES)
    price = round(money * DOLLAR / shares) if shares else 0
    is_limit = sent.order_type in ("GTC", "GTD")
    if size <= 0 or money <= 0 or (is_limit and (rest or money * DOLLAR != price * shares)):
        raise Refusal(f"order {name} is invalid. Invalid amounts")
    if price % step or not step <= price <= DOLLAR - step:
        raise Refusal(
            f"order {name} is invalid. Price ({plain(price, 4)}) breaks minimum tick size rule: {plain(step, 4)}"
        )
    if size < int(SMALLEST_ORDER) * 100:
        raise Refusal(f"order {name} is invalid. Size ({plain(size, 2)}) lower than the minimum: {SMALLEST_ORDER}")
    return price, size


def _unfilled(order: Order, reach: int) -> str:
    if order.time_in_force == "fok" and reach < order.size:
        return FOK_NOT_FILLED
    return FAK_NOT_FILLED if order.time_in_force == "ioc" and not reach else ""


def _taken(order: Order) -> Message:
    status = {"delayed": "delayed", "resting": "live"}.get(order.status, "matched")
    status = "matched" if order.fills else status
    money, shares = plain(collateral(order), 6), plain(order.filled, 2)
    making, taking = (money, shares) if order.is_buy else (shares, money)
    made = {"makingAmount": making, "takingAmount": taking} if order.fills else {}
    return {**_answer(order.id, "", status), **made, "tradeIDs": [fill.id for fill in order.fills]}


def _answer(name: str, error: str, status: str) -> Message:
    return {
        "success": not error,
        "errorMsg": error,
        "orderID": name,
        "status": status,
        "makingAmount": "",
        "takingAmount": "",
        "tradeIDs": [],
        "transactionsHashes": [],
    }


Body = TypeVar("Body")


def _read(body: bytes, kind: type[Body]) -> Body:
    """Raises Refusal."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as error:
        raise Refusal(f"Invalid order payload: {error}") from error
