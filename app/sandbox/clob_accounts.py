"""Polymarket's account over REST: orders, trades, balances, the heartbeat that keeps orders alive; and its positions,
which another host tells."""

import secrets
from collections.abc import Mapping

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.sandbox.accounts import Account, Holding
from app.sandbox.answers import refusal
from app.sandbox.clob_doors import Doors, Refusal, said
from app.sandbox.clob_orders import SHARES
from app.sandbox.clob_statements import order_told, trade_told
from app.sandbox.desks import Desk
from app.sandbox.exchanges import Exchange
from app.sandbox.grids import DOLLAR
from app.sandbox.markets import Market
from app.sandbox.members import Members
from app.sandbox.messages import Message
from app.sandbox.paging import BadParameter, Page, page_after
from app.sandbox.typed_data import EXCHANGE, NEG_RISK_EXCHANGE

PAGE = 100
FIRST, LAST = "MA==", "LTE="  # cursors
HEARTBEAT = 10_000  # milliseconds that orders outlive the last one
ALL = str(2**256 - 1)


class Beat(msgspec.Struct):
    """What a client says to keep its orders alive."""

    heartbeat_id: str = ""


class Accounts:
    """The endpoints that only tell, and the heartbeat."""

    def __init__(self, desk: Desk, doors: Doors) -> None:
        self._desk = desk
        self._doors = doors
        self._beats: dict[str, str] = {}

    def routes(self) -> list[Route]:
        signed = self._doors.signed
        return [
            Route("/data/order/{order_id}", signed(self._order)),
            Route("/data/orders", signed(self._orders)),
            Route("/data/trades", signed(self._trades)),
            Route("/balance-allowance", signed(self._balance)),
            Route("/balance-allowance/update", signed(self._update)),
            Route("/v1/heartbeats", signed(self._beat), methods=["POST"]),
        ]

    async def _order(self, account: Account, request: Request) -> Response:
        order = account.orders.get(request.path_params["order_id"])
        if order is None or order.hidden_until > self._desk.now():
            raise Refusal("order not found", 404)
        return said(order_told(order, self._doors.key_of(account)))

    async def _orders(self, account: Account, request: Request) -> Response:
        key = self._doors.key_of(account)
        told = [order_told(order, key) for order in account.shown_orders(self._desk.now()) if order.is_open]
        return said(_paged(_fitting(told, request.query_params, {"market": "market", "asset_id": "asset_id"}), request))

    async def _trades(self, account: Account, request: Request) -> Response:
        key, params = self._doors.key_of(account), request.query_params
        first, last = int(params.get("after") or 0), int(params.get("before") or 1 << 53)
        kept = [fill for fill in account.shown_fills(self._desk.now()) if first <= fill.at // 1000 <= last]
        told = _fitting([trade_told(fill, key) for fill in kept], params, {"market": "market", "asset_id": "asset_id"})
        return said(_paged(told, request))

    async def _balance(self, account: Account, request: Request) -> Response:
        token = request.query_params.get("token_id", "")
        is_money = request.query_params.get("asset_type", "COLLATERAL") == "COLLATERAL"
        balance = account.cash if is_money else account.holding(token).size * SHARES
        return said({"balance": str(balance), "allowances": {EXCHANGE: ALL, NEG_RISK_EXCHANGE: ALL}})

    async def _update(self, account: Account, request: Request) -> Response:
        return Response(b"")

    async def _beat(self, account: Account, request: Request) -> Response:
        given, known = _beat_of(await request.body()), self._beats.get(account.id, "")
        if known and given != known:
            return refusal(400, {"error_msg": "Invalid Heartbeat ID", "heartbeat_id": known})
        beat = self._beats[account.id] = secrets.token_hex(16)
        self._desk.later(HEARTBEAT, lambda: self._miss(account, beat))
        return said({"heartbeat_id": beat})

    def _miss(self, account: Account, beat: str) -> None:
        if self._beats.get(account.id) == beat:
            del self._beats[account.id]
            for order in self._desk.open_orders(account):
                if order.status != "delayed":
                    self._desk.cancel(order, "no heartbeat")


def position_routes(members: Members, exchange: Exchange) -> list[Route]:
    """What the host of positions says of anybody; nothing is signed there."""

    async def positions(request: Request) -> Response:
        account = members.account(request.query_params.get("user", ""))
        if account is None or account.venue != "polymarket":
            return said([])
        held = [(key, one) for key, one in account.holdings.items() if one.size]
        told = [_position(account, key, one, exchange) for key, one in held]
        return said([one for one in told if one])

    return [Route("/positions", positions)]


def _position(account: Account, token: str, holding: Holding, exchange: Exchange) -> Message:
    book = exchange.book(token)
    if book is None:
        return {}
    market, side = book.market, book.market.tokens.index(token)
    price = _price(market, side, exchange, book.best_bid, book.best_ask, is_open=book.is_open)
    shares, cost, worth = holding.size / 100, holding.cost / 1e6, holding.size * price / 1e6
    end = exchange.quoting.ending(market)
    return {
        "proxyWallet": account.pays_from,
        "asset": token,
        "conditionId": market.id,
        "size": shares,
        "avgPrice": round(cost / shares, 6),
        "initialValue": cost,
        "currentValue": worth,
        "cashPnl": round(worth - cost, 6),
        "percentPnl": round(100 * (worth - cost) / cost, 4) if cost else 0,
        "totalBought": shares,
        "realizedPnl": holding.realised / 1e6,
        "curPrice": price / DOLLAR,
        "redeemable": bool(end and exchange.clock().timestamp() * 1000 >= end.final),
        "mergeable": False,
        "negativeRisk": market.is_neg_risk,
        "title": market.key,
        "slug": market.key,
        "outcome": market.outcomes[side],
        "outcomeIndex": side,
        "oppositeOutcome": market.outcomes[1 - side],
        "oppositeAsset": market.tokens[1 - side],
        "endDate": "",
    }


def _price(market: Market, side: int, exchange: Exchange, bid: int, ask: int, *, is_open: bool) -> int:
    first = (bid + ask) // 2 if is_open else exchange.quoting.pays(market)
    return DOLLAR - first if side else first


def _beat_of(body: bytes) -> str:
    try:
        return msgspec.json.decode(body or b"{}", type=Beat).heartbeat_id
    except msgspec.DecodeError as error:
        raise Refusal(f"Invalid payload: {error}") from error


def _fitting(told: list[Message], params: Mapping[str, str], fields: Mapping[str, str]) -> list[Message]:
    asked = {"id": "id", **fields}
    return [one for one in told if all(params.get(name) in (None, "", one[field]) for name, field in asked.items())]


def _paged(told: list[Message], request: Request) -> Message:
    cursor = request.query_params.get("next_cursor", "")
    try:
        page = Page((), "") if cursor == LAST else page_after(told, "" if cursor == FIRST else cursor, PAGE)
    except BadParameter as error:
        raise Refusal(str(error)) from error
    return {"data": page.items, "next_cursor": page.cursor or LAST, "limit": PAGE, "count": len(page.items)}
