"""A CLOB on a free port of the loopback: its books over REST and its market channel, in the venue's own formats."""

import asyncio
import json
import socket
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.app.venues.polymarket.frames import book, change, changes, names

Levels = dict[str, str]  # price → size, as they are written


class Market:
    """One market's book in terms of its first token."""

    def __init__(self, number: int) -> None:
        self.id, self.first, self.second = names(number)
        self.bids: Levels = {"0.50": "10", "0.48": "7"}
        self.asks: Levels = {"0.52": "10", "0.55": "7"}

    @property
    def best(self) -> tuple[str, str]:
        return max(self.bids, key=float, default="0"), min(self.asks, key=float, default="1")

    def shown(self, token: str) -> dict[str, object]:
        if token == self.first:
            return book(self.bids, self.asks, token, self.id, tick_size="0.01")
        return book(mirrored(self.asks), mirrored(self.bids), token, self.id, tick_size="0.01")

    def replace(self, side: str, price: str, size: str) -> dict[str, object]:
        """The change made, and the message of it."""
        levels = self.bids if side == "BUY" else self.asks
        levels[price] = size
        if size == "0":
            del levels[price]
        bid, ask = self.best
        one = change(side, price, size, (bid, ask), self.first)
        other = "SELL" if side == "BUY" else "BUY"
        two = change(other, mirror(price), size, (mirror(ask), mirror(bid)), self.second)
        return changes(one, two, market=self.id)


def mirror(price: str) -> str:
    return f"{1 - float(price):.2f}"


def mirrored(levels: Levels) -> Levels:
    return {mirror(price): size for price, size in levels.items()}


class Clob:
    """Says what it is told to, to whoever has subscribed; may fall mute while it still answers pings."""

    def __init__(self, markets: int) -> None:
        self.markets = [Market(number) for number in range(markets)]
        self.sockets: dict[WebSocket, set[str]] = {}
        self.heard: list[dict[str, object]] = []
        self.pings = 0
        self.opened = 0
        self.asked = 0  # over REST
        self.is_mute = False
        self.status = 200
        self.location: Mapping[str, object] = {"blocked": False, "country": "PT", "region": "11"}
        self.url = ""

    @property
    def socket_url(self) -> str:
        return self.url.replace("http", "ws") + "/ws/market"

    @property
    def subscriptions(self) -> list[set[str]]:
        return list(self.sockets.values())

    async def tell(self, update: Mapping[str, object]) -> None:
        """To every connection that has subscribed to a token of the update's market."""
        (market,) = [one for one in self.markets if one.id == update["market"]]
        await self.send(json.dumps(update), {market.first, market.second})

    async def send(self, text: str, tokens: Iterable[str] | None = None) -> None:
        if self.is_mute:
            return
        for each, subscribed in list(self.sockets.items()):
            if tokens is None or subscribed & set(tokens):
                await each.send_text(text)

    async def cut_off(self) -> None:
        for each in list(self.sockets):
            await each.close(1012)

    async def market_channel(self, socket: WebSocket) -> None:
        await socket.accept()
        self.opened += 1
        try:
            while True:
                await self._take(socket, await socket.receive_text())
        except (WebSocketDisconnect, RuntimeError):
            self.sockets.pop(socket, None)

    async def _take(self, socket: WebSocket, text: str) -> None:
        if text == "PING":
            self.pings += 1
            await socket.send_text("PONG")
            return
        said = json.loads(text)
        self.heard.append(said)
        subscribed = self.sockets.setdefault(socket, set())
        if said.get("operation") == "unsubscribe":
            subscribed -= set(said["assets_ids"])
            return
        subscribed |= set(said["assets_ids"])
        shown = self._shown(said["assets_ids"])
        if shown and not self.is_mute:
            await socket.send_text(json.dumps(shown))

    def _shown(self, tokens: Iterable[str]) -> list[dict[str, object]]:
        owner = defaultdict(list[Market])
        for market in self.markets:
            owner[market.first].append(market)
            owner[market.second].append(market)
        return [market.shown(token) for token in tokens for market in owner[token]]

    async def books(self, request: Request) -> Response:
        self.asked += 1
        if self.status != 200:
            return Response(status_code=self.status)
        asked = [one["token_id"] for one in await request.json()]
        return JSONResponse(list(reversed(self._shown(asked))))  # the order is not kept

    async def geoblock(self, request: Request) -> Response:
        return JSONResponse({"ip": "127.0.0.1", **self.location})


@asynccontextmanager
async def open_clob(markets: int = 1) -> AsyncIterator[Clob]:
    clob = Clob(markets)
    routes = [
        WebSocketRoute("/ws/market", clob.market_channel),
        Route("/books", clob.books, methods=["POST"]),
        Route("/api/geoblock", clob.geoblock),
    ]
    quiet = {"log_config": None, "lifespan": "off", "ws": "websockets-sansio", "ws_ping_interval": None}
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), **quiet))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        clob.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        serving = asyncio.create_task(server.serve([listener]))
        try:
            yield clob
        finally:
            server.should_exit = server.force_exit = True
            await serving
