"""The books of recorded slates: what was seen, and no more; and sockets that say nothing."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest

from tests.app.sandbox.followers import CLOB_SOCKET, KALSHI, KALSHI_SOCKET, opened, told
from tests.app.sandbox.servers import running


async def hears_nothing(socket: object) -> bool:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(socket.recv(), 0.5)
    return True


async def test_kalshi_books_are_one_level_as_listed_and_the_socket_is_mute(shared: Path) -> None:
    with running(slate=shared / "slates/mlb-wnba-2026-08-09") as url:
        async with httpx.AsyncClient(base_url=url, timeout=10) as client:
            markets = (await client.get(f"{KALSHI}/markets?status=open&limit=1000")).json()["markets"]
            tickers = [one["ticker"] for one in markets][:100]
            answer = await client.get(f"{KALSHI}/markets/orderbooks", params={"tickers": tickers})
            books = {one["ticker"]: one["orderbook_fp"] for one in answer.json()["orderbooks"]}
        for market in markets[:100]:
            shown = books[market["ticker"]]
            assert len(shown["yes_dollars"]) <= 1
            if shown["yes_dollars"]:
                assert shown["yes_dollars"] == [[market["yes_bid_dollars"], market["yes_bid_size_fp"]]]
            if shown["no_dollars"]:
                assert shown["no_dollars"] == [[market["no_bid_dollars"], market["yes_ask_size_fp"]]]
        async with opened(url, KALSHI_SOCKET) as socket:
            params = {"channels": ["orderbook_delta"], "market_tickers": tickers}
            await socket.send(json.dumps({"id": 1, "cmd": "subscribe", "params": params}))
            assert (await told(socket))["type"] == "subscribed"
            assert await hears_nothing(socket)


async def test_polymarket_has_no_books_for_their_sizes_were_not_seen(shared: Path) -> None:
    with running(slate=shared / "slates/nba-2026-01-09") as url:
        async with httpx.AsyncClient(base_url=url, timeout=10) as client:
            market = (await client.get("/gamma/markets/keyset?limit=1")).json()["markets"][0]
            tokens = json.loads(market["clobTokenIds"])
            assert (await client.get(f"/clob/book?token_id={tokens[0]}")).status_code == 404
            assert (await client.post("/clob/books", json=[{"token_id": token} for token in tokens])).json() == []
            listed = (await client.get(f"/clob/markets/{market['conditionId']}")).json()
            assert [token["token_id"] for token in listed["tokens"]] == tokens
        async with opened(url, CLOB_SOCKET) as socket:
            await socket.send(json.dumps({"assets_ids": tokens, "type": "market"}))
            assert await hears_nothing(socket)
            await socket.send("PING")
            assert await socket.recv() == "PONG"
