"""The CLOB's public endpoints, and Polymarket's check of where one is."""

from collections.abc import Awaitable, Callable

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from app.sandbox import clob_frames as frames
from app.sandbox.answers import answer, refusal
from app.sandbox.books import Book
from app.sandbox.clob_frames import Summaries
from app.sandbox.clob_markets import clob_market, compact_market, listed_market
from app.sandbox.exchanges import Exchange
from app.sandbox.faults import Faults
from app.sandbox.grids import DOLLAR
from app.sandbox.messages import Message
from app.sandbox.stages import Stage

LARGEST_BATCH = 500
NO_BOOK = "No orderbook exists for the requested token id"

Endpoint = Callable[[Request], Awaitable[Response]]


class Asked(msgspec.Struct):
    """One of the books of a batch."""

    token_id: str


def clob_routes(stage: Stage, exchange: Exchange, summaries: Summaries) -> list[Route]:
    """Everything on the CLOB's host that needs no account."""
    books = Books(exchange, summaries, is_empty=stage.is_recorded)
    return [
        Route("/book", books.one),
        Route("/books", books.many, methods=["POST"]),
        Route("/midpoint", books.midpoint),
        Route("/tick-size", books.tick_size),
        Route("/neg-risk", books.neg_risk),
        Route("/markets/{condition}", _listed(stage, clob_market)),
        Route("/clob-markets/{condition}", _listed(stage, compact_market)),
        Route("/time", _said(lambda: int(stage.now().timestamp()))),
        Route("/version", _said(lambda: {"version": 2})),
        Route("/ok", _ok),
    ]


def location_routes(faults: Faults) -> list[Route]:
    """The website's own endpoint, not the CLOB's."""

    async def where(request: Request) -> Response:
        if faults.take_deed("blocked", request.url.path):
            return _json({"blocked": True, "ip": "127.0.0.1", "country": "US", "region": "NY"})
        return _json({"blocked": False, "ip": "127.0.0.1", "country": "ZZ", "region": ""})

    return [Route("/api/geoblock", where)]


class Books:
    """Order books by token. A recording saw no sizes, so it has none: `is_empty`."""

    def __init__(self, exchange: Exchange, summaries: Summaries, *, is_empty: bool) -> None:
        self._exchange = exchange
        self._summaries = summaries
        self._is_empty = is_empty

    async def one(self, request: Request) -> Response:
        found = self._find(_token(request))
        return _json(self._summaries.summary(*found)) if found else _no_book()

    async def many(self, request: Request) -> Response:
        try:
            asked = msgspec.json.decode(await request.body(), type=list[Asked])
        except msgspec.DecodeError as error:
            return refusal(400, {"error": f"Invalid payload: {error}"})
        if len(asked) > LARGEST_BATCH:
            return refusal(400, {"error": "Payload exceeds the limit"})
        tokens = sorted({one.token_id for one in asked})  # in an order of the venue's own
        found = [book for token in tokens if (book := self._find(token))]
        return _json([self._summaries.summary(*book) for book in found])

    async def midpoint(self, request: Request) -> Response:
        found = self._find(_token(request))
        if found is None:
            return _no_book()
        book, side = found
        middle = (book.best_bid + book.best_ask) / 2 / DOLLAR
        return _json({"mid": f"{1 - middle if side else middle:.5f}".rstrip("0").rstrip(".")})

    async def tick_size(self, request: Request) -> Response:
        found = self._find(_token(request))
        if found is None:
            return refusal(404, {"error": "market not found"})
        return _json({"minimum_tick_size": frames.tick(found[0].grid) / DOLLAR})

    async def neg_risk(self, request: Request) -> Response:
        market = self._exchange.market(_token(request))
        return _json({"neg_risk": market.is_neg_risk}) if market else refusal(404, {"error": "market not found"})

    def _find(self, token: str) -> tuple[Book, int] | None:
        book = None if self._is_empty else self._exchange.book(token)
        if book is None or not book.is_open or token not in book.market.tokens:
            return None
        return book, book.market.tokens.index(token)


def _token(request: Request) -> str:
    return request.query_params.get("token_id", "")


def _json(payload: object) -> Response:
    return Response(frames.encode(payload), media_type="application/json")


def _no_book() -> Response:
    return refusal(404, {"error": NO_BOOK})


def _listed(stage: Stage, told: Callable[[Message, Message], Message]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        found = listed_market(stage, request.path_params["condition"])
        if found is None:
            return refusal(404, {"error": "market not found"})
        return answer(request, told(*found), stage.changed_at())

    return endpoint


def _said(tell: Callable[[], object]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return _json(tell())

    return endpoint


async def _ok(request: Request) -> Response:
    return PlainTextResponse("OK")
