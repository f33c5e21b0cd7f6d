"""Kalshi's account over REST: balance, orders, fills, positions, settlements."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.sandbox import kalshi_statements as statements
from app.sandbox.accounts import Account
from app.sandbox.desks import Desk
from app.sandbox.kalshi_doors import Doors, Refusal
from app.sandbox.messages import Message, text
from app.sandbox.paging import BadParameter, page_after, single, whole_number

LARGEST_PAGE = 1000


class Portfolios:
    """The endpoints that only tell."""

    def __init__(self, desk: Desk, doors: Doors) -> None:
        self._desk = desk
        self._doors = doors

    def routes(self) -> list[Route]:
        """They stand under `/portfolio`."""
        signed = self._doors.signed
        return [
            Route("/portfolio/balance", signed(self._balance)),
            Route("/portfolio/orders", signed(self._orders)),
            Route("/portfolio/orders/{order_id}", signed(self._order)),
            Route("/portfolio/fills", signed(self._fills)),
            Route("/portfolio/positions", signed(self._positions)),
            Route("/portfolio/settlements", signed(self._settlements)),
        ]

    async def _balance(self, account: Account, request: Request) -> Response:
        return self._doors.said(statements.balance_told(account, self._desk.exchange, self._desk.now()))

    async def _orders(self, account: Account, request: Request) -> Response:
        told = [statements.order_told(order) for order in account.shown_orders(self._desk.now())]
        return self._page(request, "orders", told, "created_time", "status")

    async def _order(self, account: Account, request: Request) -> Response:
        order = account.orders.get(request.path_params["order_id"])
        if order is None or order.hidden_until > self._desk.now():
            raise Refusal(404, "order_not_found", "there is no such order")
        return self._doors.said({"order": statements.order_told(order)})

    async def _fills(self, account: Account, request: Request) -> Response:
        kept = [fill for fill in account.shown_fills(self._desk.now()) if fill.stage != "failed"]
        return self._page(request, "fills", [statements.fill_told(fill) for fill in kept], "created_time", "order_id")

    async def _positions(self, account: Account, request: Request) -> Response:
        held = [statements.position_told(*one) for one in account.holdings.items() if one[1].changed]
        shown = _fitting(held, request.query_params, "last_updated_ts")
        if request.query_params.get("count_filter") == "position":
            shown = [one for one in shown if one["position_fp"] != "0.00"]
        events = list(statements.events_told(account))
        return self._doors.said({"market_positions": shown, "event_positions": events, "cursor": ""})

    async def _settlements(self, account: Account, request: Request) -> Response:
        told = [statements.settlement_told(one) for one in reversed(account.settlements)]
        return self._page(request, "settlements", told, "settled_time")

    def _page(self, request: Request, name: str, told: list[Message], when: str, *also: str) -> Response:
        params = request.query_params
        try:
            size = min(whole_number(params, "limit", 100, least=1), LARGEST_PAGE)
            page = page_after(_fitting(told, params, when, *also), params.get("cursor", ""), size)
        except BadParameter as error:
            raise Refusal(400, "bad_request", str(error)) from error
        return self._doors.said({name: page.items, "cursor": page.cursor})


def _fitting(told: Iterable[Message], params: QueryParams, when: str, *also: str) -> list[Message]:
    """Those that the parameters ask for: by ticker, event, time (unix seconds) and the fields `also`."""
    first, last = whole_number(params, "min_ts", 0), whole_number(params, "max_ts", 1 << 53)
    return [
        one
        for one in told
        if _is_among(text(one, "ticker"), single(params, "ticker"))
        and _is_among(text(one, "ticker").rpartition("-")[0], single(params, "event_ticker"))
        and all(_is_among(text(one, field), single(params, field)) for field in also)
        and first <= datetime.fromisoformat(text(one, when)).timestamp() < last + 1
    ]


def _is_among(value: str, allowed: frozenset[str] | Sequence[str]) -> bool:
    return not allowed or value in allowed
