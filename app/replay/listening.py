"""Follows the prices of a platform over its `/ws`, and writes them down as a tape of quotes."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from urllib.parse import urlsplit, urlunsplit

import httpx
import msgspec
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from app.domain.games import GameId
from app.errors import BadInput, FeedUnavailable

AGAIN_AFTER = 1.0  # seconds, when the connection is lost
Write = Callable[[str], object]

IN_USE = ("fresh", "stale")  # what is in doubt, or of a listing, is no price


class _Quote(msgspec.Struct):
    contract_id: str
    received_at: str
    state: str
    bid: str | None = None
    ask: str | None = None
    bid_size: str | None = None
    ask_size: str | None = None


class _Message(msgspec.Struct):
    type: str
    quotes: list[_Quote] = []


class _Named(msgspec.Struct):
    id: str


class _Page(msgspec.Struct):
    items: list[_Named] = []


_MESSAGE = msgspec.json.Decoder(_Message)


async def live_games(url: str, key: str | None) -> Sequence[GameId]:
    """Those that are played now. Raises FeedUnavailable."""
    try:
        async with httpx.AsyncClient(base_url=url, headers=_headers(key)) as client:
            answer = await client.get("/games", params={"status": "live"})
            answer.raise_for_status()
            return [GameId(each.id) for each in msgspec.json.decode(answer.content, type=_Page).items]
    except (httpx.HTTPError, msgspec.MsgspecError) as error:
        raise FeedUnavailable(f"{url} does not say which games are live: {error}") from None


async def listen(url: str, key: str | None, games: Sequence[GameId], seconds: float, write: Write) -> int:
    """Write what is told of these games for so long, a line a quote, over every loss of the connection; how many
    quotes. Raises FeedUnavailable when nothing was ever told, BadInput when there is nothing to follow."""
    if not games:
        raise BadInput("no game is played now", remedy="Name one with --game; GET /games lists them.")
    written = _Writing(write)
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while True:
                await _follow(url, key, games, written)
                await asyncio.sleep(AGAIN_AFTER)
    if not written.quotes:
        raise FeedUnavailable(f"{url} has told no prices{written.trouble}")
    return written.quotes


class _Writing:
    """How far it is."""

    def __init__(self, write: Write) -> None:
        self.quotes = 0
        self.trouble = ""
        self._write = write

    def take(self, quotes: Sequence[_Quote]) -> None:
        for quote in quotes:
            if quote.state in IN_USE:
                self.quotes += 1
                self._write(msgspec.json.encode(_row(quote)).decode() + "\n")


def _row(quote: _Quote) -> dict[str, str | None]:
    return {
        "contract": quote.contract_id,
        "bid": quote.bid,
        "ask": quote.ask,
        "bid_size": quote.bid_size,
        "ask_size": quote.ask_size,
        "time": quote.received_at,
    }


async def _follow(url: str, key: str | None, games: Sequence[GameId], written: _Writing) -> None:
    try:
        async for message in _messages(url, key, games):
            if message.type == "prices":
                written.take(message.quotes)
    except (OSError, ConnectionClosed, InvalidHandshake) as error:
        written.trouble = f": {error}"


async def _messages(url: str, key: str | None, games: Sequence[GameId]) -> AsyncIterator[_Message]:
    parts = urlsplit(url)
    address = urlunsplit(parts._replace(scheme="wss" if parts.scheme == "https" else "ws", path="/ws"))
    wanted = {"op": "subscribe", "channels": [f"prices:{game}" for game in games]}
    async with connect(address, additional_headers=_headers(key), max_size=None) as socket:
        await socket.send(msgspec.json.encode(wanted).decode())
        async for told in socket:
            with suppress(msgspec.MsgspecError):  # what it says of other things
                yield _MESSAGE.decode(told)


def _headers(key: str | None) -> dict[str, str]:
    return {"X-API-Key": key} if key else {}
