"""Polymarket's market channel over a real connection, followed by a client that knows nothing of the sandbox."""

import json
from collections.abc import Iterator

import httpx
import pytest

from tests.app.sandbox.followers import (
    CLOB_SOCKET,
    ClobBook,
    best,
    clob_tokens,
    hash_of,
    opened,
    said_until,
    true_levels,
)
from tests.app.sandbox.servers import running


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running(seed=7, speed=30) as url:
        yield url


def wish(*tokens: str, **more: object) -> str:
    return json.dumps({"assets_ids": tokens, "type": "market", **more})


def as_events(text: str) -> list[dict]:
    read = json.loads(text)
    return read if isinstance(read, list) else [read]


async def test_book_made_of_the_messages_is_the_true_one_at_each_hash(base_url: str, client: httpx.AsyncClient) -> None:
    pairs = await clob_tokens(client, "moneyline")
    books: dict[str, ClobBook] = {}
    changes = 0
    async with opened(base_url, CLOB_SOCKET) as socket:
        await socket.send(wish(*(token for pair in pairs for token in pair)))
        while changes < 300:
            for event in as_events(await socket.recv()):
                if event["event_type"] == "book":
                    assert event["hash"] == hash_of(event)
                    known = books.get(event["asset_id"])
                    books[event["asset_id"]] = ClobBook(event)
                    assert known is None or known.levels() == books[event["asset_id"]].levels()
                for change in event.get("price_changes", ()):
                    changes += 1
                    book = books[change["asset_id"]]
                    book.take(change)
                    bid, ask = best(book.levels())
                    assert bid < ask
                    assert (change["best_bid"], change["best_ask"]) == (f"{bid.normalize():f}", f"{ask.normalize():f}")
                    then = await true_levels(client, "polymarket", change["asset_id"], hash=change["hash"])
                    assert book.levels() == then
    assert len(books) > 20
    for first, second in pairs:
        if first in books:
            bids, asks = books[first].levels()
            mirrored = (
                {1 - price: size for price, size in asks.items()},
                {1 - price: size for price, size in bids.items()},
            )
            assert books[second].levels() == mirrored


async def test_rest_shows_the_very_book_whose_hash_was_told(base_url: str, client: httpx.AsyncClient) -> None:
    pairs = await clob_tokens(client, "moneyline")
    told: dict[str, str] = {}
    agreed = 0
    async with opened(base_url, CLOB_SOCKET) as socket:
        await socket.send(wish(*(first for first, _ in pairs)))
        while agreed < 20:
            for event in as_events(await socket.recv()):
                if event["event_type"] == "book":
                    told[event["asset_id"]] = event["hash"]
                told |= {change["asset_id"]: change["hash"] for change in event.get("price_changes", ())}
            asked = [{"token_id": token} for token in told]
            for summary in (await client.post("/clob/books", json=asked)).json():
                assert summary["hash"] == hash_of(summary)
                agreed += summary["hash"] == told[summary["asset_id"]]


async def test_best_prices_are_told_to_those_who_asked_for_them(base_url: str, client: httpx.AsyncClient) -> None:
    pairs = await clob_tokens(client, "moneyline")
    books: dict[str, ClobBook] = {}
    seen = {"best_bid_ask": 0, "last_trade_price": 0}
    async with opened(base_url, CLOB_SOCKET) as socket:
        await socket.send(wish(*(first for first, _ in pairs), custom_feature_enabled=True))
        while min(seen.values()) < 5:
            for event in as_events(await socket.recv()):
                kind = event["event_type"]
                if kind == "book":
                    books[event["asset_id"]] = ClobBook(event)
                for change in event.get("price_changes", ()):
                    if change["asset_id"] in books:
                        books[change["asset_id"]].take(change)
                if kind == "best_bid_ask":
                    bid, ask = best(books[event["asset_id"]].levels())
                    assert (float(event["best_bid"]), float(event["best_ask"])) == (float(bid), float(ask))
                    assert float(event["spread"]) == pytest.approx(float(ask - bid))
                if kind == "last_trade_price":
                    bid, ask = best(books[event["asset_id"]].levels())
                    assert float(event["price"]) == float(bid if event["side"] == "SELL" else ask)
                seen |= {kind: seen[kind] + 1} if kind in seen else {}


async def test_ping_is_answered_and_tokens_come_and_go(base_url: str, client: httpx.AsyncClient) -> None:
    (first, other), (second, _) = (await clob_tokens(client, "moneyline"))[:2]
    async with opened(base_url, CLOB_SOCKET) as socket:
        await socket.send("PING")
        assert await socket.recv() == "PONG"
        await socket.send("nonsense")
        assert await socket.recv() == "INVALID OPERATION"
        await socket.send(wish(first, "12345", custom_feature_enabled=False))
        assert [event["asset_id"] for event in as_events(await socket.recv())] == [first]
        await socket.send(json.dumps({"operation": "subscribe", "assets_ids": [second, other]}))
        events = await said_until(socket, lambda event: event["event_type"] == "book" and event["asset_id"] == other)
        assert {event["asset_id"] for event in events if event["event_type"] == "book"} >= {second, other}
        await socket.send(json.dumps({"operation": "unsubscribe", "assets_ids": [first, other, second]}))
        await socket.send("PING")
        while await socket.recv() != "PONG":
            pass


async def two_sided_book(client: httpx.AsyncClient) -> tuple[str, str, dict]:
    """Of a game that is nearly decided nobody buys the loser any more."""
    for token, mirror in await clob_tokens(client, "moneyline"):
        book = (await client.get("/clob/book", params={"token_id": token})).json()
        if book["bids"] and book["asks"]:
            return token, mirror, book
    raise AssertionError("no book has both sides")


async def test_clob_over_rest(client: httpx.AsyncClient) -> None:
    token, mirror, book = await two_sided_book(client)
    assert [float(level["price"]) for level in book["bids"]] == sorted(float(level["price"]) for level in book["bids"])
    assert [float(level["price"]) for level in book["asks"]][-1] == min(float(level["price"]) for level in book["asks"])
    middle = (float(book["bids"][-1]["price"]) + float(book["asks"][-1]["price"])) / 2
    shown = float((await client.get("/clob/midpoint", params={"token_id": token})).json()["mid"])
    assert shown == pytest.approx(middle, abs=0.1)  # the game goes on between the two answers
    ticks = (await client.get("/clob/tick-size", params={"token_id": mirror})).json()
    assert ticks["minimum_tick_size"] in (0.01, 0.001)
    condition = book["market"]
    whole = (await client.get(f"/clob/markets/{condition}")).json()
    compact = (await client.get(f"/clob/clob-markets/{condition}")).json()
    assert [each["token_id"] for each in whole["tokens"]] == [token, mirror] == [each["t"] for each in compact["t"]]
    assert whole["minimum_tick_size"] == compact["mts"]
    assert compact["fd"] == {"r": 0.05, "e": 1, "to": True}
    assert (await client.get("/clob/ok")).text == "OK"
    assert (await client.get("/clob/time")).json() > 1_700_000_000
    assert "version" in (await client.get("/clob/version")).json()
    assert (await client.get("/polymarket/api/geoblock")).json()["blocked"] is False


async def test_clob_refuses_what_the_venue_refuses(client: httpx.AsyncClient) -> None:
    for path in ("book", "midpoint"):
        answer = await client.get(f"/clob/{path}", params={"token_id": "1"})
        assert answer.status_code == 404
        assert answer.json()["error"] == "No orderbook exists for the requested token id"
    assert (await client.get("/clob/tick-size?token_id=1")).status_code == 404
    assert (await client.get("/clob/markets/0x00")).status_code == 404
    assert (await client.post("/clob/books", json=[{"token_id": "1"}])).json() == []
    too_many = await client.post("/clob/books", json=[{"token_id": str(number)} for number in range(501)])
    assert (too_many.status_code, too_many.json()) == (400, {"error": "Payload exceeds the limit"})
    assert (await client.post("/clob/books", content="{")).status_code == 400
