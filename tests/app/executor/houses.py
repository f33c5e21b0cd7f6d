"""An executor at work: one account of money at both simulated venues, heard, asked and compared as on a platform."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import msgspec

from app.clock import nanos_clock, wall_clock
from app.domain.games import GameId
from app.domain.leagues import LeagueCode
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.money import Money, Price, money
from app.domain.orders import AccountId, Order, OrderId, Standing, TradeId
from app.domain.prices import SECOND, Nanos
from app.domain.signals import SignalId
from app.execution.trades import Plan, PlannedLeg
from app.executor.desks import Desk
from app.executor.executors import Executors, Means
from app.executor.reconciling import Reconciliation
from app.executor.trading import NO_MARKET, Outcome
from app.history.accounts import open_account, take_seat
from app.history.database import Database
from app.history.ledger import Ledger, balances
from app.history.orders import Journal
from app.history.trades import Trade
from app.venues.known_orders import KnownOrders
from app.venues.polymarket.wallets import Wallet
from tests.app.executor.members import FEES, HANDLINGS, KALSHI_ID, LEAST, POLYMARKET_ID, WHOLE, join, open_gateway
from tests.app.history.trading import unbalanced
from tests.app.venues.live_orders import order
from tests.workers.bots import until

ACCOUNT = AccountId("live")
THOUSAND = "1000"
BID = Price(3_800)
HEALS_WITHIN = 120.0  # seconds: hosts that were away are left alone for a while
ORDERS = {"kalshi": "/portfolio/events/orders", "polymarket": "/clob/order"}

now = nanos_clock(wall_clock)


class House:
    """One process, until it ends. `ended`: how each trade has."""

    def __init__(self, sandbox: str, folder: Path, client: httpx.AsyncClient, database: Database) -> None:
        self.client, self.database = client, database
        self.members = {venue: join(sandbox, venue, folder, THOUSAND) for venue in (KALSHI_ID, POLYMARKET_ID)}
        self.journal, self.ledger = Journal(database, "simulated"), Ledger(database, "simulated")
        known = {venue: KnownOrders(self._recall) for venue in self.members}
        self.gateways = {
            venue: open_gateway(member, client, known[venue], now) for venue, member in self.members.items()
        }
        self.ended: dict[TradeId, Outcome] = {}
        self.executors = Executors(self._means())
        self.reconciliation = Reconciliation(lambda: [(self.desk, "live")], now, self.journal.fills_between)

    @property
    def desk(self) -> Desk:
        return self.executors.accounts[ACCOUNT].desk

    def _means(self) -> Means:
        return Means(
            journal=self.journal,
            ledger=self.ledger,
            gateways={("live", venue): gateway for venue, gateway in self.gateways.items()},
            now=now,
            facts=lambda _: None,
            market=lambda _: NO_MARKET._replace(bid=BID),
            refusal=lambda _: None,
            may_open=lambda _: None,
            most=lambda: Price(8_500),
            tell=lambda _: None,
            begin_anew=lambda _: None,
            ended=lambda outcome: self.ended.update({outcome.plan.trade_id: outcome}),
        )

    async def begin(self) -> None:
        await open_account(self.database, ACCOUNT, "live", "", "tests", wall_clock())
        await self.ledger.deposit(ACCOUNT, Money(2 * money(THOUSAND)), "tests", "opening", wall_clock())
        seat = await take_seat(self.database, ACCOUNT, "tests", wall_clock())
        await self.executors.take_over(seat, "live", lambda _: None)
        for gateway in self.gateways.values():
            await gateway._be_tried()

    async def end(self) -> None:
        await self.executors.end()

    def wish(self, venue: VenueId, limit: str = "0.42", **given: object) -> Order:
        """For the least that is tested with, in a market whose ladder stands still."""
        member = self.members[venue]
        said = {"account": ACCOUNT, "market_id": MarketId(member.markets[0]), "fees": FEES[venue], **given}
        return order(member.contracts[0], limit, str(LEAST[venue] // WHOLE), **said)

    def trade(self, name: str) -> Plan:
        """Five contracts at each venue, begun; the second venue's leg comes second."""
        legs = tuple(map(self._leg, (KALSHI_ID, POLYMARKET_ID)))
        plan = Plan(
            trade_id=TradeId(name),
            signal_id=SignalId(name),
            account=ACCOUNT,
            kind="live",
            game_id=GameId("1"),
            league=LeagueCode("nba"),
            detector="cross_venue",
            size=LEAST[POLYMARKET_ID],
            worth=Money(WHOLE),
            legs=legs,
            began_at=now(),
        )
        begun = Trade(
            id=plan.trade_id,
            account=ACCOUNT,
            signal_id=None,
            detector="cross_venue",
            game_id="1",
            league="nba",
            status="open",
            detail={"plan": msgspec.to_builtins(plan)},
            began_at=plan.began_at,
        )
        self.executors.accounts[ACCOUNT].trading.go_on([begun], [])
        return plan

    def _leg(self, venue: VenueId) -> PlannedLeg:
        member = self.members[venue]
        return PlannedLeg(
            contract_id=ContractId(member.contracts[0]),
            venue=venue,
            market_id=MarketId(member.markets[0]),
            quoted=Price(4_200),
            limit=Price(4_300),
            fees=FEES[venue],
            handling=HANDLINGS[venue],
        )

    async def stored(self, name: OrderId) -> Standing:
        found = await self.journal.find(name)
        assert found is not None
        return found

    async def sent(self, venue: VenueId) -> int:
        """Orders of the account that the venue has taken, by its own truth."""
        return await self._counted(venue, "orders")

    async def filled(self, venue: VenueId) -> int:
        """Fills of the account, by the venue's own truth."""
        return await self._counted(venue, "fills")

    async def fail(self, venue: VenueId, kind: str, **more: object) -> None:
        """Of what is about orders, unless told otherwise."""
        fault = {"match": ORDERS[venue], "kind": kind, **more}
        answer = await self.client.post(f"{self.members[venue].sandbox}/faults", json=fault)
        assert answer.status_code == 200, answer.text

    async def heal(self) -> None:
        """Nothing goes wrong any more, and both venues were tried since and take orders: one that was away has to say
        again that this place may trade."""
        await self.client.delete(f"{self.members[KALSHI_ID].sandbox}/faults")
        async with asyncio.timeout(HEALS_WITHIN):
            while any(gateway.trouble for gateway in self.gateways.values()):  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def differs(self, venue: VenueId) -> list[str]:
        """What is not the same in the books and at a venue, or not settled. Raises FeedUnavailable."""
        theirs = await self.gateways[venue].at_venue(ACCOUNT, Nanos(now() - 600 * SECOND))
        mine = self.ledger.positions(ACCOUNT).items()
        held = {name: one.size for name, one in mine if one.size and one.venue == venue}
        wrong = [] if held == theirs.positions else [f"{held} here, {theirs.positions} there"]
        counting = {fill.id for fill in theirs.fills if fill.stage != "undone"}
        wrong += sorted(counting - await self.desk.booked_among(list(counting)))
        wrong += [f"{report.order_id} rests" for report in theirs.orders]
        return wrong + [each.order.id for each in self.desk.unsettled if each.order.venue == venue]

    async def unbalanced(self) -> list[str]:
        """What is wrong with the books, or with the cash of all venues together."""
        wrong, booked = await unbalanced(self.database), (await balances(self.database, ACCOUNT)).cash
        there = [await gateway.at_venue(ACCOUNT, now()) for gateway in self.gateways.values()]
        cash = sum(each.balance for each in there)
        return wrong if booked == cash else [*wrong, f"${booked / 1e6} here, ${cash / 1e6} there"]

    async def _counted(self, venue: VenueId, what: str) -> int:
        member = self.members[venue]
        name = member.key if venue == KALSHI_ID else Wallet(member.key).address.lower()
        told = (await self.client.get(f"{member.sandbox}/accounts/{name}")).json()
        return int(told[what])

    async def _recall(self, name: str) -> Order | None:
        found = await self.journal.find(OrderId(name)) or await self.journal.find_ref(name)
        return None if found is None else found.order


@asynccontextmanager
async def opened(sandbox: str, folder: Path, database_url: str) -> AsyncIterator[House]:
    """A house with a thousand dollars at each venue, which hears both."""
    database = Database(database_url, pool_size=4)
    async with httpx.AsyncClient(trust_env=False, verify=False) as client:
        house = House(sandbox, folder, client, database)
        await house.begin()
        works = (*house.executors.tasks(), house.reconciliation.keep_comparing(_nobody))
        tasks = [asyncio.create_task(work) for work in works]
        try:
            await until(lambda: all(gateway.counts.get("gaps_filled") for gateway in house.gateways.values()))
            yield house
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await house.end()
            await database.close()


async def _nobody(_: Mapping) -> None:
    pass
