"""A live account's books over a simulated venue: whatever goes wrong on the way, they come to what the venue has, to
the micro-dollar."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from app.clock import nanos_clock, wall_clock
from app.domain.fees import FeeSchedule
from app.domain.markets import MarketId
from app.domain.money import money, size
from app.domain.orders import AccountId, Order, Report
from app.domain.prices import SECOND, Nanos
from app.executor.desks import Desk
from app.history.accounts import open_account, take_seat
from app.history.database import Database
from app.history.ledger import Ledger, balances
from app.history.orders import Journal
from tests.app.sandbox.servers import running
from tests.app.venues.kalshi import tills as kalshi
from tests.app.venues.live_orders import NOW, order
from tests.app.venues.polymarket import tills as polymarket

ACCOUNT = AccountId("manual")
FEES = {"kalshi": FeeSchedule(70_000, step=10_000), "polymarket": FeeSchedule(50_000, step=10, least=10)}
_numbers = itertools.count(5000)
Till = kalshi.Till | polymarket.Till


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running(seed=7, speed=1) as url:
        yield url


@pytest.fixture
async def client(base_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=base_url, timeout=10, trust_env=False) as client:
        yield client
        await client.delete("/faults")


class Shop:
    """An account that trades at one venue."""

    def __init__(self, till: Till, desk: Desk, database: Database, contracts: tuple[str, str], market: str) -> None:
        self.till = till
        self.desk = desk
        self.database = database
        self.contracts = contracts
        self.market = market

    async def place(self, limit: str, count: str, *, contract: int = 0, **given: object) -> str:
        fees = FEES[self.till.gateway.venue]
        said = {"market_id": MarketId(self.market), "fees": fees, **given}
        return (await self.desk.place(order(self.contracts[contract], limit, count, **said))).last.state

    async def agree(self) -> None:
        """Everything is settled, and the same on both sides."""
        async with asyncio.timeout(30):
            while self.desk.unsettled:
                await self.desk.ask()
                await asyncio.sleep(0.1)
        theirs = await self.till.gateway.at_venue(ACCOUNT, Nanos(NOW() - 600 * SECOND))
        ours = {name: one.size for name, one in self.desk.ledger.positions(ACCOUNT).items() if one.size}
        assert ours == theirs.positions
        assert theirs.orders == ()
        booked = await self.desk.booked_among([fill.id for fill in theirs.fills if fill.stage != "undone"])
        assert booked == {fill.id for fill in theirs.fills if fill.stage != "undone"}
        assert (await balances(self.database, ACCOUNT)).cash == theirs.balance


async def _open_till(client: httpx.AsyncClient, folder: Path, venue: str) -> tuple[Till, tuple[str, str], str]:
    if venue == "kalshi":
        ticker = await kalshi.held_market(client)
        till: Till = await kalshi.open_till(client, folder, f"desk-{next(_numbers)}")
        return till, (f"kalshi:{ticker}:yes", f"kalshi:{ticker}:no"), ticker
    market, first, second = await polymarket.held_market(client)
    till = await polymarket.open_till(client, next(_numbers))
    return till, (f"polymarket:{first}", f"polymarket:{second}"), market


@asynccontextmanager
async def opened(client: httpx.AsyncClient, folder: Path, url: str, venue: str) -> AsyncIterator[Shop]:
    till, contracts, market = await _open_till(client, folder, venue)
    database = Database(url, pool_size=2)
    await open_account(database, ACCOUNT, "live", "", "tests", wall_clock())
    seat = await take_seat(database, ACCOUNT, "tests", wall_clock())
    journal, ledger = Journal(database, "simulated"), Ledger(database, "simulated")

    async def recall(name: str) -> Order | None:
        found = await journal.find(name) or await journal.find_ref(name)  # type: ignore[arg-type]
        return found.order if found else None

    till.gateway._known._recall = recall
    gateways = {till.gateway.venue: till.gateway}
    desk = Desk(seat, journal, ledger, gateways, nanos_clock(wall_clock), lambda _: None)
    await desk.recover()
    await ledger.deposit(ACCOUNT, money("1000"), "tests", "first", wall_clock())
    await till.gateway._be_tried()
    heard: asyncio.Queue[Report] = asyncio.Queue()
    hearing = [asyncio.create_task(work) for work in (till.gateway.hear(heard.put_nowait), _take(desk, heard))]
    yield Shop(till, desk, database, contracts, market)
    for task in hearing:
        task.cancel()
    await asyncio.gather(*hearing, return_exceptions=True)
    await database.close()


async def _take(desk: Desk, heard: "asyncio.Queue[Report]") -> None:
    while True:
        await desk.take(await heard.get())


@pytest.fixture(params=["kalshi", "polymarket"])
async def shop(
    client: httpx.AsyncClient, tmp_path: Path, fresh_database_url: str, request: pytest.FixtureRequest
) -> AsyncIterator[Shop]:
    async with opened(client, tmp_path, fresh_database_url, request.param) as shop:
        yield shop


async def test_buying_and_selling_comes_to_the_same_on_both_sides(shop: Shop) -> None:
    await shop.place("0.43", "40")
    await shop.agree()
    await shop.place("0.40", "25", side="sell", purpose="exit")
    await shop.place("0.42", "7")
    await shop.agree()
    assert shop.desk.ledger.positions(ACCOUNT)[shop.contracts[0]].size == size("15")  # type: ignore[index]


async def test_the_other_contract_comes_to_the_same_too(shop: Shop) -> None:
    await shop.place("0.61", "60", contract=1)
    await shop.agree()
    await shop.place("0.57", "60", contract=1, side="sell", purpose="exit")
    await shop.agree()


async def test_an_answer_that_is_lost_costs_nothing(shop: Shop) -> None:
    await shop.till.fail("lost", method="POST")
    await shop.place("0.43", "40")
    assert shop.till.gateway.counts["unanswered"] == 1
    await shop.agree()
    assert shop.desk.ledger.positions(ACCOUNT)[shop.contracts[0]].size == size("40")  # type: ignore[index]


async def test_an_order_that_never_arrives_is_over_without_a_person(shop: Shop) -> None:
    await shop.till.fail("503", method="POST")
    assert await shop.place("0.43", "40") == "unknown"
    await shop.agree()
    assert shop.desk.ledger.positions(ACCOUNT) == {}


async def test_what_rests_is_taken_back(shop: Shop) -> None:
    assert await shop.place("0.30", "10", time_in_force="gtc") == "open"
    (standing,) = shop.desk.unsettled
    await shop.desk.cancel(standing.order.id, "enough")
    await shop.agree()


async def test_many_at_once(shop: Shop) -> None:
    await asyncio.gather(*(shop.place("0.43", "6") for _ in range(25)))
    await shop.agree()
