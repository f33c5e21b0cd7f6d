"""Polymarket's orders over real HTTP: signed by a wallet, checked, held back, matched, mined, told, paid for."""

import asyncio
import time
from collections.abc import Iterator
from decimal import Decimal

import httpx
import pytest

from tests.app.sandbox.servers import running
from tests.app.sandbox.traders import ClobTrader

NBA, NFL = "nba:LAC@LAL", "nfl:LAC@KC"  # the second's orders wait a second
LADDER = {"bids": [["0.40", "50"], ["0.39", "80"]], "asks": [["0.42", "30"], ["0.43", "100"]]}


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running(seed=7, speed=1) as url:
        yield url


async def held_market(client: httpx.AsyncClient, number: int = 0, game: str = NBA, **levels: object) -> tuple[str, str]:
    """The tokens of a market whose ladder stands still."""
    games = (await client.get("/games")).json()["games"]
    listed = next(one["polymarket"] for one in games if one["game"] == game)
    label = sorted(listed)[number]
    entry = {"at": 0, "venue": "polymarket", "game": game, "market": label, "ladder": levels or LADDER}
    answer = await client.post("/plan", json=[entry])
    assert answer.status_code == 200, answer.text
    tokens = (await client.get(f"/clob/clob-markets/{listed[label]}")).json()["t"]
    return tokens[0]["t"], tokens[1]["t"]


async def book_of(client: httpx.AsyncClient, token: str) -> tuple[list, list]:
    book = (await client.get("/clob/book", params={"token_id": token})).json()
    sides = ([(one["price"], one["size"]) for one in reversed(book[side])] for side in ("bids", "asks"))
    return tuple(sides)


async def test_order_takes_what_stands_there_and_its_trades_are_mined(client: httpx.AsyncClient) -> None:
    first, second = await held_market(client)
    trader = ClobTrader(client, 1)
    await trader.join()
    said = await trader.order(first, "BUY", "40", "0.43")
    assert (said["success"], said["status"], said["makingAmount"], said["takingAmount"]) == (
        True,
        "matched",
        "16.9",
        "40",
    )
    assert (await book_of(client, first))[1] == [("0.43", "90")]
    assert (await book_of(client, second))[0] == [("0.57", "90")]
    order = await trader.get(f"/data/order/{said['orderID']}")
    assert (order["status"], order["size_matched"], order["associate_trades"]) == ("MATCHED", "40", said["tradeIDs"])
    trades = (await trader.get("/data/trades", asset_id=first))["data"]
    assert {one["id"]: (one["size"], one["price"]) for one in trades} == dict(
        zip(said["tradeIDs"], [("30", "0.42"), ("10", "0.43")], strict=True)
    )
    assert {one["status"] for one in trades} <= {"TRADE_STATUS_MATCHED", "TRADE_STATUS_MINED"}
    fees = sum(
        round(Decimal("0.05") * size * p * (1 - p), 5) for size, p in ((30, Decimal("0.42")), (10, Decimal("0.43")))
    )
    assert Decimal((await trader.truth())["cash"]) == 1000 - Decimal("16.9") - fees
    assert (await trader.get("/balance-allowance", asset_type="CONDITIONAL", token_id=first))["balance"] == "40000000"
    (position,) = (await client.get("/data-api/positions", params={"user": trader.address})).json()
    assert (position["asset"], position["size"], position["avgPrice"]) == (first, 40.0, 0.4225)
    await asyncio.sleep(3.2)
    trades = (await trader.get("/data/trades", id=said["tradeIDs"][0]))["data"]
    assert [(one["status"], len(one["transaction_hash"])) for one in trades] == [("TRADE_STATUS_CONFIRMED", 66)]


async def test_second_token_is_the_other_side_of_the_same_book(client: httpx.AsyncClient) -> None:
    first, second = await held_market(client, 1)
    trader = ClobTrader(client, 2)
    await trader.join()
    said = await trader.order(second, "BUY", "50", "0.60")
    assert (said["makingAmount"], said["takingAmount"]) == ("30", "50")
    assert (await book_of(client, first))[0][0] == ("0.39", "80")
    said = await trader.order(second, "SELL", "20", "0.57")
    assert (said["makingAmount"], said["takingAmount"]) == ("20", "11.6")
    assert (await trader.truth())["holdings"][second]["size"] == "30"


async def test_marketable_order_waits_where_the_venue_waits_and_cannot_be_taken_back(client: httpx.AsyncClient) -> None:
    first, _ = await held_market(client, 2, NFL)
    trader = ClobTrader(client, 3)
    await trader.join()
    said = await trader.order(first, "BUY", "35", "0.42")
    assert (said["status"], said["tradeIDs"]) == ("delayed", [])
    gone = (await trader.ask("DELETE", "/order", {"orderID": said["orderID"]})).json()
    assert gone == {"canceled": [], "not_canceled": {said["orderID"]: "order is delayed and can't be canceled"}}
    assert (await trader.get(f"/data/order/{said['orderID']}"))["status"] == "DELAYED"
    await asyncio.sleep(1.2)
    order = await trader.get(f"/data/order/{said['orderID']}")
    assert (order["status"], order["size_matched"]) == ("CANCELED", "30")
    resting = await trader.order(first, "BUY", "10", "0.41", "GTC")
    assert resting["status"] == "live"  # what only rests is not held back


async def test_resting_orders_are_listed_and_taken_back(client: httpx.AsyncClient) -> None:
    first, second = await held_market(client, 3)
    trader = ClobTrader(client, 4)
    await trader.join(balance="20")
    one = (await trader.order(first, "BUY", "10", "0.41", "GTC"))["orderID"]
    soon = str(int(time.time()) + 400)
    name, order = trader.signed_order(second, "BUY", "10", "0.55")
    sent = {"owner": trader.credentials["apiKey"], "orderType": "GTD", "order": {**order, "expiration": soon}}
    assert (await trader.ask("POST", "/orders", [sent])).json()[0]["status"] == "live"
    listed = (await trader.get("/data/orders"))["data"]
    assert {row["id"]: (row["price"], row["order_type"], row["expiration"]) for row in listed} == {
        one: ("0.41", "GTC", "0"),
        name: ("0.55", "GTD", soon),
    }
    assert (await book_of(client, first))[0][0] == ("0.41", "10")
    sent["orderType"] = "GTC"
    short = await trader.ask("POST", "/order", {**sent, "order": trader.signed_order(first, "BUY", "30", "0.41")[1]})
    assert (short.status_code, short.json()["error"][:34]) == (400, "not enough balance / allowance: th")
    gone = (await trader.ask("DELETE", "/orders", [one, "0xnone"])).json()
    assert (gone["canceled"], list(gone["not_canceled"])) == ([one], ["0xnone"])
    assert (await trader.ask("DELETE", "/cancel-all")).json()["canceled"] == [name]
    assert (await trader.get("/data/orders"))["data"] == []


@pytest.mark.parametrize(
    ("kind", "size", "price", "post_only", "error"),
    [
        ("FOK", "200", "0.43", False, "order couldn't be fully filled"),
        ("FAK", "10", "0.41", False, "no orders found to match"),
        ("GTC", "10", "0.43", True, "invalid post-only order"),
    ],
)
async def test_order_that_comes_to_nothing_is_answered_with_200(
    client: httpx.AsyncClient, kind: str, size: str, price: str, post_only: bool, error: str
) -> None:
    first, _ = await held_market(client, 4)
    trader = ClobTrader(client, 5)
    await trader.join()
    said = await trader.order(first, "BUY", size, price, kind, post_only=post_only)
    assert (said["success"], said["errorMsg"][: len(error)]) == (False, error)
    assert (await trader.ask("GET", f"/data/order/{said['orderID']}")).status_code == 404


async def test_tampered_foreign_and_repeated_orders_are_refused(client: httpx.AsyncClient) -> None:
    first, _ = await held_market(client, 5)
    trader, other = ClobTrader(client, 6), ClobTrader(client, 7)
    await trader.join()
    await other.join()
    sent = {"owner": trader.credentials["apiKey"], "orderType": "FAK"}
    _, good = trader.signed_order(first, "BUY", "10", "0.42")
    flipped = good["signature"][:10] + ("0" if good["signature"][10] != "0" else "1") + good["signature"][11:]
    for order, error in (
        ({**good, "takerAmount": "10010000"}, "invalid signature"),
        ({**good, "signature": flipped}, "invalid signature"),
        ({**good, "signature": "0x12"}, "invalid signature"),
        (other.signed_order(first, "BUY", "10", "0.42")[1], "invalid signature"),
        (trader.signed_order(first, "BUY", "10", "0.42", is_neg_risk=True)[1], "invalid signature"),
        (trader.signed_order(first, "BUY", "10", "0.425")[1], "breaks minimum tick size rule: 0.01"),
        (trader.signed_order(first, "BUY", "4", "0.42")[1], "lower than the minimum: 5"),
        (trader.signed_order(first, "SELL", "10", "0.40")[1], "not enough balance / allowance"),
        (trader.signed_order("12", "BUY", "10", "0.42")[1], "the orderbook 12 does not exist"),
        ({**good, "signatureType": 7}, "Invalid order payload"),
    ):
        answer = await trader.ask("POST", "/order", {**sent, "order": order})
        assert answer.status_code == 400
        assert error in answer.json()["error"]
    assert (await trader.truth())["orders"] == 0
    assert (await trader.ask("POST", "/order", {**sent, "order": good})).json()["status"] == "matched"
    again = await trader.ask("POST", "/order", {**sent, "order": good})
    assert (again.status_code, "Duplicated" in again.json()["error"]) == (400, True)
    stolen = await other.ask("POST", "/order", {**sent, "order": other.signed_order(first, "BUY", "10", "0.42")[1]})
    assert "owner" in stolen.json()["error"]


async def test_wallet_must_attest_and_calls_must_be_signed(client: httpx.AsyncClient) -> None:
    trader, other = ClobTrader(client, 8), ClobTrader(client, 9)
    await trader.join()
    derived = (await client.get("/clob/auth/derive-api-key", headers=trader.attest())).json()
    assert derived == trader.credentials
    assert (await client.post("/clob/auth/api-key", headers=trader.attest())).status_code == 400
    for headers in (
        trader.attest(late=60),
        trader.attest(nonce=5),
        other.attest(),
        {**trader.attest(), "POLY_SIGNATURE": other.attest()["POLY_SIGNATURE"]},
        {},
    ):
        assert (await client.get("/clob/auth/derive-api-key", headers=headers)).status_code == 401
    path = "/data/orders"
    good = trader.headers("GET", path)
    for headers in (
        {},
        {**good, "POLY_SIGNATURE": "A" + good["POLY_SIGNATURE"][1:] if good["POLY_SIGNATURE"][0] != "A" else "B="},
        {**good, "POLY_PASSPHRASE": "x"},
        {**good, "POLY_ADDRESS": other.address},
        trader.headers("GET", f"{path}?market=1"),
        trader.headers("GET", path, late=60),
        trader.headers("DELETE", path),
        trader.headers("GET", path, "{}"),
    ):
        assert (await client.get(f"/clob{path}", headers=headers)).status_code == 401
    assert (await client.get(f"/clob{path}?market=1", headers=good)).status_code == 200
    assert (await trader.get("/auth/api-keys")) == {"apiKeys": [trader.credentials["apiKey"]]}
    assert (await trader.ask("DELETE", "/auth/api-key")).json() == "OK"
    assert (await trader.ask("GET", path)).status_code == 401


async def test_orders_need_a_heartbeat_once_there_was_one(client: httpx.AsyncClient) -> None:
    trader = ClobTrader(client, 10)
    await trader.join()
    first = (await trader.ask("POST", "/v1/heartbeats", {"heartbeat_id": ""})).json()["heartbeat_id"]
    wrong = await trader.ask("POST", "/v1/heartbeats", {"heartbeat_id": "x"})
    assert (wrong.status_code, wrong.json()) == (400, {"error_msg": "Invalid Heartbeat ID", "heartbeat_id": first})
    assert (await trader.ask("POST", "/v1/heartbeats", {"heartbeat_id": first})).json()["heartbeat_id"] != first
