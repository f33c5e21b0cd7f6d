"""Kalshi's orders, as its V2 has them: YES alone is bought and sold, and to sell what one has not is to buy NO."""

import itertools
from typing import TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.sandbox.accounts import Account, Order, TimeInForce
from app.sandbox.charges import KalshiCharges
from app.sandbox.desks import Desk
from app.sandbox.grids import DOLLAR
from app.sandbox.kalshi_doors import Doors, Refusal
from app.sandbox.kalshi_markets import contracts
from app.sandbox.kalshi_statements import order_told, placed
from app.sandbox.leagues import made_id
from app.sandbox.markets import Market
from app.sandbox.messages import Message
from app.sandbox.numbers import BadNumber, units

LONGEST_NAME = 64
LARGEST_BATCH = 20
_TIMES: dict[str, TimeInForce] = {
    "fill_or_kill": "fok",
    "immediate_or_cancel": "ioc",
    "good_till_canceled": "gtc",
}


class Wish(msgspec.Struct):
    """An order as a client writes it."""

    ticker: str
    side: str
    count: str
    price: str
    time_in_force: str
    self_trade_prevention_type: str
    client_order_id: str = ""
    expiration_time: int | None = None
    post_only: bool = False
    reduce_only: bool = False
    cancel_order_on_pause: bool = False
    order_group_id: str = ""
    subaccount: int = 0


class Change(msgspec.Struct):
    """Another price, another size, or both."""

    ticker: str = ""
    side: str = ""
    price: str = ""
    count: str = ""
    updated_client_order_id: str = ""
    reduce_by: str = ""
    reduce_to: str = ""


class Named(msgspec.Struct):
    """One order of a batch."""

    order_id: str


class Batch(msgspec.Struct):
    """Several orders at once, each on its own."""

    orders: list[msgspec.Raw] = []


class Orders:
    """The endpoints that change something."""

    def __init__(self, desk: Desk, charges: KalshiCharges, doors: Doors) -> None:
        self._desk = desk
        self._charges = charges
        self._doors = doors
        self._numbers = itertools.count(1)

    def routes(self) -> list[Route]:
        """They stand under `/portfolio/events`."""
        base, one = "/portfolio/events/orders", "/portfolio/events/orders/{order_id}"
        signed = self._doors.signed
        return [
            Route(f"{base}/batched", signed(self._create_many), methods=["POST"]),
            Route(f"{base}/batched", signed(self._cancel_many), methods=["DELETE"]),
            Route(base, signed(self._create_one), methods=["POST"]),
            Route(base, signed(self._cancel_all), methods=["DELETE"]),
            Route(f"{one}/amend", signed(self._amend), methods=["POST"]),
            Route(f"{one}/decrease", signed(self._decrease), methods=["POST"]),
            Route(one, signed(self._cancel_one), methods=["DELETE"]),
        ]

    async def _create_one(self, account: Account, request: Request) -> Response:
        return self._doors.said(placed(self._create(account, await request.body())), 201)

    async def _create_many(self, account: Account, request: Request) -> Response:
        batch = _read(await request.body(), Batch)
        if not 0 < len(batch.orders) <= LARGEST_BATCH:
            raise Refusal(400, "invalid_parameters", f"between 1 and {LARGEST_BATCH} orders are needed")
        return self._doors.said({"orders": [self._try(account, bytes(one)) for one in batch.orders]}, 201)

    def _try(self, account: Account, body: bytes) -> Message:
        try:
            return placed(self._create(account, body))
        except Refusal as refused:
            return refused.told()

    async def _cancel_one(self, account: Account, request: Request) -> Response:
        return self._doors.said(self._cancel(account, request.path_params["order_id"]))

    async def _cancel_many(self, account: Account, request: Request) -> Response:
        batch = _read(await request.body(), Batch)
        told: list[Message] = []
        for raw in batch.orders:
            name = _read(bytes(raw), Named).order_id
            try:
                told.append(self._cancel(account, name))
            except Refusal as refused:
                told.append({"order_id": name, **refused.told()})
        return self._doors.said({"orders": told})

    async def _cancel_all(self, account: Account, request: Request) -> Response:
        told = [self._cancel(account, order.id) for order in self._desk.open_orders(account)]
        return self._doors.said({"orders": told})

    async def _amend(self, account: Account, request: Request) -> Response:
        order, change = self._open(account, request), _read(await request.body(), Change)
        total = _size(change.count) if change.count else order.size
        price = _price(change.price, order.market) if change.price else order.price
        if total <= order.filled:
            raise Refusal(400, "invalid_parameters", "count is not above what is filled")
        self._desk.amend(order, price, total - order.filled)
        order.name = change.updated_client_order_id or order.name
        account.names[order.name] = order
        return self._doors.said({**placed(order), "order": order_told(order)})

    async def _decrease(self, account: Account, request: Request) -> Response:
        order, change = self._open(account, request), _read(await request.body(), Change)
        left = order.left - _size(change.reduce_by) if change.reduce_by else _size(change.reduce_to)
        if not 0 <= left < order.left:
            raise Refusal(400, "invalid_parameters", "that is no reduction")
        reduced = order.left - left
        if left:
            self._desk.amend(order, order.price, left)
        else:
            self._desk.cancel(order)
        return self._doors.said({**_taken_back(order, reduced), "remaining_count": contracts(left)})

    def _create(self, account: Account, body: bytes) -> Order:
        wish = _read(body, Wish)
        known = account.names.get(wish.client_order_id)
        if wish.client_order_id and known:
            raise Refusal(409, "order_already_exists", f"client_order_id is that of order {known.id}")
        order = self._order(account, wish)
        self._check(order, wish)
        if wish.client_order_id:
            account.names[wish.client_order_id] = order
        self._desk.place(order)
        return order

    def _order(self, account: Account, wish: Wish) -> Order:
        market = self._desk.exchange.market(wish.ticker)
        if market is None:
            raise Refusal(404, "market_not_found", wish.ticker)
        if wish.side not in ("bid", "ask") or wish.time_in_force not in _TIMES:
            raise Refusal(400, "invalid_parameters", f"side {wish.side!r}, time_in_force {wish.time_in_force!r}")
        if wish.self_trade_prevention_type not in ("taker_at_cross", "maker"):
            raise Refusal(400, "invalid_parameters", "self_trade_prevention_type is needed")
        if len(wish.client_order_id) > LONGEST_NAME:
            raise Refusal(400, "invalid_parameters", f"client_order_id is longer than {LONGEST_NAME}")
        size, now = _size(wish.count), self._desk.now()
        return Order(
            id=made_id(f"order:{account.id}:{now}:{next(self._numbers)}"),
            name=wish.client_order_id,
            account=account,
            market=market,
            is_bid=wish.side == "bid",
            price=_price(wish.price, market),
            size=size,
            left=size,
            time_in_force=_TIMES[wish.time_in_force],
            is_post_only=wish.post_only,
            ends=None if wish.expiration_time is None else wish.expiration_time * 1000,
            created=now,
            changed=now,
            stops_makers=wish.self_trade_prevention_type == "maker",
        )

    def _check(self, order: Order, wish: Wish) -> None:
        """Raises Refusal."""
        market = order.market
        if self._desk.strikes("rejected", market, "POST"):
            raise Refusal(400, "order_rejected", "the exchange does not take this order")
        book = self._desk.exchange.book(market.id)
        if book is None or not book.is_open:
            raise Refusal(400, "market_not_active", "trading is closed")
        if order.ends is not None and (order.time_in_force != "gtc" or order.ends <= order.created):
            raise Refusal(400, "invalid_parameters", "expiration_time is for good_till_canceled, and lies ahead")
        if order.is_post_only and (order.time_in_force != "gtc" or self._desk.reach(order)):
            raise Refusal(400, "post_only_cross", "a post-only order would be filled at once")
        if wish.reduce_only:
            _reduce(order)
        if order.time_in_force == "fok" and self._desk.reach(order) < order.size:
            raise Refusal(409, "fill_or_kill_insufficient_resting_volume", "not all of it can be filled")
        account = order.account
        cost = account.tied(order, order.size) + self._charges.at_most(order)
        if self._desk.strikes("short", market, "POST") or cost > account.free:
            raise Refusal(400, "insufficient_balance", f"{account.free} micro-dollars are free, {cost} are needed")

    def _cancel(self, account: Account, order_id: str) -> Message:
        order = account.orders.get(order_id)
        if order is None or not order.is_open:
            raise Refusal(404, "order_not_found", "there is no such order that rests")
        if self._desk.strikes("rejected", order.market, "DELETE"):
            raise Refusal(400, "cancel_rejected", "the exchange does not take this back now")
        return _taken_back(order, self._desk.cancel(order))

    def _open(self, account: Account, request: Request) -> Order:
        order = account.orders.get(request.path_params["order_id"])
        if order is None or not order.is_open:
            raise Refusal(404, "order_not_found", "there is no such order that rests")
        return order


def _reduce(order: Order) -> None:
    """Ask for no more than what is held the other way round. Raises Refusal."""
    held = order.account.holding(order.key).size
    most = max(0, -held if order.is_bid else held)
    if not most or order.time_in_force != "ioc":
        raise Refusal(400, "reduce_only", "it would open a position, or is not immediate_or_cancel")
    order.size = order.left = min(order.size, most)


def _taken_back(order: Order, reduced: int) -> Message:
    return {
        "order_id": order.id,
        "client_order_id": order.name,
        "reduced_by": contracts(reduced),
        "ts_ms": order.changed,
    }


Body = TypeVar("Body", Wish, Change, Named, Batch)


def _read(body: bytes, kind: type[Body]) -> Body:
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except msgspec.DecodeError as error:
        raise Refusal(400, "invalid_parameters", str(error)) from error


def _size(written: str) -> int:
    return _positive(written, 100, "count")


def _price(written: str, market: Market) -> int:
    price = _positive(written, DOLLAR, "price")
    if not market.grid.holds(price):
        raise Refusal(400, "invalid_price", f"price {written} does not lie on the market's grid")
    return price


def _positive(written: str, one: int, what: str) -> int:
    try:
        counted = units(written, one)
    except BadNumber as error:
        raise Refusal(400, "invalid_parameters", f"{what}: {error}") from error
    if counted <= 0:
        raise Refusal(400, "invalid_parameters", f"{what} {written} is not above zero")
    return counted
