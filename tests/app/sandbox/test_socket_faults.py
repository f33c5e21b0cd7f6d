"""Each fault of a socket does to a client what its name says, over a real connection."""

import asyncio
import contextlib
import itertools
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator

import httpx
import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.app.sandbox.followers import (
    CLOB_SOCKET,
    KALSHI_SOCKET,
    ClobBook,
    KalshiBook,
    best,
    clob_tokens,
    kalshi_tickers,
    opened,
    said_until,
    told,
)
from tests.app.sandbox.servers import running


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running(seed=7, speed=20) as url:
        yield url


@pytest.fixture
async def client(base_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=base_url, timeout=10) as client:
        await client.delete("/faults")
        yield client
        await client.delete("/faults")


async def plant(client: httpx.AsyncClient, kind: str, match: str = "kalshi", **more: object) -> None:
    answer = await client.post("/faults", json={"match": match, "kind": kind, "on": "socket", **more})
    assert answer.status_code == 200, answer.text


async def kalshi_winners(client: httpx.AsyncClient) -> list[str]:
    return [*await kalshi_tickers(client, "KXNBAGAME"), *await kalshi_tickers(client, "KXNFLGAME")]


@contextlib.asynccontextmanager
async def kalshi(base_url: str, client: httpx.AsyncClient) -> AsyncIterator[tuple[ClientConnection, int]]:
    """A connection that has every snapshot, and the number of the last frame it has."""
    tickers = await kalshi_winners(client)
    wish = {"id": 1, "cmd": "subscribe", "params": {"channels": ["orderbook_delta"], "market_tickers": tickers}}
    async with opened(base_url, KALSHI_SOCKET) as socket:
        await socket.send(json.dumps(wish))
        frames = await said_until(socket, lambda frame: frame["type"] == "orderbook_delta")
        yield socket, frames[-1]["seq"]


@contextlib.asynccontextmanager
async def clob(base_url: str, client: httpx.AsyncClient) -> AsyncIterator[tuple[ClientConnection, dict[str, ClobBook]]]:
    """A connection to the first tokens of all winners, with their books."""
    tokens = [first for first, _ in await clob_tokens(client, "moneyline")]
    async with opened(base_url, CLOB_SOCKET) as socket:
        await socket.send(json.dumps({"assets_ids": tokens, "type": "market"}))
        yield socket, {event["asset_id"]: ClobBook(event) for event in json.loads(await socket.recv())}


async def seqs(socket: ClientConnection, enough: int = 40) -> list[int]:
    return [(await told(socket))["seq"] for _ in range(enough)]


async def seqs_around(socket: ClientConnection, is_struck: Callable[[list[int]], bool]) -> list[int]:
    """Until the fault has struck, and many more: those that were on their way before it was planted come first."""
    found = await seqs(socket, 2)
    while not is_struck(found):
        found += await seqs(socket, 1)
    return found + await seqs(socket)


def missing(found: list[int]) -> set[int]:
    return set(range(min(found), max(found))) - set(found)


async def test_without_faults_the_sequence_is_unbroken(base_url: str, client: httpx.AsyncClient) -> None:
    async with kalshi(base_url, client) as (socket, last):
        found = await seqs(socket, 150)
    assert found == list(range(last + 1, last + 151))


async def test_gap_leaves_frames_out(base_url: str, client: httpx.AsyncClient) -> None:
    async with kalshi(base_url, client) as (socket, last):
        await plant(client, "gap", count=3)
        found = await seqs_around(socket, lambda found: len(missing([last, *found])) >= 3)
    assert len(missing([last, *found])) == 3
    assert found == sorted(found)


async def test_duplicate_and_reordered_frames(base_url: str, client: httpx.AsyncClient) -> None:
    async with kalshi(base_url, client) as (socket, _last):
        await plant(client, "duplicate")
        found = await seqs_around(socket, lambda found: len(found) > len(set(found)))
        assert len(found) == len(set(found)) + 1
        await plant(client, "reordered")
        found = await seqs_around(socket, lambda found: found != sorted(found))
        turned = [first for first, second in itertools.pairwise(found) if second < first]
        assert len(turned) == 1
        assert sorted(found) == list(range(min(found), min(found) + len(found)))


async def test_fault_of_one_market_leaves_the_others_alone(base_url: str, client: httpx.AsyncClient) -> None:
    ticker = (await kalshi_winners(client))[0]
    async with kalshi(base_url, client) as (socket, _last):
        await plant(client, "gap", market=ticker, for_seconds=60)
        await socket.send(json.dumps({"id": 2, "cmd": "list_subscriptions"}))
        await said_until(socket, lambda frame: frame.get("id") == 2)  # behind all that was on its way
        late: list[str] = []
        async with asyncio.timeout(50):
            while len(late) < 60 or len(set(late)) < 4:
                late.append((await told(socket))["msg"]["market_ticker"])
    assert ticker not in late


async def test_garbage_comes_in_place_of_a_frame(base_url: str, client: httpx.AsyncClient) -> None:
    async with kalshi(base_url, client) as (socket, _last):
        await plant(client, "garbage")
        with pytest.raises(json.JSONDecodeError) as refused:
            await said_until(socket, lambda _: False)
        assert "]this is no json" in refused.value.doc
        assert await seqs(socket)  # once


async def test_disconnect_cuts_without_goodbye_and_strikes_once(base_url: str, client: httpx.AsyncClient) -> None:
    async with kalshi(base_url, client) as (socket, _last):
        await plant(client, "disconnect")
        with pytest.raises(ConnectionClosed) as closed:
            await said_until(socket, lambda _: False)
        assert closed.value.rcvd is None
    async with kalshi(base_url, client) as (socket, _last):
        assert await told(socket)


async def test_silence_says_nothing_and_answers_pings(base_url: str, client: httpx.AsyncClient) -> None:
    async with clob(base_url, client) as (socket, _):
        began = time.monotonic()
        await plant(client, "silence", match="polymarket", for_seconds=2)
        await socket.send("PING")
        while await asyncio.wait_for(socket.recv(), 1.5) != "PONG":
            pass  # was on its way before
        await asyncio.wait_for(await socket.ping(), 1.5)
        assert json.loads(await asyncio.wait_for(socket.recv(), 10))
        assert time.monotonic() - began > 2


async def test_crossed_books_are_what_cannot_be(base_url: str, client: httpx.AsyncClient) -> None:
    tickers, books, sid = await kalshi_winners(client), {}, 0
    params = {"channels": ["orderbook_delta"], "market_tickers": tickers}
    async with opened(base_url, KALSHI_SOCKET) as socket:
        await socket.send(json.dumps({"id": 1, "cmd": "subscribe", "params": params}))
        sid = (await told(socket))["msg"]["sid"]
        for _ in tickers:
            message = (await told(socket))["msg"]
            books[message["market_ticker"]] = KalshiBook(message)
        await plant(client, "crossed")
        crossed = ""
        while not crossed:
            message = (await told(socket))["msg"]
            ticker = message["market_ticker"]
            books[ticker].take(message)
            bid, ask = best(books[ticker].levels())
            crossed = ticker if bid >= ask else ""
        wish = {"sids": [sid], "market_tickers": [crossed], "action": "get_snapshot"}
        await socket.send(json.dumps({"id": 2, "cmd": "update_subscription", "params": wish}))
        frames = await said_until(socket, lambda frame: frame["type"] == "orderbook_snapshot")
        bid, ask = best(KalshiBook(frames[-1]["msg"]).levels())
        assert bid < ask


async def test_crossed_clob_book(base_url: str, client: httpx.AsyncClient) -> None:
    """For one moment: what else has changed since the last look may make it right in the same frame."""

    def is_crossed_by(event: dict) -> bool:
        return any(take(change) for change in event.get("price_changes", ()) if change["asset_id"] in books)

    def take(change: dict) -> bool:
        book = books[change["asset_id"]]
        book.take(change)
        bid, ask = best(book.levels())
        return bid >= ask

    async with clob(base_url, client) as (socket, books):
        await plant(client, "crossed", match="polymarket")
        assert await said_until(socket, is_crossed_by)


@pytest.mark.parametrize(
    ("kind", "more", "status"),
    [("refuse", {}, 429), ("refuse", {"status": 503, "retry_after": 2}, 503), ("503", {}, 503), ("429", {}, 429)],
)
async def test_handshake_is_refused(
    base_url: str, client: httpx.AsyncClient, kind: str, more: dict[str, int], status: int
) -> None:
    await plant(client, kind, **more)
    with pytest.raises(InvalidStatus) as refused:
        async with opened(base_url, KALSHI_SOCKET):
            pass
    assert refused.value.response.status_code == status
    assert ("retry-after" in refused.value.response.headers) == ("retry_after" in more)
    async with opened(base_url, KALSHI_SOCKET):
        pass


async def test_latency_holds_frames_back_in_order(base_url: str, client: httpx.AsyncClient) -> None:
    def lag(frame: dict) -> float:
        return time.time() - frame["msg"]["ts_ms"] / 1000

    async with kalshi(base_url, client) as (socket, last):
        await plant(client, "latency", seconds=1.5, for_seconds=3)
        before = await said_until(socket, lambda frame: lag(frame) > 1.4)
        after = await said_until(socket, lambda frame: lag(frame) < 1.0)
    found = [frame["seq"] for frame in (*before, *after)]
    assert found == list(range(last + 1, last + 1 + len(found)))
    assert len(after) > 20


async def test_fault_may_begin_later_and_again(base_url: str, client: httpx.AsyncClient) -> None:
    began = time.monotonic()
    await plant(client, "503", after=0.4, every=0.8)

    async def refused_at() -> float:
        """Seconds since it was planted."""
        async with asyncio.timeout(20):
            while True:
                try:
                    async with opened(base_url, KALSHI_SOCKET):
                        await asyncio.sleep(0.01)
                except InvalidStatus:
                    return time.monotonic() - began

    assert await refused_at() >= 0.4
    assert await refused_at() >= 1.2, "it strikes once each time"


async def test_faults_of_answers_leave_sockets_alone(base_url: str, client: httpx.AsyncClient) -> None:
    await client.post("/faults", json={"match": "/clob", "kind": "429", "on": "http", "count": 1})
    async with clob(base_url, client) as (socket, _):
        assert await socket.recv()
    assert [(await client.get("/clob/ok")).status_code for _ in range(2)] == [429, 200]


@pytest.mark.parametrize(
    "body",
    ['{"match":"kalshi","kind":"gap","on":"air"}', '{"match":"kalshi","kind":"gap","colour":"red"}'],
)
async def test_fault_that_is_not_understood_is_refused(client: httpx.AsyncClient, body: str) -> None:
    assert (await client.post("/faults", content=body)).status_code == 422
