"""What is said over the sockets and by the order books holds the keys and types of the recordings."""

import json
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.app.sandbox.followers import (
    CLOB_SOCKET,
    KALSHI_SOCKET,
    clob_tokens,
    kalshi_tickers,
    opened,
    said_until,
)
from tests.app.sandbox.servers import running

FROM_THE_SHEET = {  # fields that the fact sheet names and the recordings are too old for
    "book": {"hash", "min_order_size", "tick_size", "neg_risk", "last_trade_price"},
    "last_trade_price": {"transaction_hash"},
    "price_change": set(),
    "best_bid_ask": set(),
}
LEFT_OUT = {"price_change": {"asset_id", "hash", "price", "side", "size"}}  # of the old form, with one change a message


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running(seed=7, speed=60) as url:
        yield url


@pytest.fixture
async def client(base_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=base_url, timeout=10) as client:
        yield client


def shape(value: object) -> object:
    """Keys and JSON types, all the way down; of a list those of its first element."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return {bool: "bool", int: "number", float: "number", str: "string"}.get(type(value), "null")


async def kalshi_frames(base_url: str, client: httpx.AsyncClient) -> list[dict]:
    first, *rest = [*await kalshi_tickers(client, "KXNBAGAME"), *await kalshi_tickers(client, "KXNFLGAME")]
    wish = {"channels": ["orderbook_delta"], "market_tickers": [first]}
    more = {"sids": [1], "market_tickers": rest, "action": "add_markets"}
    async with opened(base_url, KALSHI_SOCKET) as socket:
        await socket.send(json.dumps({"id": 1, "cmd": "subscribe", "params": wish}))
        frames = await said_until(socket, lambda frame: frame["type"] == "orderbook_snapshot")
        more["sids"] = [frames[0]["msg"]["sid"]]
        await socket.send(json.dumps({"id": 2, "cmd": "update_subscription", "params": more}))
        frames += await said_until(socket, lambda frame: frame["type"] == "ok")
        return frames + await said_until(socket, lambda frame: frame["type"] == "orderbook_delta")


async def test_kalshi_frames_hold_the_recorded_keys_and_types(
    base_url: str, client: httpx.AsyncClient, shared: Path
) -> None:
    tape = json.loads((shared / "data/tape/kalshi-ws-2026-08-07/ws_orderbook_stream.json").read_bytes())
    recorded = {each["frame"]["type"]: shape(each["frame"]) for each in tape["frames"]}
    ours = {frame["type"]: frame for frame in await kalshi_frames(base_url, client)}
    assert {kind: shape(frame) for kind, frame in ours.items()} == recorded
    prices = ours["orderbook_snapshot"]["msg"]["yes_dollars_fp"][0]
    assert [len(number.partition(".")[2]) for number in prices] == [4, 2]
    assert [list(ours[kind]) for kind in ("subscribed", "ok")] == [
        list(next(each["frame"] for each in tape["frames"] if each["frame"]["type"] == kind))
        for kind in ("subscribed", "ok")
    ]


async def test_kalshi_books_over_rest_hold_the_recorded_keys_and_types(client: httpx.AsyncClient, shared: Path) -> None:
    recorded = json.loads((shared / "data/kalshi/epl-2026-03/kalshi_orderbook.json").read_bytes())
    for ticker in await kalshi_tickers(client, "KXNFLGAME"):
        answer = await client.get(f"/kalshi/trade-api/v2/markets/{ticker}/orderbook")
        ours = answer.json()
        if all(ours["orderbook_fp"].values()):
            assert shape(ours) == shape(recorded)


def polymarket_messages(shared: Path) -> Iterator[dict]:
    for path in sorted((shared / "data/polymarket/messages").glob("*ws_*.json")):
        read = json.loads(path.read_bytes())
        yield from (one for one in (read if isinstance(read, list) else [read]) if "event_type" in one)


def by_kind(messages: Iterable[dict]) -> dict[str, dict[str, object]]:
    """Shape of every field that a kind of message was ever seen with."""
    found: dict[str, dict[str, object]] = {}
    for message in messages:
        found.setdefault(message["event_type"], {}).update(shape(message))
    return found


async def test_polymarket_events_hold_the_recorded_keys_and_types(
    base_url: str, client: httpx.AsyncClient, shared: Path
) -> None:
    recorded = by_kind(polymarket_messages(shared))
    tokens = [token for pair in await clob_tokens(client, "moneyline") for token in pair]
    async with opened(base_url, CLOB_SOCKET) as socket:
        await socket.send(json.dumps({"assets_ids": tokens, "type": "market", "custom_feature_enabled": True}))
        wanted = set(FROM_THE_SHEET)

        def was_last(event: dict) -> bool:
            wanted.discard(event["event_type"])
            return not wanted

        events = await said_until(socket, was_last)
    ours = by_kind(event for event in events if event.get("bids", True) and event.get("asks", True))
    for kind, extra in FROM_THE_SHEET.items():
        assert {field: of for field, of in ours[kind].items() if field not in extra} == {
            field: of for field, of in recorded[kind].items() if field not in LEFT_OUT.get(kind, set()) | extra
        }


async def test_clob_answers_hold_the_recorded_keys_and_types(client: httpx.AsyncClient, shared: Path) -> None:
    folder = shared / "data/polymarket/messages"
    asked = [{"token_id": first} for first, _ in await clob_tokens(client, "moneyline")]
    books = (await client.post("/clob/books", json=asked)).json()
    book = next(one for one in books if one["bids"] and one["asks"])
    recorded = shape(json.loads((folder / "py_http_responses_book.json").read_bytes()))
    extra = FROM_THE_SHEET["book"] - {"hash"}
    assert {field: of for field, of in shape(book).items() if field not in extra} == recorded
    listed = (await client.get(f"/clob/markets/{book['market']}")).json()
    market = json.loads((folder / "rs_clob_market_closed_binary_accepting_true.json").read_bytes())
    market["rewards"]["rates"] = []
    assert shape(listed) == shape(market)
