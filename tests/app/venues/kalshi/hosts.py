"""A host that speaks Kalshi's socket and its REST answers about order books, keeps true books, and fails on demand."""

import asyncio
import itertools
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

Message = dict[str, object]
CENT_RANGES = [{"start": "0.0000", "end": "1.0000", "step": "0.0100"}]


def is_of_books(order: Message) -> bool:
    """Whether it is about the channel of books, which this host numbers first."""
    params = order["params"]
    return params.get("channels") == ["orderbook_delta"] or params.get("sids") == [1]


class Book:
    """What is bid for YES and for NO, by price in dollars."""

    def __init__(self) -> None:
        self.sides: dict[str, dict[str, Decimal]] = {"yes": {}, "no": {}}
        self.set("yes", "0.4000", 100)
        self.set("no", "0.5000", 50)

    def set(self, side: str, price: str, size: int) -> None:
        self.sides[side][price] = Decimal(size)

    def add(self, side: str, price: str, change: int) -> None:
        size = self.sides[side].get(price, Decimal(0)) + change
        self.sides[side] |= {price: size}
        if not size:
            del self.sides[side][price]

    def levels(self, side: str) -> list[list[str]]:
        return [[price, f"{size:.2f}"] for price, size in sorted(self.sides[side].items())]


class Session:
    """One client's connection: its subscriptions, each with its markets and its count."""

    def __init__(self, host: "Host", connection: ServerConnection) -> None:
        self.host = host
        self.connection = connection
        self.markets: dict[str, set[str]] = {}  # by channel
        self.sids: dict[str, int] = {}
        self.seq = itertools.count(1)
        self.is_mute = False

    async def send(self, message: Message) -> None:
        if not self.is_mute:
            await self.connection.send(json.dumps(message))

    async def obey(self, order: Message) -> None:
        self.host.orders.append(order)
        if code := self.host.refusal(order):
            await self.send({"id": order["id"], "type": "error", "msg": {"code": code, "msg": "no"}})
            return
        params = order["params"]
        tickers = params.get("market_tickers", [])
        if order["cmd"] == "subscribe":
            (channel,) = params["channels"]
            self.sids[channel] = len(self.sids) + 1
            self.markets[channel] = set()
            answer = {"channel": channel, "sid": self.sids[channel]}
            await self.send({"id": order["id"], "type": "subscribed", "msg": answer})
            await self._add(channel, tickers)
            return
        channel = next(name for name, sid in self.sids.items() if [sid] == params["sids"])
        answer = {"id": order["id"], "sid": self.sids[channel], "type": "ok", "msg": {"market_tickers": tickers}}
        await self.send(answer | ({"seq": next(self.seq)} if channel == "orderbook_delta" else {}))
        if params["action"] == "delete_markets":
            self.markets[channel] -= set(tickers)
        elif params["action"] == "add_markets":
            await self._add(channel, tickers)
        elif not self.host.withholds_snapshots:
            await self.show(tickers)

    async def _add(self, channel: str, tickers: list[str]) -> None:
        self.markets[channel] |= set(tickers)
        if channel == "orderbook_delta":
            await self.show(tickers)

    async def show(self, tickers: list[str]) -> None:
        for ticker in tickers:
            book = self.host.books[ticker]
            told = {f"{side}_dollars_fp": book.levels(side) for side in ("yes", "no")}
            await self.send(self.counted("orderbook_snapshot", {"market_ticker": ticker, **told}))

    def counted(self, kind: str, told: Message) -> Message:
        return {"type": kind, "sid": self.sids["orderbook_delta"], "seq": next(self.seq), "msg": told}

    def carries(self, ticker: str) -> bool:
        return ticker in self.markets.get("orderbook_delta", ())


class Host:
    """All that a client can meet. `refusal`: the error code that an order is answered with; 0: none."""

    def __init__(self) -> None:
        self.books: defaultdict[str, Book] = defaultdict(Book)
        self.sessions: list[Session] = []
        self.orders: list[Message] = []
        self.handshakes: list[Headers] = []
        self.statuses: dict[str, str] = {}
        self.ranges: dict[str, list[dict[str, str]]] = {}
        self.rest_calls: list[str] = []
        self.rest_books: dict[str, Book] = {}  # where REST shows another book than the socket
        self.rest_status = HTTPStatus.OK
        self.rest_delay = 0.0  # seconds between what is shown and its being sent
        self.handshake_status = HTTPStatus.SWITCHING_PROTOCOLS
        self.withholds_snapshots = False
        self.refusal: Callable[[Message], int] = lambda _: 0
        self.url = self.socket_url = ""

    async def talk(self, connection: ServerConnection) -> None:
        session = Session(self, connection)
        self.sessions.append(session)
        try:
            async for message in connection:
                await session.obey(json.loads(message))
        except ConnectionClosed:
            pass
        finally:
            self.sessions.remove(session)

    async def change(self, ticker: str, side: str, price: str, change: int, *, is_lost: bool = False) -> None:
        """A level changes, and whoever carries the market is told; or is not, though it is counted."""
        self.books[ticker].add(side, price, change)
        told = {"market_ticker": ticker, "price_dollars": price, "delta_fp": f"{change}.00", "side": side}
        for session in self.sessions:
            if session.carries(ticker):
                message = session.counted("orderbook_delta", {**told, "ts_ms": 1_763_850_001_234})
                if not is_lost:
                    await session.send(message)

    async def say(self, message: Message | str) -> None:
        """Anything, to everybody."""
        for session in self.sessions:
            await session.connection.send(message if isinstance(message, str) else json.dumps(message))

    async def hang_up(self) -> None:
        for session in list(self.sessions):
            await session.connection.close(1011, "maintenance")

    async def answer(self, connection: ServerConnection, request: Request) -> Response | None:
        """REST beside the socket, on one port."""
        if request.headers.get("Upgrade"):
            self.handshakes.append(request.headers)
            refused = self.handshake_status != HTTPStatus.SWITCHING_PROTOCOLS
            return connection.respond(self.handshake_status, "no") if refused else None
        address = urlsplit(request.path)
        asked = parse_qs(address.query)
        self.rest_calls.append(address.path.rpartition("/")[2])
        body: Message = {}
        if address.path.endswith("/markets/orderbooks"):
            body = {"orderbooks": [self._shown(ticker) for ticker in asked["tickers"]]}
        elif address.path.endswith("/markets"):
            body = {"markets": [self._listed(ticker) for ticker in asked["tickers"][0].split(",")]}
        await asyncio.sleep(self.rest_delay)
        response = connection.respond(self.rest_status, json.dumps(body))
        response.headers["Content-Type"] = "application/json"
        return response

    def _shown(self, ticker: str) -> Message:
        book = self.rest_books.get(ticker, self.books[ticker])
        return {"ticker": ticker, "orderbook_fp": {f"{side}_dollars": book.levels(side) for side in ("yes", "no")}}

    def _listed(self, ticker: str) -> Message:
        status = self.statuses.get(ticker, "active")
        return {"ticker": ticker, "status": status, "price_ranges": self.ranges.get(ticker, CENT_RANGES)}


@asynccontextmanager
async def open_host() -> AsyncIterator[Host]:
    """On a port of its own."""
    host = Host()
    server: Server
    async with serve(host.talk, "127.0.0.1", 0, process_request=host.answer) as server:
        port = server.sockets[0].getsockname()[1]
        host.url = f"http://127.0.0.1:{port}/kalshi/trade-api/v2"
        host.socket_url = f"ws://127.0.0.1:{port}/kalshi/trade-api/ws/v2"
        yield host


async def until(is_so: Callable[[], bool], seconds: float = 10.0) -> None:
    """What is waited for comes over a real connection, so it is looked for again and again."""
    async with asyncio.timeout(seconds):
        while not is_so():  # noqa: ASYNC110
            await asyncio.sleep(0.005)
