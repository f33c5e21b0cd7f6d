"""Clients of the simulated venues that share no code with them: books by the plainest arithmetic there is."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal

import httpx
from websockets.asyncio.client import ClientConnection, connect

Side = dict[Decimal, Decimal]
KALSHI = "/kalshi/trade-api/v2"
KALSHI_SOCKET = "/kalshi/trade-api/ws/v2"
CLOB_SOCKET = "/clob/ws/market"


@asynccontextmanager
async def opened(base_url: str, path: str, **options: object) -> AsyncIterator[ClientConnection]:
    """A connection to one of the sandbox's sockets."""
    async with connect(base_url.replace("http", "ws") + path, max_size=None, **options) as socket:
        yield socket


async def told(socket: ClientConnection, patience: float = 10.0) -> object:
    """The next message."""
    return json.loads(await asyncio.wait_for(socket.recv(), patience))


async def said_until(socket: ClientConnection, is_it: object, patience: float = 20.0) -> list:
    """Every message up to the one that `is_it` likes."""
    messages = []
    async with asyncio.timeout(patience):
        while True:
            message = json.loads(await socket.recv())
            messages += message if isinstance(message, list) else [message]
            if any(is_it(one) for one in messages[-len(message) if isinstance(message, list) else -1 :]):
                return messages


class KalshiBook:
    """YES bids and NO bids."""

    def __init__(self, message: dict) -> None:
        self.sides = {
            side: {Decimal(price): Decimal(size) for price, size in message[f"{side}_dollars_fp"]}
            for side in ("yes", "no")
        }

    def take(self, message: dict) -> None:
        side, price = self.sides[message["side"]], Decimal(message["price_dollars"])
        left = side.get(price, Decimal(0)) + Decimal(message["delta_fp"])
        assert left >= 0, "more was taken than there was"
        side[price] = left
        if not left:
            del side[price]

    def levels(self) -> tuple[Side, Side]:
        """Bids and asks of YES."""
        return self.sides["yes"], {1 - price: size for price, size in self.sides["no"].items()}


class ClobBook:
    """Bids and asks of one token, with absolute sizes."""

    def __init__(self, message: dict) -> None:
        self.bids, self.asks = (
            {Decimal(level["price"]): Decimal(level["size"]) for level in message[side]} for side in ("bids", "asks")
        )

    def take(self, change: dict) -> None:
        side = self.bids if change["side"] == "BUY" else self.asks
        price, size = Decimal(change["price"]), Decimal(change["size"])
        side[price] = size
        if not size:
            del side[price]

    def levels(self) -> tuple[Side, Side]:
        return self.bids, self.asks


def best(levels: tuple[Side, Side]) -> tuple[Decimal, Decimal]:
    """Best bid and ask; 0 and 1 where nobody is."""
    bids, asks = levels
    return max(bids, default=Decimal(0)), min(asks, default=Decimal(1))


def hash_of(summary: dict) -> str:
    """As the venue's own client works it out."""
    fields = ("market", "asset_id", "timestamp", "hash", "bids", "asks", "min_order_size", "tick_size", "neg_risk")
    ordered = {name: summary[name] for name in (*fields, "last_trade_price")} | {"hash": ""}
    return hashlib.sha1(json.dumps(ordered, separators=(",", ":")).encode()).hexdigest()


async def true_levels(client: httpx.AsyncClient, venue: str, market: str, **frame: object) -> tuple[Side, Side]:
    """What the sandbox says that its book was at a frame, or is now."""
    answer = await client.get(f"/ladders/{venue}/{market}", params=frame)
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    bids, asks = ({Decimal(price): Decimal(size) for price, size in shown[side]} for side in ("bids", "asks"))
    return bids, asks


async def kalshi_tickers(client: httpx.AsyncClient, series: str) -> list[str]:
    """The open markets of a series."""
    answer = await client.get(f"{KALSHI}/markets", params={"series_ticker": series, "status": "open", "limit": 1000})
    return [market["ticker"] for market in answer.json()["markets"]]


async def clob_tokens(client: httpx.AsyncClient, kind: str) -> list[tuple[str, str]]:
    """Both tokens of each open market of a kind."""
    found, cursor = [], {}
    while True:
        params = {"limit": 100, "sports_market_types": kind, **cursor}
        page = (await client.get("/gamma/markets/keyset", params=params)).json()
        found += [
            tuple(json.loads(one["clobTokenIds"])) for one in page["markets"] if not one["umaResolutionStatuses"][2:-2]
        ]
        if "next_cursor" not in page:
            return found
        cursor = {"after_cursor": page["next_cursor"]}
