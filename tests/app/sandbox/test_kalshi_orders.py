"""Kalshi's orders over real HTTP: signed, checked, matched with the makers' books, told, paid for."""

from collections.abc import Iterator
from decimal import Decimal

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from tests.app.sandbox.followers import KALSHI, kalshi_tickers
from tests.app.sandbox.servers import running
from tests.app.sandbox.traders import KalshiTrader


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running(seed=7, speed=1) as url:
        yield url


async def book_of(client: httpx.AsyncClient, ticker: str) -> tuple[list, list]:
    """YES bids and asks, best first, in cents and contracts."""
    told = (await client.get(f"{KALSHI}/markets/{ticker}/orderbook")).json()["orderbook_fp"]
    bids = [(Decimal(price), Decimal(size)) for price, size in reversed(told["yes_dollars"])]
    return bids, [(1 - Decimal(price), Decimal(size)) for price, size in reversed(told["no_dollars"])]


async def held_market(client: httpx.AsyncClient, label: str = "GAME-LAL", **levels: object) -> str:
    """A market whose ladder stands still."""
    game = "nba:LAC@LAL"
    ladder = levels or {"bids": [["0.40", "50"], ["0.39", "80"]], "asks": [["0.42", "30"], ["0.43", "100"]]}
    entry = {"at": 0, "venue": "kalshi", "game": game, "market": label, "ladder": ladder}
    assert (await client.post("/plan", json=[entry])).status_code == 200
    games = (await client.get("/games")).json()["games"]
    return next(one["kalshi"][label] for one in games if one["game"] == game)


async def test_order_takes_what_stands_there_and_it_is_gone(client: httpx.AsyncClient) -> None:
    ticker = await held_market(client)
    trader = KalshiTrader(client, "taker")
    await trader.join()
    answer = await trader.order(ticker, "bid", "40.00", "0.43", client_order_id="first")
    assert answer.status_code == 201, answer.text
    said = answer.json()
    assert (said["fill_count"], said["remaining_count"], said["client_order_id"]) == ("40.00", "0.00", "first")
    assert said["average_fill_price"] == "0.4225"
    assert (await book_of(client, ticker))[1] == [(Decimal("0.43"), 90)]

    fills = (await trader.get("/portfolio/fills"))["fills"]
    assert [(one["count_fp"], one["yes_price_dollars"], one["is_taker"]) for one in reversed(fills)] == [
        ("30.00", "0.4200", True),
        ("10.00", "0.4300", True),
    ]
    fees = sum(Decimal(one["fee_cost"]) for one in fills)
    exact = Decimal("0.07") * (30 * Decimal("0.42") * Decimal("0.58") + 10 * Decimal("0.43") * Decimal("0.57"))
    assert fees == Decimal("0.69")
    assert 0 <= fees - exact < Decimal("0.01")
    balance = await trader.get("/portfolio/balance")
    assert Decimal(balance["balance_dollars"]) == 1000 - Decimal("16.90") - fees
    (position,) = (await trader.get("/portfolio/positions"))["market_positions"]
    assert (position["ticker"], position["position_fp"]) == (ticker, "40.00")


async def test_what_is_over_at_once_is_executed_with_whatever_it_got(client: httpx.AsyncClient) -> None:
    ticker = await held_market(client, "TOTAL-" + (await totals(client))[0])
    trader = KalshiTrader(client, "partly")
    await trader.join()
    for count, price, expected in (("50.00", "0.42", ("executed", "30.00")), ("5.00", "0.10", ("canceled", "0.00"))):
        said = (await trader.order(ticker, "bid", count, price)).json()
        assert (said["fill_count"], said["remaining_count"]) == (expected[1], "0.00")
        order = (await trader.get(f"/portfolio/orders/{said['order_id']}"))["order"]
        assert (order["status"], order["fill_count_fp"], order["remaining_count_fp"]) == (*expected, "0.00")


async def test_direct_members_pay_by_the_ten_thousandth(client: httpx.AsyncClient) -> None:
    ticker = await held_market(client, "GAME-LAC")
    trader = KalshiTrader(client, "direct")
    await trader.join(rounding="direct")
    await trader.order(ticker, "bid", "7.00", "0.42")
    (fill,) = (await trader.get("/portfolio/fills"))["fills"]
    assert Decimal(fill["fee_cost"]) == Decimal("0.1194")  # 0.07 x 7 x 0.42 x 0.58 = 0.119364


async def test_name_is_taken_once(client: httpx.AsyncClient) -> None:
    ticker = await held_market(client)
    trader = KalshiTrader(client, "twice")
    await trader.join()
    first = await trader.order(ticker, "bid", "1.00", "0.10", client_order_id="n", time_in_force="good_till_canceled")
    again = await trader.order(ticker, "bid", "1.00", "0.10", client_order_id="n", time_in_force="good_till_canceled")
    assert (first.status_code, again.status_code) == (201, 409)
    assert again.json()["error"]["code"] == "order_already_exists"
    assert len((await trader.get("/portfolio/orders"))["orders"]) == 1


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({"price": "0.425"}, 400, "invalid_price"),
        ({"price": "1.00"}, 400, "invalid_price"),
        ({"count": "0.001"}, 400, "invalid_parameters"),
        ({"count": "0"}, 400, "invalid_parameters"),
        ({"count": 3}, 400, "invalid_parameters"),
        ({"side": "yes"}, 400, "invalid_parameters"),
        ({"ticker": "KXNONE-1-A"}, 404, "market_not_found"),
        ({"count": "100000"}, 400, "insufficient_balance"),
        ({"client_order_id": "x" * 65}, 400, "invalid_parameters"),
        ({"time_in_force": "fill_or_kill", "count": "200"}, 409, "fill_or_kill_insufficient_resting_volume"),
        ({"time_in_force": "good_till_canceled", "post_only": True}, 400, "post_only_cross"),
        ({"reduce_only": True}, 400, "reduce_only"),
    ],
)
async def test_order_is_refused_as_the_venue_does(
    client: httpx.AsyncClient, wish: dict, status: int, code: str
) -> None:
    trader = KalshiTrader(client, "refused")
    await trader.join()
    asked = {"ticker": await held_market(client), "side": "bid", "count": "1", "price": "0.43", **wish}
    answer = await trader.order(**asked)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert (await trader.truth())["orders"] == 0


async def test_unsigned_tampered_stale_and_unknown_calls_are_refused(client: httpx.AsyncClient) -> None:
    trader = KalshiTrader(client, "signer")
    await trader.join()
    path = "/trade-api/v2/portfolio/balance"
    good = trader.headers("GET", path)
    signature = good["KALSHI-ACCESS-SIGNATURE"]
    stranger = KalshiTrader(client, "signer", generate_private_key(public_exponent=65537, key_size=2048))
    for headers in (
        {},
        {**good, "KALSHI-ACCESS-SIGNATURE": signature[:-6] + ("AAAAA=" if signature[-6:] != "AAAAA=" else "BBBBB=")},
        {**good, "KALSHI-ACCESS-TIMESTAMP": str(int(good["KALSHI-ACCESS-TIMESTAMP"]) + 1)},
        {**good, "KALSHI-ACCESS-KEY": "nobody"},
        trader.headers("GET", path, late=60),
        trader.headers("POST", path),
        trader.headers("GET", f"{path}?a=1"),
        stranger.headers("GET", path),
    ):
        assert (await client.get(f"/kalshi{path}", headers=headers)).status_code == 401
    assert (await client.get(f"/kalshi{path}?a=1", headers=trader.headers("GET", path))).status_code == 200


async def test_resting_order_stands_in_the_book_is_cancelled_and_filled_when_makers_come(
    client: httpx.AsyncClient,
) -> None:
    ticker = await held_market(client, (await spreads(client))[0])
    trader = KalshiTrader(client, "rester")
    await trader.join()
    rests = {"time_in_force": "good_till_canceled"}
    first = (await trader.order(ticker, "bid", "25.00", "0.41", **rests)).json()
    second = (await trader.order(ticker, "ask", "10.00", "0.44", **rests)).json()
    assert (first["fill_count"], first["remaining_count"]) == ("0.00", "25.00")
    bids, asks = await book_of(client, ticker)
    assert bids[0] == (Decimal("0.41"), 25)
    assert (Decimal("0.44"), 10) in asks
    free = Decimal((await trader.get("/portfolio/balance"))["balance_dollars"])
    assert free == 1000 - Decimal("10.25") - Decimal("5.60")

    gone = await trader.ask("DELETE", f"/portfolio/events/orders/{second['order_id']}")
    assert (gone.status_code, gone.json()["reduced_by"]) == (200, "10.00")
    assert (await trader.ask("DELETE", f"/portfolio/events/orders/{second['order_id']}")).status_code == 404

    await held_market(client, (await spreads(client))[0], bids=[["0.35", "10"]], asks=[["0.40", "15"], ["0.45", "5"]])
    await client.get(f"{KALSHI}/markets/{ticker}/orderbook")
    order = (await trader.get(f"/portfolio/orders/{first['order_id']}"))["order"]
    assert (order["status"], order["fill_count_fp"], order["remaining_count_fp"]) == ("resting", "15.00", "10.00")
    (fill,) = (await trader.get("/portfolio/fills", order_id=first["order_id"]))["fills"]
    assert (fill["is_taker"], fill["yes_price_dollars"], fill["fee_cost"]) == (False, "0.4100", "0.000000")
    cancelled = (await trader.ask("DELETE", "/portfolio/events/orders")).json()["orders"]
    assert [(one["order_id"], one["reduced_by"]) for one in cancelled] == [(first["order_id"], "10.00")]


async def spreads(client: httpx.AsyncClient) -> list[str]:
    games = (await client.get("/games")).json()["games"]
    labels = next(one["kalshi"] for one in games if one["game"] == "nba:LAC@LAL")
    return [label for label in labels if label.startswith("SPREAD-")]


async def totals(client: httpx.AsyncClient) -> list[str]:
    games = (await client.get("/games")).json()["games"]
    labels = next(one["kalshi"] for one in games if one["game"] == "nba:LAC@LAL")
    return [label.removeprefix("TOTAL-") for label in labels if label.startswith("TOTAL-")]


async def test_to_sell_what_one_has_not_is_to_hold_no_and_buying_gives_it_back(client: httpx.AsyncClient) -> None:
    ticker = await held_market(client, "TOTAL-" + (await totals(client))[1])
    trader = KalshiTrader(client, "seller")
    await trader.join(balance="100")
    await trader.order(ticker, "ask", "10.00", "0.40")
    assert (await trader.truth())["holdings"][ticker]["size"] == "-10"
    fees = sum(Decimal(one["fee_cost"]) for one in (await trader.get("/portfolio/fills"))["fills"])
    assert Decimal((await trader.truth())["cash"]) == 100 - 6 - fees
    await trader.order(ticker, "bid", "10.00", "0.42")
    fees = sum(Decimal(one["fee_cost"]) for one in (await trader.get("/portfolio/fills"))["fills"])
    assert Decimal((await trader.truth())["cash"]) == 100 - Decimal("0.20") - fees
    (position,) = (await trader.get("/portfolio/positions"))["market_positions"]
    assert (position["position_fp"], position["realized_pnl_dollars"]) == ("0.00", "-0.200000")


async def test_own_orders_do_not_meet(client: httpx.AsyncClient) -> None:
    ticker = await held_market(
        client, "TOTAL-" + (await totals(client))[2], bids=[["0.30", "10"]], asks=[["0.60", "10"]]
    )
    trader = KalshiTrader(client, "oneself")
    await trader.join()
    rests = {"time_in_force": "good_till_canceled"}
    resting = (await trader.order(ticker, "bid", "5.00", "0.50", **rests)).json()["order_id"]
    taking = (await trader.order(ticker, "ask", "5.00", "0.50", **rests)).json()
    assert (taking["fill_count"], taking["remaining_count"]) == ("0.00", "0.00")
    maker = (await trader.order(ticker, "ask", "5.00", "0.50", self_trade_prevention_type="maker", **rests)).json()
    assert (maker["fill_count"], maker["remaining_count"]) == ("0.00", "5.00")
    assert (await trader.get(f"/portfolio/orders/{resting}"))["order"]["status"] == "canceled"


async def test_accounts_trade_with_each_other(client: httpx.AsyncClient) -> None:
    ticker = await held_market(
        client, "TOTAL-" + (await totals(client))[3], bids=[["0.30", "10"]], asks=[["0.60", "10"]]
    )
    one, other = KalshiTrader(client, "one"), KalshiTrader(client, "other")
    await one.join()
    await other.join()
    await one.order(ticker, "bid", "5.00", "0.50", time_in_force="good_till_canceled")
    sold = (await other.order(ticker, "ask", "8.00", "0.50")).json()
    assert (sold["fill_count"], sold["average_fill_price"]) == ("5.00", "0.5000")
    assert (await one.get("/portfolio/positions"))["market_positions"][0]["position_fp"] == "5.00"
    assert (await other.get("/portfolio/positions"))["market_positions"][0]["position_fp"] == "-5.00"


async def test_orders_are_changed_and_sent_many_at_once(client: httpx.AsyncClient) -> None:
    ticker = (await kalshi_tickers(client, "KXNBAGAME"))[-1]
    trader = KalshiTrader(client, "batch")
    await trader.join()
    wish = {
        "ticker": ticker,
        "side": "bid",
        "count": "4.00",
        "price": "0.01",
        "time_in_force": "good_till_canceled",
        "self_trade_prevention_type": "maker",
    }
    many = [{**wish, "client_order_id": "a"}, {**wish, "client_order_id": "a"}, {**wish, "client_order_id": "b"}]
    told = (await trader.ask("POST", "/portfolio/events/orders/batched", {"orders": many})).json()["orders"]
    assert [one.get("error", {}).get("code", "") for one in told] == ["", "order_already_exists", ""]
    first, second = told[0]["order_id"], told[2]["order_id"]
    amended = await trader.ask("POST", f"/portfolio/events/orders/{first}/amend", {"price": "0.02", "count": "6.00"})
    assert (amended.json()["order"]["yes_price_dollars"], amended.json()["remaining_count"]) == ("0.0200", "6.00")
    less = await trader.ask("POST", f"/portfolio/events/orders/{first}/decrease", {"reduce_by": "1.00"})
    assert less.json()["remaining_count"] == "5.00"
    gone = await trader.ask(
        "DELETE", "/portfolio/events/orders/batched", {"orders": [{"order_id": first}, {"order_id": second}]}
    )
    assert [one["reduced_by"] for one in gone.json()["orders"]] == ["5.00", "4.00"]
    assert (await trader.get("/portfolio/orders", status="resting"))["orders"] == []
    assert len((await trader.get("/portfolio/orders", status="canceled", ticker=ticker))["orders"]) == 2
