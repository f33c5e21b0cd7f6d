"""Kalshi's order books over REST."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.sandbox.answers import refusal
from app.sandbox.books import Book
from app.sandbox.exchanges import Exchange
from app.sandbox.kalshi_frames import encode, no_levels, yes_levels
from app.sandbox.messages import Message
from app.sandbox.paging import BadParameter, whole_number

LARGEST_BATCH, DEEPEST = 100, 100


def kalshi_book_routes(exchange: Exchange) -> list[Route]:
    """The endpoints; they come before `/markets/{ticker}`."""

    async def one(request: Request) -> Response:
        try:
            depth = whole_number(request.query_params, "depth", 0)
        except BadParameter as error:
            return _refused(400, "bad_request", str(error))
        if depth > DEEPEST:
            return _refused(400, "bad_request", f"depth is above {DEEPEST}")
        book = exchange.book(request.path_params["ticker"])
        return _json(_shown(book, depth)) if book else _refused(404, "not_found", "market not found")

    async def many(request: Request) -> Response:
        named = request.query_params.getlist("tickers")
        tickers = list(dict.fromkeys(ticker for one in named for ticker in one.split(",") if ticker))
        if not 0 < len(tickers) <= LARGEST_BATCH:
            return _refused(400, "bad_request", f"between 1 and {LARGEST_BATCH} tickers are needed")
        found = ((ticker, exchange.book(ticker)) for ticker in tickers)
        return _json({"orderbooks": [{"ticker": ticker, **_shown(book, 0)} for ticker, book in found if book]})

    return [Route("/markets/orderbooks", many), Route("/markets/{ticker}/orderbook", one)]


def _shown(book: Book, depth: int) -> Message:
    """Ascending, so that of a book cut short the last levels stay; 0: all of it."""
    sides = {"yes_dollars": yes_levels(book.bids)[-depth:], "no_dollars": no_levels(book.asks)[-depth:]}
    return {"orderbook_fp": sides}


def _json(payload: object) -> Response:
    return Response(encode(payload), media_type="application/json")


def _refused(status: int, code: str, details: str) -> Response:
    return refusal(status, {"error": {"code": code, "message": code.replace("_", " "), "details": details}})
