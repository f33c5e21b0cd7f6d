"""The truth, for tests: a book as it stands, or as it stood at a very frame. No venue has such an endpoint."""

from collections.abc import Mapping

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.sandbox.answers import refusal
from app.sandbox.books import Book
from app.sandbox.clob_frames import encode, price, size
from app.sandbox.exchanges import Exchange
from app.sandbox.grids import DOLLAR
from app.sandbox.marks import HashMarks, SequenceMarks
from app.sandbox.paging import BadParameter, whole_number


class Truth:
    """What was said when, on both venues."""

    def __init__(self, exchanges: Mapping[str, Exchange], sequences: SequenceMarks, hashes: HashMarks) -> None:
        self._exchanges = exchanges
        self._sequences = sequences
        self._hashes = hashes

    def routes(self) -> list[Route]:
        return [Route("/ladders/{venue}/{market}", self.show)]

    async def show(self, request: Request) -> Response:
        """`?sid=&seq=` or `?hash=`: as it was at that frame; else as it is now."""
        exchange = self._exchanges.get(request.path_params["venue"])
        name, params = request.path_params["market"], request.query_params
        is_past = "seq" in params or "hash" in params
        book = exchange and (exchange.known_book(name) if is_past else exchange.book(name))
        if not book:
            return refusal(404, {"error": "no such book, or nobody has looked at it"})
        try:
            version = self._version(book, name, params)
        except BadParameter as error:
            return refusal(400, {"error": str(error)})
        levels = None if version is None else book.levels_at(version)
        if levels is None:
            return refusal(404, {"error": "this frame was never sent, or is forgotten"})
        return Response(encode(_shown(book, name, *levels)), media_type="application/json")

    def _version(self, book: Book, name: str, params: QueryParams) -> int | None:
        if "hash" in params:
            token = name if name in book.market.tokens else next(iter(book.market.tokens), "")
            return self._hashes.version(token, params["hash"])
        if "seq" in params:
            sid, seq = whole_number(params, "sid", 0, least=1), whole_number(params, "seq", 0)
            return self._sequences.version(sid, seq, book.market.id)
        return book.version


def _shown(book: Book, name: str, bids: dict[int, int], asks: dict[int, int]) -> dict[str, object]:
    """Best first, in terms of the YES or the first token; of the second token when that one was named."""
    if book.market.tokens[1:] == (name,):
        bids, asks = _mirrored(asks), _mirrored(bids)
    return {
        "venue": book.market.venue,
        "market": book.market.id,
        "bids": [(price(at), size(bids[at])) for at in sorted(bids, reverse=True)],
        "asks": [(price(at), size(asks[at])) for at in sorted(asks)],
    }


def _mirrored(levels: dict[int, int]) -> dict[int, int]:
    return {DOLLAR - at: amount for at, amount in levels.items()}
