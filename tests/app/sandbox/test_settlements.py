"""How games end at each venue, and what accounts get for it: played, tied, put off, called off."""

from collections.abc import AsyncIterator
from decimal import Decimal

import httpx
import msgspec
import pytest

from app.sandbox.games import Contest
from app.sandbox.plans import Entry, Levels, Points
from app.sandbox.server import build_on
from app.sandbox.simulations import Simulation
from tests.app.sandbox.conftest import HeldClock
from tests.app.sandbox.traders import ClobTrader, KalshiTrader

KALSHI = "/kalshi/trade-api/v2"
LADDER = Levels(bids=(("0.40", "500"),), asks=(("0.42", "500"),))


class Stage:
    """A sandbox with an account at each venue that has bought ten of each of two markets of one game."""

    def __init__(self, simulation: Simulation, client: httpx.AsyncClient, clock: HeldClock) -> None:
        self.simulation, self.client, self.clock = simulation, client, clock
        self.kalshi = KalshiTrader(client, "member", now=self._now)
        self.clob = ClobTrader(client, 77, now=self._now)

    def _now(self) -> float:
        return self.clock().timestamp()

    async def buy(self, game: str, kalshi: str, polymarket: str) -> None:
        games = (await self.client.get("/games")).json()["games"]
        found = next(one for one in games if one["game"] == game)
        self.ticker, self.condition = found["kalshi"][kalshi], found["polymarket"][polymarket]
        self.game_id = found["id"]
        for venue, label in (("kalshi", kalshi), ("polymarket", polymarket)):
            self.simulation.act([Entry(at=0, for_seconds=60, venue=venue, game=game, market=label, ladder=LADDER)])
        await self.kalshi.join()
        await self.clob.join()
        answer = await self.kalshi.order(self.ticker, "bid", "10.00", "0.42")
        assert answer.json()["fill_count"] == "10.00", answer.text
        market = (await self.client.get(f"/clob/clob-markets/{self.condition}")).json()
        self.tokens = [one["t"] for one in market["t"]]
        is_neg_risk = market["nr"]
        for token, price in zip(self.tokens, ("0.42", "0.60"), strict=True):
            await self.clob.order(token, "BUY", "10", price, is_neg_risk=is_neg_risk)
        self.clock.pass_time(seconds=2)  # where the venue holds orders back
        assert len((await self.clob.truth())["holdings"]) == 2

    @property
    def slate_game(self) -> Contest:
        return next(one for one in self.simulation.slate.contests if one.id == self.game_id)

    async def kalshi_market(self) -> dict:
        return (await self.client.get(f"{KALSHI}/markets", params={"tickers": self.ticker})).json()["markets"][0]

    async def gamma_market(self) -> dict:
        for closed in ("true", "false"):
            params = {"condition_ids": self.condition, "closed": closed}
            found = (await self.client.get("/gamma/markets", params=params)).json()
            if found:
                return found[0]
        raise AssertionError("it is not listed")

    async def book_status(self) -> int:
        return (await self.client.get("/clob/book", params={"token_id": self.tokens[0]})).status_code


@pytest.fixture
async def stage(simulation: Simulation, clock: HeldClock) -> AsyncIterator[Stage]:
    transport = httpx.ASGITransport(build_on(simulation))
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        yield Stage(simulation, client, clock)


async def cash_of(trader: KalshiTrader | ClobTrader) -> Decimal:
    return Decimal((await trader.truth())["cash"])


async def test_game_that_is_played_goes_through_every_state_and_pays(stage: Stage, clock: HeldClock) -> None:
    await stage.buy("nba:NY@BOS", "GAME-BOS", "moneyline")
    paid = await cash_of(stage.kalshi), await cash_of(stage.clob)
    clock.at = stage.simulation.slate.end(stage.slate_game)
    clock.pass_time(seconds=5)
    assert ((await stage.kalshi_market())["status"], await stage.book_status()) == ("active", 404)
    gamma = await stage.gamma_market()
    assert (gamma["umaResolutionStatus"], gamma["acceptingOrders"], gamma["closed"]) == ("proposed", False, False)
    assert (await stage.client.get(f"/clob/markets/{stage.condition}")).json()["accepting_orders"] is False
    clock.pass_time(seconds=65)
    closed = await stage.kalshi_market()
    assert (closed["status"], closed["result"]) == ("closed", "")
    assert (await stage.kalshi.order(stage.ticker, "bid", "1.00", "0.42")).json()["error"][
        "code"
    ] == "market_not_active"
    clock.pass_time(seconds=60)
    told = await stage.kalshi_market()
    is_home = stage.simulation.slate.standing(stage.slate_game, clock()).margin > 0
    assert (told["status"], told["result"], told["settlement_value_dollars"]) == (
        "determined",
        "yes" if is_home else "no",
        "1.0000" if is_home else "0.0000",
    )
    assert await cash_of(stage.kalshi) == paid[0]
    clock.pass_time(seconds=told["settlement_timer_seconds"])
    assert (await stage.kalshi_market())["status"] == "finalized"
    assert await cash_of(stage.kalshi) == paid[0] + (10 if is_home else 0)
    (settled,) = (await stage.kalshi.get("/portfolio/settlements"))["settlements"]
    assert (settled["ticker"], settled["yes_count_fp"], settled["revenue"]) == (
        stage.ticker,
        "10.00",
        1000 if is_home else 0,
    )
    assert (await stage.kalshi.get("/portfolio/positions", count_filter="position"))["market_positions"] == []

    assert await cash_of(stage.clob) == paid[1]
    clock.pass_time(minutes=30)
    gamma = await stage.gamma_market()
    assert (gamma["umaResolutionStatus"], gamma["closed"]) == ("resolved", True)
    assert sorted(msgspec.json.decode(gamma["outcomePrices"])) == ["0", "1"]
    assert await cash_of(stage.clob) == paid[1] + 10
    params = {"user": stage.clob.address}
    assert (await stage.client.get("/data-api/positions", params=params)).json() == []


async def test_tie_pays_half_at_both(stage: Stage, clock: HeldClock) -> None:
    await stage.buy("nfl:DET@BUF", "GAME-BUF", "moneyline")
    paid = await cash_of(stage.kalshi), await cash_of(stage.clob)
    stage.simulation.act([Entry(at=1, game="nfl:DET@BUF", final=Points(home=20, away=20))])
    clock.pass_time(minutes=40)
    told = await stage.kalshi_market()
    assert (told["status"], told["result"], told["settlement_value_dollars"]) == ("finalized", "scalar", "0.5000")
    assert msgspec.json.decode((await stage.gamma_market())["outcomePrices"]) == ["0.5", "0.5"]
    assert (await stage.client.get(f"/clob/markets/{stage.condition}")).json()["is_50_50_outcome"] is True
    assert await cash_of(stage.kalshi) == paid[0] + 5
    assert await cash_of(stage.clob) == paid[1] + 10


async def test_postponed_game_is_void_at_kalshi_first_and_at_polymarket_when_it_is_given_up(
    stage: Stage, clock: HeldClock
) -> None:
    await stage.buy("nba:LAC@LAL", "GAME-LAL", "moneyline")
    paid = await cash_of(stage.kalshi), await cash_of(stage.clob)
    fair = stage.simulation.quoting("kalshi").chance(stage.simulation.quoting("kalshi").markets[stage.ticker], 0)
    stage.simulation.act([Entry(at=1, game="nba:LAC@LAL", status="postponed")])
    clock.pass_time(minutes=50)
    assert ((await stage.kalshi_market())["status"], await stage.book_status()) == ("active", 200)
    clock.pass_time(minutes=15)
    told = await stage.kalshi_market()
    assert (told["status"], told["result"]) == ("finalized", "scalar")
    value = Decimal(told["settlement_value_dollars"])
    assert abs(float(value) - fair) < 0.006
    assert await cash_of(stage.kalshi) == paid[0] + 10 * value
    assert (await stage.book_status(), (await stage.gamma_market()).get("umaResolutionStatus")) == (200, None)
    clock.pass_time(minutes=30)
    assert (await stage.gamma_market())["umaResolutionStatus"] == "proposed"
    clock.pass_time(minutes=31)
    gamma = await stage.gamma_market()
    assert (gamma["closed"], gamma["outcomePrices"]) == (True, '["0.5", "0.5"]')
    assert await cash_of(stage.clob) == paid[1] + 10
    board = (await stage.client.get("/espn/apis/site/v2/sports/basketball/nba/scoreboard")).json()
    status = next(one["status"]["type"]["name"] for one in board["events"] if one["id"] == stage.game_id)
    assert status == "STATUS_CANCELED"


@pytest.mark.parametrize(
    ("kalshi", "polymarket", "pays"), [("GAME-TIE", "draw", ["1", "0"]), ("GAME-MCI", "mac", ["0", "1"])]
)
async def test_cancelled_soccer_game_is_a_draw_at_polymarket_and_a_fair_price_at_kalshi(
    stage: Stage, clock: HeldClock, kalshi: str, polymarket: str, pays: list[str]
) -> None:
    await stage.buy("epl:MNC@MAN", kalshi, polymarket)
    paid = await cash_of(stage.kalshi)
    stage.simulation.act([Entry(at=1, game="epl:MNC@MAN", status="cancelled")])
    clock.pass_time(minutes=34)
    told = await stage.kalshi_market()
    assert (told["status"], told["result"]) == ("finalized", "scalar")
    assert await cash_of(stage.kalshi) == paid + 10 * Decimal(told["settlement_value_dollars"])
    clock.pass_time(hours=1)
    assert msgspec.json.decode((await stage.gamma_market())["outcomePrices"]) == pays


async def test_suspended_game_stays_open(stage: Stage, clock: HeldClock) -> None:
    await stage.buy("nba:NY@BOS", "GAME-BOS", "moneyline")
    stage.simulation.act([Entry(at=1, game="nba:NY@BOS", status="suspended")])
    clock.pass_time(hours=5)
    assert ((await stage.kalshi_market())["status"], await stage.book_status()) == ("active", 200)
