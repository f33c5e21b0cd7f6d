"""A process that forks others one after another: each does a piece of an executor's work, and may die by kill -9 in any
moment in which it waits. `python -m tests.app.executor.crashing`: a job a line in, what came of it a line out.

Where it waits is not written down anywhere: the work is stepped through, and every await that gives up the processor is
one place before which (its request is on its way) and one after which (its answer is here) it may die.
"""

import asyncio
import os
import select
import signal
import sys
import time
from collections.abc import Coroutine, Generator
from typing import Any, Literal

import httpx
import msgspec

from app.clock import wall_clock
from app.domain.games import GameId
from app.domain.leagues import LeagueCode
from app.domain.markets import ContractId, MarketId
from app.domain.money import ONE_DOLLAR, Money, Price, Size
from app.domain.orders import AccountId, Order, OrderId, Report, Standing, TradeId
from app.domain.positions import Settlement
from app.domain.prices import SECOND, Nanos
from app.domain.signals import SignalId
from app.execution.trades import Plan, PlannedLeg
from app.executor import desks
from app.executor.desks import Desk
from app.executor.reconciling import Reconciliation
from app.executor.trading import NO_MARKET, Market, Trading
from app.history.accounts import open_account, take_seat
from app.history.database import Database
from app.history.ledger import Ledger, balances
from app.history.orders import Journal
from app.venues.kalshi import gateway as at_kalshi
from app.venues.known_orders import KnownOrders
from app.venues.polymarket import gateway as at_polymarket
from tests.app.executor.members import FEES, HANDLINGS, LEAST, WHOLE, Membership, open_gateway
from tests.app.history.trading import unbalanced

Path_ = Literal["submit", "cancel", "fill", "settle", "trade", "recover"]

ACCOUNT = AccountId("live")
ENDS_WITHIN = 20.0  # seconds
SHOWN_WITHIN = SECOND // 4


class Job(msgspec.Struct):
    """`die_at`: the place of death; 0: it lives. `database`, `member`: where."""

    path: Path_
    name: str
    die_at: int
    database: str
    member: Membership


class Came(msgspec.Struct):
    """What came of a job. `places`: where it may die."""

    was_killed: bool = False
    places: int = 0
    orders: dict[str, tuple[str, int]] = {}
    fills: list[str] = []
    at_venue: list[str] = []
    differences: list[str] = []
    unbalanced: list[str] = []
    realised: int = 0
    trouble: str = ""


class Stepped:
    """Steps through a piece of work, and dies where it is told to."""

    def __init__(self, work: Coroutine[Any, Any, object], die_at: int) -> None:
        self.places = 0
        self._work = work
        self._die_at = die_at

    def __await__(self) -> Generator[Any, Any, object]:
        steps, error = self._work.__await__(), None
        while True:
            try:
                waited_for = steps.send(None) if error is None else steps.throw(error)
            except StopIteration as ended:
                return ended.value
            self._be_at_a_place()
            try:
                yield waited_for
                error = None
            except BaseException as raised:  # it is the work's own to handle
                error = raised
            self._be_at_a_place()

    def _be_at_a_place(self) -> None:
        self.places += 1
        if self.places == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)


class Work:
    """An executor with one account at a venue, which is simulated."""

    def __init__(self, job: Job, client: httpx.AsyncClient) -> None:
        self.job = job
        self.member = job.member
        self.size = LEAST[self.member.venue]
        self.database = Database(job.database, pool_size=2)
        self.journal, self.ledger = Journal(self.database, "simulated"), Ledger(self.database, "simulated")
        self.gateway = open_gateway(job.member, client, KnownOrders(self._recall), self.now)

    def now(self) -> Nanos:
        return Nanos(time.time_ns())

    async def sit_down(self) -> Desk:
        await open_account(self.database, ACCOUNT, "live", "", "tests", wall_clock())
        seat = await take_seat(self.database, ACCOUNT, "tests", wall_clock())
        await self.gateway._be_tried()  # the venue is tried once, before the first order: that is not of the path
        desk = Desk(seat, self.journal, self.ledger, {self.member.venue: self.gateway}, self.now, lambda _: None)
        await desk.recover()
        return desk

    def order(self, name: str = "", cents: int = 42, **given: object) -> Order:
        now, member = self.now(), self.member
        wanted = Order(
            id=OrderId(name or self.job.name),
            account=ACCOUNT,
            kind="live",
            venue=member.venue,
            market_id=MarketId(member.markets[0]),
            contract_id=ContractId(member.contracts[0]),
            game_id=GameId("1"),
            league=LeagueCode("nba"),
            side="buy",
            limit=Price(cents * 100),
            size=self.size,
            time_in_force="ioc",
            purpose="entry",
            trade_id=TradeId(self.job.name),
            quoted=Price(cents * 100),
            fees=FEES[member.venue],
            wanted_at=now,
            send_before=Nanos(now + 20 * SECOND),
        )
        return msgspec.structs.replace(wanted, **given)

    async def step(self, work: Coroutine[Any, Any, object]) -> int:
        stepped = Stepped(work, self.job.die_at)
        await stepped
        return stepped.places

    async def submit(self) -> Came:
        desk = await self.sit_down()
        return Came(places=await self.step(desk.place(self.order())))

    async def cancel(self) -> Came:
        desk = await self.sit_down()
        await desk.place(self.order(cents=20, time_in_force="gtc"))
        return Came(places=await self.step(desk.cancel(OrderId(self.job.name), "enough")))

    async def fill(self) -> Came:
        """The venue says that an order which was thought to rest was filled."""
        desk = await self.sit_down()
        order = self.order()
        prepared = self.gateway.prepare(order)
        await desk._intend(order, prepared.ref, None)
        await self.gateway.submit(prepared)
        report = await self.gateway.look_up(Standing(order, desk.unsettled[-1].last))
        assert report is not None
        assert report.fills
        return Came(places=await self.step(desk.take(report)))

    async def settle(self) -> Came:
        """A contract of its own: a venue pays once."""
        desk = await self.sit_down()
        order = self.order(contract_id=f"{self.member.venue}:{self.job.name}:yes")
        await desk._intend(order, "", None)
        name = f"{order.venue}:{order.id}"
        fill = {"id": name, "order_id": order.id, "price": 4_200, "size": order.size, "fee": 20_000}
        moments = {"venue_time": self.now(), "received_at": self.now()}
        told = {"order_id": order.id, "state": "filled", "at": self.now(), "filled": order.size}
        await desk.take(msgspec.convert({**told, "fills": [{**fill, **moments}]}, Report))
        return Came(places=await self.step(desk.settle(self.paid(order.contract_id))))

    def paid(self, contract_id: ContractId) -> Settlement:
        return Settlement(account=ACCOUNT, contract_id=contract_id, pays=ONE_DOLLAR, size=self.size, at=self.now())

    async def trade(self) -> Came:
        desk = await self.sit_down()
        trading = self.trading(desk)
        plan = self.plan()
        trading._orders[plan.trade_id] = []
        return Came(places=await self.step(trading._carry_out(plan, None)))

    async def recover(self) -> Came:
        """Begin as any executor does after another has died, and go on until all is settled and the same."""
        desk = await self.sit_down()
        trading = self.trading(desk)
        trades = await self.journal.open_trades(ACCOUNT)
        recalled = [*desk.unsettled, *await desk.recall([trade.id for trade in trades])]
        trading.go_on(trades, recalled)
        reconciliation = Reconciliation(lambda: [(desk, "paper")], self.now, self.journal.fills_between)
        async with asyncio.timeout(ENDS_WITHIN):
            while trading.under_way or any(_is_open(each) for each in desk.unsettled):
                await desk.ask()
                fallen = trading.fallen()
                if fallen is not None:
                    raise fallen
                await asyncio.sleep(0.05)
        for contract_id in list(self.ledger.positions(ACCOUNT)):
            if "settle" in contract_id:
                await desk.settle(self.paid(contract_id))  # whoever comes next is told of it again
        await reconciliation.compare()
        await reconciliation.compare()
        return await self.found(desk, reconciliation)

    async def found(self, desk: Desk, reconciliation: Reconciliation) -> Came:
        theirs = await self.gateway.at_venue(ACCOUNT, Nanos(0))
        rows = await self.database.run("SELECT id, state, (filled * 1000000)::bigint FROM orders", *())
        fills = await self.database.run("SELECT id FROM fills WHERE stage <> 'undone'", *())
        return Came(
            orders={str(name): (str(state), int(str(filled))) for name, state, filled in rows},
            fills=sorted(str(row[0]) for row in fills),
            at_venue=sorted(str(fill.id) for fill in theirs.fills),
            differences=[
                difference.words for each in reconciliation.results.values() for difference in each.differences
            ],
            unbalanced=await unbalanced(self.database),
            realised=(await balances(self.database, ACCOUNT)).realised,
        )

    def trading(self, desk: Desk) -> Trading:
        def market(contract_id: ContractId) -> Market:
            return NO_MARKET._replace(bid=Price(3_800))

        return Trading(desk, "live", market, lambda _: None, lambda: Price(8_500), lambda _: None)

    def plan(self) -> Plan:
        member = self.member
        legs = tuple(
            PlannedLeg(
                contract_id=ContractId(contract),
                venue=member.venue,
                market_id=MarketId(market),
                quoted=Price(4_300),
                limit=Price(4_300),
                fees=FEES[member.venue],
                handling=HANDLINGS[member.venue],
            )
            for contract, market in zip(member.contracts, member.markets, strict=True)
        )
        return Plan(
            trade_id=TradeId(self.job.name),
            signal_id=SignalId(self.job.name),
            account=ACCOUNT,
            kind="live",
            game_id=GameId("1"),
            league=LeagueCode("nba"),
            detector="complement",
            size=Size(2 * self.size),
            worth=Money(WHOLE),
            legs=legs,
            began_at=self.now(),
        )

    async def _recall(self, name: str) -> Order | None:
        found = await self.journal.find(OrderId(name)) or await self.journal.find_ref(name)
        return None if found is None else found.order


def _is_open(standing: Standing) -> bool:
    """Not one that may rest for days."""
    return standing.order.time_in_force == "ioc" or standing.last.state in ("sending", "unknown")


async def done(job: Job) -> Came:
    """Do it."""
    async with httpx.AsyncClient(trust_env=False, verify=False) as client:  # quicker to open, and all is loopback
        work = Work(job, client)
        try:
            came: Came = await getattr(work, job.path)()
        finally:
            await work.database.close()
        return came


def lived(job: Job) -> Came:
    """Do it here."""
    try:
        return asyncio.run(done(job))
    except BaseException as error:  # it is told over the pipe
        return Came(trouble=f"{type(error).__name__}: {error}")


def forked(job: Job) -> Came:
    """Do it in a process of its own, which may die."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        os.write(writing, msgspec.json.encode(lived(job)))
        os._exit(0)
    os.close(writing)
    told = b""
    while select.select([reading], [], [], 60)[0] and (piece := os.read(reading, 65_536)):
        told += piece
    os.close(reading)
    _, status = os.waitpid(child, 0)
    came = msgspec.json.decode(told, type=Came) if told else Came()
    came.was_killed = os.WIFSIGNALED(status)
    return came


if __name__ == "__main__":
    desks.NEVER_ARRIVED_AFTER = SHOWN_WITHIN
    at_kalshi.SHOWN_WITHIN = at_polymarket.SHOWN_WITHIN = SHOWN_WITHIN  # these venues show what they have at once
    for line in sys.stdin:
        job = msgspec.json.decode(line, type=Job)
        # A path is gone whole before anyone dies on it: done here, what is made at its first use is there for all.
        came = forked(job) if job.die_at or job.path == "recover" else lived(job)
        print(msgspec.json.encode(came).decode(), flush=True)
