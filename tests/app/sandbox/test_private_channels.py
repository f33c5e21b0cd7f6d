"""The private channels of both venues, and what goes wrong with orders, over real connections."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from decimal import Decimal

import httpx
import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.app.sandbox.followers import KALSHI_SOCKET, opened, said_until, told
from tests.app.sandbox.servers import running
from tests.app.sandbox.traders import SOCKET, ClobTrader, KalshiTrader

USER_SOCKET = "/clob/ws/user"
LADDER = {"bids": [["0.40", "500"]], "asks": [["0.42", "500"]]}
ORDERS = "/kalshi/trade-api/v2/portfolio/events/orders"
GAME = "nba:LAC@LAL"


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running(seed=7, speed=1) as url:
        yield url


@pytest.fixture
async def client(base_url: str) -> Iterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=base_url, timeout=10) as client:
        await client.delete("/faults")
        yield client
        await client.delete("/faults")


async def held(client: httpx.AsyncClient) -> tuple[str, str]:
    """A ticker and a token whose ladders stand still."""
    entries = [
        {"at": 0, "venue": venue, "game": GAME, "market": label, "ladder": LADDER}
        for venue, label in (("kalshi", "GAME-LAL"), ("polymarket", "moneyline"))
    ]
    assert (await client.post("/plan", json=entries)).status_code == 200
    listed = next(one for one in (await client.get("/games")).json()["games"] if one["game"] == GAME)
    market = (await client.get(f"/clob/clob-markets/{listed['polymarket']['moneyline']}")).json()
    return listed["kalshi"]["GAME-LAL"], market["t"][0]["t"]


async def plant(client: httpx.AsyncClient, kind: str, match: str = "kalshi", **more: object) -> None:
    answer = await client.post("/faults", json={"match": match, "kind": kind, **more})
    assert answer.status_code == 200, answer.text


def kalshi_line(base_url: str, trader: KalshiTrader) -> AbstractAsyncContextManager[ClientConnection]:
    return opened(base_url, KALSHI_SOCKET, additional_headers=trader.headers("GET", SOCKET))


async def subscribe(socket: ClientConnection, *channels: str) -> None:
    await socket.send(json.dumps({"id": 1, "cmd": "subscribe", "params": {"channels": channels}}))
    for _ in channels:
        assert (await told(socket))["type"] == "subscribed"


async def let_in(socket: ClientConnection, trader: ClobTrader, **other: str) -> None:
    keys = {"apiKey": trader.credentials["apiKey"], "secret": trader.credentials["secret"]}
    auth = {**keys, "passphrase": trader.credentials["passphrase"], **other}
    await socket.send(json.dumps({"type": "user", "auth": auth, "markets": []}))


async def test_kalshi_tells_fills_orders_and_positions_of_the_account_alone(
    base_url: str, client: httpx.AsyncClient
) -> None:
    ticker, _ = await held(client)
    one, other = KalshiTrader(client, "told"), KalshiTrader(client, "else")
    await one.join()
    await other.join()
    async with kalshi_line(base_url, one) as socket:
        await subscribe(socket, "fill", "user_orders", "market_positions")
        await other.order(ticker, "bid", "1.00", "0.42")
        said = (await one.order(ticker, "bid", "10.00", "0.42", client_order_id="mine")).json()
        frames = await said_until(
            socket, lambda one: one["type"] == "user_order" and one["msg"]["status"] == "executed"
        )
    assert [frame["type"] for frame in frames] == ["user_order", "fill", "market_position", "user_order"]
    fill, position = frames[1]["msg"], frames[2]["msg"]
    assert (fill["order_id"], fill["client_order_id"], fill["count_fp"], fill["post_position_fp"]) == (
        said["order_id"],
        "mine",
        "10.00",
        "10.00",
    )
    (rest,) = (await one.get("/portfolio/fills"))["fills"]
    assert (rest["trade_id"], rest["fee_cost"]) == (fill["trade_id"], fill["fee_cost"])
    assert (position["position_fp"], position["position_cost_dollars"], position["volume_fp"]) == (
        "10.00",
        "4.200000",
        "10.00",
    )
    assert [frame["msg"]["fill_count_fp"] for frame in (frames[0], frames[3])] == ["0.00", "10.00"]


async def test_private_channels_of_kalshi_are_for_members(base_url: str, client: httpx.AsyncClient) -> None:
    trader = KalshiTrader(client, "door")
    await trader.join()
    async with opened(base_url, KALSHI_SOCKET) as socket:
        await socket.send(json.dumps({"id": 1, "cmd": "subscribe", "params": {"channels": ["fill"]}}))
        assert (await told(socket))["msg"]["code"] == 9
    for headers in (trader.headers("GET", "/trade-api/v2/ws"), trader.headers("GET", SOCKET, late=60)):
        with pytest.raises(InvalidStatus) as refused:
            async with opened(base_url, KALSHI_SOCKET, additional_headers=headers):
                pass
        assert refused.value.response.status_code == 401


async def test_polymarket_tells_orders_and_trades_up_to_the_chain(base_url: str, client: httpx.AsyncClient) -> None:
    _, token = await held(client)
    trader = ClobTrader(client, 20)
    await trader.join()
    async with opened(base_url, USER_SOCKET) as socket:
        await let_in(socket, trader)
        await socket.send("PING")
        assert await socket.recv() == "PONG"
        said = await trader.order(token, "BUY", "10", "0.42", "GTC")
        events = await said_until(socket, lambda one: one.get("status") == "CONFIRMED")
    orders = [one for one in events if one["event_type"] == "order"]
    trades = [one for one in events if one["event_type"] == "trade"]
    assert [(one["type"], one["status"], one["size_matched"]) for one in orders] == [
        ("PLACEMENT", "LIVE", "0"),
        ("UPDATE", "MATCHED", "10"),
    ]
    assert [(one["id"], one["status"]) for one in trades] == [
        (said["tradeIDs"][0], status) for status in ("MATCHED", "MINED", "CONFIRMED")
    ]
    assert [(one["taker_order_id"], one["trader_side"]) for one in trades] == 3 * [(said["orderID"], "TAKER")]
    assert [bool(one["transaction_hash"]) for one in trades] == [False, True, True]


async def test_resting_order_that_is_filled_finds_its_size_among_the_makers(
    base_url: str, client: httpx.AsyncClient
) -> None:
    _, token = await held(client)
    trader = ClobTrader(client, 21)
    await trader.join()
    async with opened(base_url, USER_SOCKET) as socket:
        await let_in(socket, trader)
        said = await trader.order(token, "BUY", "10", "0.41", "GTC")
        crossing = {"bids": [["0.30", "5"]], "asks": [["0.40", "6"]]}
        entry = {"at": 0, "for_seconds": 3, "venue": "polymarket", "game": GAME, "market": "moneyline"}
        await client.post("/plan", json=[{**entry, "ladder": crossing}])
        events = await said_until(socket, lambda one: one["event_type"] == "trade")
        (made,) = [one for one in events[-1]["maker_orders"] if one["order_id"] == said["orderID"]]
        assert (events[-1]["trader_side"], events[-1]["size"], made["matched_amount"], made["price"]) == (
            "MAKER",
            "12",
            "6",
            "0.41",
        )
        await trader.ask("DELETE", "/cancel-all")
        events = await said_until(socket, lambda one: one.get("type") == "CANCELLATION")
        assert (events[-1]["status"], events[-1]["size_matched"]) == ("CANCELED", "6")
    assert (await trader.truth())["cash"] == "997.540000"  # makers pay no fee


async def test_user_channel_shuts_out_who_shows_something_else(base_url: str, client: httpx.AsyncClient) -> None:
    trader = ClobTrader(client, 22)
    await trader.join()
    async with opened(base_url, USER_SOCKET) as socket:
        await let_in(socket, trader, secret="c2VjcmV0")
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(socket.recv(), 5)


async def test_answer_is_lost_and_the_order_stands(client: httpx.AsyncClient) -> None:
    ticker, token = await held(client)
    kalshi, clob = KalshiTrader(client, "lost"), ClobTrader(client, 23)
    await kalshi.join()
    await clob.join()
    await plant(client, "lost", ORDERS, method="POST")
    with pytest.raises(httpx.RemoteProtocolError):
        await kalshi.order(ticker, "bid", "10.00", "0.42", client_order_id="lost-1")
    (order,) = (await kalshi.get("/portfolio/orders"))["orders"]
    assert (order["client_order_id"], order["status"], order["fill_count_fp"]) == ("lost-1", "executed", "10.00")
    again = await kalshi.order(ticker, "bid", "10.00", "0.42", client_order_id="lost-1")
    assert again.status_code == 409

    await plant(client, "lost", "/clob/order", method="POST")
    name, signed = clob.signed_order(token, "BUY", "10", "0.42")
    sent = {"order": signed, "owner": clob.credentials["apiKey"], "orderType": "FAK"}
    with pytest.raises(httpx.RemoteProtocolError):
        await clob.ask("POST", "/order", sent)
    assert (await clob.get(f"/data/order/{name}"))["status"] == "MATCHED"


async def test_answer_is_late_and_the_order_is_there_before(client: httpx.AsyncClient) -> None:
    ticker, _ = await held(client)
    trader = KalshiTrader(client, "late")
    await trader.join()
    await plant(client, "late", ORDERS, method="POST", seconds=1)
    asking = asyncio.create_task(trader.order(ticker, "bid", "10.00", "0.42"))
    await asyncio.sleep(0.4)
    assert not asking.done()
    assert len((await trader.get("/portfolio/fills"))["fills"]) == 1
    assert (await asking).status_code == 201


async def test_order_and_cancel_are_refused_and_money_is_short(client: httpx.AsyncClient) -> None:
    ticker, token = await held(client)
    kalshi, clob = KalshiTrader(client, "no"), ClobTrader(client, 24)
    await kalshi.join()
    await clob.join()
    rests = {"time_in_force": "good_till_canceled"}
    for kind, code in (("rejected", "order_rejected"), ("short", "insufficient_balance")):
        await plant(client, kind, method="POST")
        assert (await kalshi.order(ticker, "bid", "1.00", "0.10", **rests)).json()["error"]["code"] == code
    order = (await kalshi.order(ticker, "bid", "1.00", "0.10", **rests)).json()["order_id"]
    await plant(client, "rejected", method="DELETE")
    answers = [await kalshi.ask("DELETE", f"/portfolio/events/orders/{order}") for _ in range(2)]
    assert [one.status_code for one in answers] == [400, 200]

    for kind, error in (("rejected", "not yet ready"), ("short", "not enough balance")):
        await plant(client, kind, "polymarket", method="POST")
        _, signed = clob.signed_order(token, "BUY", "10", "0.10")
        sent = {"order": signed, "owner": clob.credentials["apiKey"], "orderType": "GTC"}
        assert error in (await clob.ask("POST", "/order", sent)).json()["error"]
    name = (await clob.order(token, "BUY", "10", "0.10", "GTC"))["orderID"]
    await plant(client, "rejected", "polymarket", method="DELETE")
    answers = [(await clob.ask("DELETE", "/order", {"orderID": name})).json() for _ in range(2)]
    assert [(list(one["not_canceled"]), one["canceled"]) for one in answers] == [([name], []), ([], [name])]


async def test_order_stands_before_the_venue_lists_it(client: httpx.AsyncClient) -> None:
    ticker, token = await held(client)
    kalshi, clob = KalshiTrader(client, "hidden"), ClobTrader(client, 27)
    await kalshi.join()
    await clob.join()
    for venue in ("kalshi", "polymarket"):
        await plant(client, "hidden", venue, seconds=0.8)
    await kalshi.order(ticker, "bid", "1.00", "0.42", client_order_id="h")
    name = (await clob.order(token, "BUY", "10", "0.42"))["orderID"]
    assert (await kalshi.get("/portfolio/orders"))["orders"] == []
    assert (await kalshi.get("/portfolio/fills"))["fills"] == []
    assert (await kalshi.order(ticker, "bid", "1.00", "0.42", client_order_id="h")).status_code == 409
    assert (await clob.ask("GET", f"/data/order/{name}")).status_code == 404
    assert (await clob.get("/data/trades"))["data"] == []
    await asyncio.sleep(0.9)
    assert len((await kalshi.get("/portfolio/orders"))["orders"]) == 1
    assert (await clob.get(f"/data/order/{name}"))["status"] == "MATCHED"


async def test_ghost_fill_is_told_and_undone(base_url: str, client: httpx.AsyncClient) -> None:
    ticker, token = await held(client)
    kalshi, clob = KalshiTrader(client, "ghost"), ClobTrader(client, 25)
    await kalshi.join()
    await clob.join()
    await plant(client, "ghost", seconds=0.5)
    async with kalshi_line(base_url, kalshi) as socket:
        await subscribe(socket, "fill", "user_orders", "market_positions")
        await kalshi.order(ticker, "bid", "10.00", "0.42")
        assert len((await kalshi.get("/portfolio/fills"))["fills"]) == 1
        frames = await said_until(socket, lambda one: one["msg"].get("status") == "canceled")
    assert [one["msg"]["position_fp"] for one in frames if one["type"] == "market_position"] == ["10.00", "0.00"]
    assert (await kalshi.get("/portfolio/fills"))["fills"] == []
    assert Decimal((await kalshi.truth())["cash"]) == 1000
    assert (await kalshi.get("/portfolio/orders"))["orders"][0]["fill_count_fp"] == "0.00"

    await plant(client, "ghost", "polymarket", seconds=0.5)
    async with opened(base_url, USER_SOCKET) as socket:
        await let_in(socket, clob)
        said = await clob.order(token, "BUY", "10", "0.42")
        events = await said_until(socket, lambda one: one["event_type"] == "trade" and one["status"] == "FAILED")
    stages = [one["status"] for one in events if one["event_type"] == "trade"]
    assert stages == ["MATCHED", "RETRYING", "FAILED"]
    (trade,) = (await clob.get("/data/trades", id=said["tradeIDs"][0]))["data"]
    assert trade["status"] == "TRADE_STATUS_FAILED"
    assert Decimal((await clob.truth())["cash"]) == 1000
    assert (await clob.get(f"/data/order/{said['orderID']}"))["size_matched"] == "0"


async def test_fills_are_told_twice_and_out_of_order(base_url: str, client: httpx.AsyncClient) -> None:
    ticker, _ = await held(client)
    trader = KalshiTrader(client, "mixed")
    await trader.join()
    async with kalshi_line(base_url, trader) as socket:
        await subscribe(socket, "fill")
        await plant(client, "duplicate", on="socket", market="fill")
        for _ in range(3):
            await trader.order(ticker, "bid", "1.00", "0.42")
        frames = [(await told(socket))["msg"]["trade_id"] for _ in range(4)]
        assert (frames[0], len(set(frames))) == (frames[1], 3)
        await plant(client, "reordered", on="socket", market="fill")
        for _ in range(2):
            await trader.order(ticker, "bid", "1.00", "0.42")
        late = [(await told(socket))["msg"]["ts_ms"] for _ in range(2)]
        assert late[0] > late[1]


async def test_venue_is_down_for_a_while(base_url: str, client: httpx.AsyncClient) -> None:
    trader = KalshiTrader(client, "down")
    await trader.join()
    async with kalshi_line(base_url, trader) as socket:
        await plant(client, "down", for_seconds=1.5)
        with pytest.raises(ConnectionClosed):
            await said_until(socket, lambda _: False)
    with pytest.raises(httpx.RemoteProtocolError):
        await trader.get("/portfolio/balance")
    with pytest.raises(InvalidStatus):
        async with kalshi_line(base_url, trader):
            pass
    assert (await client.get("/clob/ok")).status_code == 200
    await asyncio.sleep(1.6)
    assert await trader.get("/portfolio/balance")


async def test_place_is_blocked(client: httpx.AsyncClient) -> None:
    _, token = await held(client)
    trader = ClobTrader(client, 26)
    await trader.join()
    await plant(client, "blocked", "polymarket", for_seconds=30)
    where = (await client.get("/polymarket/api/geoblock")).json()
    assert (where["blocked"], where["country"]) == (True, "US")
    _, signed = trader.signed_order(token, "BUY", "10", "0.42")
    sent = {"order": signed, "owner": trader.credentials["apiKey"], "orderType": "FAK"}
    assert (await trader.ask("POST", "/order", sent)).status_code == 403
    await client.delete("/faults")
    assert (await client.get("/polymarket/api/geoblock")).json()["blocked"] is False


async def test_accounts_outlive_their_clients_and_are_opened_once(client: httpx.AsyncClient) -> None:
    trader = KalshiTrader(client, "Opened-Once")
    assert (await trader.join("50"))["cash"] == "50.000000"
    assert (await trader.join("70"))["cash"] == "50.000000"
    answer = await client.post("/accounts/opened-once/deposits", json={"amount": "5.5"})
    assert answer.json()["cash"] == "55.500000"
    assert "opened-once" in [one["id"] for one in (await client.get("/accounts")).json()["accounts"]]
    for wish in ({"venue": "kalshi"}, {"venue": "nyse"}, {"venue": "polymarket", "address": "0x1", "balance": "x"}):
        assert (await client.post("/accounts", json=wish)).status_code == 422
    bad = {"venue": "kalshi", "key_id": "k", "public_key": "no pem"}
    assert (await client.post("/accounts", json=bad)).status_code == 422
