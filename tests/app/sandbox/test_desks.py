"""What time does to orders, on a clock that the test holds: wipes, ends, heartbeats, makers who quote anew."""

from collections.abc import AsyncIterator
from decimal import Decimal

import httpx
import pytest

from app.sandbox.accounts import Holding
from app.sandbox.grids import CENTS
from app.sandbox.makers import Ladder
from app.sandbox.plans import Entry, Levels
from app.sandbox.server import build_on
from app.sandbox.simulations import Simulation
from app.sandbox.takings import Takings
from tests.app.sandbox.conftest import HeldClock
from tests.app.sandbox.traders import ClobTrader, KalshiTrader

GAME = "nba:LAC@LAL"
LADDER = Levels(bids=(("0.40", "50"),), asks=(("0.42", "30"), ("0.43", "100")))


@pytest.fixture
async def sandbox(simulation: Simulation) -> AsyncIterator[httpx.AsyncClient]:
    for venue, label in (("kalshi", "GAME-LAL"), ("polymarket", "moneyline")):
        simulation.act([Entry(at=0, venue=venue, game=GAME, market=label, ladder=LADDER)])
    transport = httpx.ASGITransport(build_on(simulation))
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        yield client


async def listed(sandbox: httpx.AsyncClient) -> dict:
    return next(one for one in (await sandbox.get("/games")).json()["games"] if one["game"] == GAME)


async def member(sandbox: httpx.AsyncClient, clock: HeldClock) -> tuple[ClobTrader, str]:
    trader = ClobTrader(sandbox, 31, now=lambda: clock().timestamp())
    await trader.join()
    condition = (await listed(sandbox))["polymarket"]["moneyline"]
    return trader, (await sandbox.get(f"/clob/clob-markets/{condition}")).json()["t"][0]["t"]


async def test_what_rests_at_polymarket_is_wiped_when_the_game_begins(
    sandbox: httpx.AsyncClient, clock: HeldClock, simulation: Simulation
) -> None:
    trader, token = await member(sandbox, clock)
    name = (await trader.order(token, "BUY", "10", "0.41", "GTC"))["orderID"]
    start = next(one.start for one in simulation.slate.contests if one.id == GAME or one.home.abbreviation == "LAL")
    clock.pass_time(seconds=(start - clock()).total_seconds() - 5)
    assert (await trader.get(f"/data/order/{name}"))["status"] == "LIVE"
    clock.pass_time(seconds=6)
    assert (await trader.get(f"/data/order/{name}"))["status"] == "INVALID"
    assert (await trader.get("/data/orders"))["data"] == []


async def test_orders_expire_and_go_with_the_last_heartbeat(sandbox: httpx.AsyncClient, clock: HeldClock) -> None:
    trader, token = await member(sandbox, clock)
    soon = str(int(clock().timestamp()) + 200)
    name, order = trader.signed_order(token, "BUY", "10", "0.41", timestamp="1")
    sent = {"owner": trader.credentials["apiKey"], "orderType": "GTD", "order": {**order, "expiration": soon}}
    assert (await trader.ask("POST", "/order", sent)).json()["status"] == "live"
    clock.pass_time(seconds=201)
    assert (await trader.get(f"/data/order/{name}"))["status"] == "CANCELED_EXPIRED_ORDER"

    kept = (await trader.order(token, "BUY", "10", "0.41", "GTC"))["orderID"]
    beat = (await trader.ask("POST", "/v1/heartbeats", {"heartbeat_id": ""})).json()["heartbeat_id"]
    clock.pass_time(seconds=8)
    await trader.ask("POST", "/v1/heartbeats", {"heartbeat_id": beat})
    clock.pass_time(seconds=8)
    assert (await trader.get(f"/data/order/{kept}"))["status"] == "LIVE"
    clock.pass_time(seconds=3)
    assert (await trader.get(f"/data/order/{kept}"))["status"] == "CANCELED"


async def test_what_rests_is_cancelled_when_the_market_closes(
    sandbox: httpx.AsyncClient, clock: HeldClock, simulation: Simulation
) -> None:
    trader = KalshiTrader(sandbox, "rests", now=lambda: clock().timestamp())
    await trader.join()
    ticker = (await listed(sandbox))["kalshi"]["GAME-LAL"]
    rests = {"time_in_force": "good_till_canceled"}
    order = (await trader.order(ticker, "bid", "5.00", "0.41", **rests)).json()["order_id"]
    clock.at = simulation.slate.end(next(one for one in simulation.slate.contests if one.home.abbreviation == "LAL"))
    clock.pass_time(seconds=90)
    await sandbox.get(f"/kalshi/trade-api/v2/markets/{ticker}/orderbook")
    assert (await trader.get(f"/portfolio/orders/{order}"))["order"]["status"] == "canceled"
    assert Decimal((await trader.truth())["free"]) == 1000


def test_what_was_taken_is_gone_until_another_size_is_quoted() -> None:
    takings, quoted = Takings(), Ladder({4_000: 50}, {4_200: 30, 4_300: 100}, CENTS, 7)
    left = takings.left("M", quoted)
    takings.note("M", left, is_bid=False, price=4_200, size=30, at=9)
    takings.note("M", left, is_bid=False, price=4_300, size=10, at=9)
    takings.note("M", left, is_bid=False, price=4_300, size=15, at=9)
    assert (left.asks, quoted.asks) == ({4_300: 75}, {4_200: 30, 4_300: 100})
    again = takings.left("M", quoted)
    assert (again.bids, again.asks, again.at) == ({4_000: 50}, {4_300: 75}, 9)
    anew = Ladder({4_000: 50}, {4_200: 31, 4_300: 100}, CENTS, 11)
    assert takings.left("M", anew).asks == {4_200: 31, 4_300: 75}
    assert takings.left("M", quoted).asks == {4_200: 30, 4_300: 75}  # it was quoted anew in between
    assert takings.left("N", quoted).asks == quoted.asks


def test_holding_turns_from_yes_to_no_and_is_paid_for_what_it_is() -> None:
    held = Holding()
    held.trade(True, 4_000, 100, 5, 1)
    held.trade(True, 5_000, 100, 5, 2)
    assert (held.size, held.cost, held.flow) == (200, 900_000, -900_010)
    held.trade(False, 6_000, 300, 5, 3)
    assert (held.size, held.cost, held.realised) == (-100, 400_000, 300_000)
    assert held.flow == -900_015 + 1_200_000 - 400_000
    assert held.settle(2_500, 4) == 750_000
    assert (held.size, held.cost, held.realised) == (0, 0, 650_000)
