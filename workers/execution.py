"""Carries out signals and instructions, one process at a time by its lock; each account's seat and fence see to it that
a process which was paused writes nothing more.

In this process signals come straight from the core. What others ask for is a row in Postgres.
"""

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import AsyncGenerator, Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import suppress
from functools import partial

import httpx

from app.domain.decisions import Decision
from app.domain.games import GameId
from app.domain.inputs import Traded
from app.domain.instructions import Instruction
from app.domain.markets import ContractId
from app.domain.operations import Round
from app.domain.orders import AccountId, AccountKind, Order
from app.domain.prices import Quote
from app.domain.risks import Halt
from app.domain.signals import Judged, Signal
from app.errors import HistoryUnavailable, HotStoreUnavailable
from app.execution.controls import covers
from app.executor.desks import Desk
from app.executor.executors import Executors, Means
from app.executor.gateways import paper_gateways
from app.executor.markets import Markets
from app.executor.news import News
from app.executor.reconciling import Pair, Reconciled, Reconciliation
from app.executor.trading import Outcome
from app.history.accounts import list_accounts, take_seat
from app.history.deposits import open_default_accounts
from app.history.ledger import Ledger
from app.history.orders import Journal
from app.history.queries import recorded_contracts
from app.hot.reconciled import ReconciledShown
from app.resources import Resources
from app.venues.roster import direct_client
from workers.exposures import Exposures
from workers.instructed import Instructed
from workers.live_accounts import LIVE, LiveAccount
from workers.trading_updates import TradingUpdates
from workers.turns import under_way

EVERY = 1.0  # seconds
COUNTS_EVERY = 30.0  # seconds: new accounts and deposits are told of, and told of in vain while Redis is away
HALTS_EVERY = 0.02  # seconds
HALTED_AGAIN = 0.5  # seconds, when a venue lets an order not go
ENDS_WITHIN = 2.0  # seconds

log = logging.getLogger(__name__)


async def execution(resources: Resources) -> AsyncGenerator[Round]:
    """Take every account over, and give them back when another process is to have them."""
    async with direct_client() as client:
        work = Execution(resources, client)
        try:
            await work.begin()
            async with under_way(work.tasks()) as tasks:
                while True:
                    yield work.report()
                    fallen, _ = await asyncio.wait(tasks, timeout=EVERY, return_when=asyncio.FIRST_COMPLETED)
                    for task in fallen:
                        task.result()  # raises what it fell over
                    await work.look()
        finally:
            await work.end()


class Execution:
    """What one process executes."""

    def __init__(self, resources: Resources, client: httpx.AsyncClient) -> None:
        self._resources = resources
        self._intake = resources.intake
        world = resources.settings.simulation.world
        journal, self._ledger = Journal(resources.history, world), Ledger(resources.history, world)
        self._journal = journal
        self._markets = Markets(resources.intake.pipeline, self._ledger)
        venues = [venue.venue for venue in resources.venues]
        self._paper = paper_gateways(venues, self._markets, self._ledger, self._intake, resources.settings.paper)
        self._live = LiveAccount(resources, client, journal, self._ledger, self._markets)
        self._updates = TradingUpdates(resources)
        self._exposures = Exposures(resources.history, self._ledger)
        self._executors = Executors(self._means(journal))
        self._instructed = Instructed(resources, self._executors, self.look_at, self.know_what_is_meant)
        self._taking = asyncio.Lock()  # nobody takes a seat twice
        self._reconciliation = Reconciliation(self._desks, self._intake.now, journal.fills_between)
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._done = Round()
        self._stops: Sequence[Callable[[], None]] = ()

    def _means(self, journal: Journal) -> Means:
        return Means(
            journal=journal,
            ledger=self._ledger,
            gateways={(each.kind, each.venue): each for each in (*self._paper, *self._live.gateways)},
            now=self._intake.now,
            facts=self._markets.facts,
            market=self._markets.market,
            refusal=self._markets.refusal,
            may_open=self._may_open,
            most=lambda: self._intake.pipeline.desk.limits.max_entry_price,
            tell=self._tell,
            begin_anew=self._begin_anew,
            lose_answer=self._lose_answer,
            ended=self._end_trade,
        )

    async def begin(self) -> None:
        """Open the accounts that everybody has, and sit down at all. Raises HistoryUnavailable."""
        at, limits = self._resources.clock(), self._intake.pipeline.desk.limits
        await open_default_accounts(self._resources.history, limits, at)
        await self._live.open()
        await self.take_new_accounts()
        intake = self._intake
        self._stops = (intake.heed(self.hear), intake.overhear(Traded, self.note_trade))

    async def take_new_accounts(self) -> None:
        """Those that were opened since. Raises HistoryUnavailable."""
        history = self._resources.history
        async with self._taking:
            for row in await list_accounts(history):
                kind: AccountKind = "live" if row.kind == "live" else "paper"
                is_ours = kind == "paper" or bool(self._live.gateways)
                if row.id not in self._executors.accounts and is_ours and row.closed_at is None:
                    seat = await take_seat(history, AccountId(row.id), self._holder, self._resources.clock())
                    await self._exposures.recall(seat.account)
                    trades = await self._journal.open_trades(seat.account)
                    await self._resources.followings.know({GameId(trade.game_id) for trade in trades})
                    await self._executors.take_over(seat, kind, self._restore_paper)

    async def look_at(self, accounts: Collection[AccountId]) -> None:
        """Take over those that are new, and count the money of the others. Raises HistoryUnavailable."""
        known = [account for account in accounts if account in self._executors.accounts]
        if len(known) < len(accounts):
            await self.take_new_accounts()
        for account in known:
            await self._ledger.hear_deposits(account)

    async def know_what_is_meant(self, wanted: Instruction) -> None:
        """The game of the contract that somebody names, if nobody here knows it yet. Raises HistoryUnavailable."""
        contract_id = ContractId(str(wanted.body.get("contract_id", "")))
        if contract_id and self._markets.facts(contract_id) is None:
            links = await recorded_contracts(self._resources.history, [contract_id])
            await self._resources.followings.know({link.game_id for link in links.values()})

    async def keep_counting(self) -> None:
        """Every account now and then, until cancelled: what nobody told of."""
        while True:
            with suppress(HistoryUnavailable):
                await self.take_new_accounts()
                await self.look_at(list(self._executors.accounts))
            await asyncio.sleep(COUNTS_EVERY)

    def hear(self, decision: Decision) -> None:
        """In the midst of the core's work."""
        if type(decision) is Quote:
            for gateway in self._paper:
                gateway.touch(decision.contract_id)
        elif type(decision) is Judged and decision.stage == "sent" and decision.is_final:
            by = self._live.stands_in_for(decision.signal.account)
            self._done.counts["signals"] += self._executors.trade(decision.signal, by)

    def note_trade(self, told: Traded) -> None:
        """Others have traded: orders on paper may have had their turn."""
        for gateway in self._paper:
            gateway.note_trade(told)

    def tasks(self) -> Sequence[Coroutine[object, object, None]]:
        """What runs beside."""
        return (
            *self._executors.tasks(),
            self._instructed.keep_hearing(),
            self._instructed.keep_looking(),
            self._updates.box.run(),
            self._reconciliation.keep_comparing(self._tell_reconciled),
            self.keep_halting(),
            self.keep_counting(),
        )

    async def keep_halting(self) -> None:
        """Take back what rests wherever something is halted, at once, and what comes to rest there later: it was on its
        way."""
        desk = self._intake.pipeline.desk
        while True:
            left = 0
            if desk.is_told and desk.halts:
                gone, left = await self._executors.cancel_resting(partial(_is_halted, desk.halts), "halted")
                self._done.counts["taken_back"] += gone
            await asyncio.sleep(HALTED_AGAIN if left else HALTS_EVERY)

    async def look(self) -> None:
        """What has fallen, and what is exposed."""
        self._executors.raise_fallen()
        self._instructed.raise_fallen()
        self._resources.followings.want({each.order.game_id for each in self._executors.unsettled})
        await self._live.look()
        await self._exposures.look(self._intake.now())

    def report(self) -> Round:
        """What was done since the last one."""
        done, self._done = self._done, Round()
        done.counts["signals"] += 0
        done.counts["exposed_now"] = len(self._exposures)
        done.counts["unsettled"] = len(self._executors.unsettled)
        done.counts["instructions_in_all"] = self._instructed.done
        done.standing += [self._updates.box.trouble] if self._updates.box.trouble else []
        for each in self._reconciliation.results.values():
            done.standing += [difference.words for difference in each.differences]
        return done

    async def end(self) -> None:
        """Leave everything as it is."""
        for stop in self._stops:
            stop()
        await self._instructed.end()
        await self._executors.end()
        await self._updates.box.end(ENDS_WITHIN)

    def _desks(self) -> Sequence[tuple[Desk, AccountKind]]:
        return [(account.desk, account.kind) for account in self._executors.accounts.values()]

    def _restore_paper(self, desk: Desk) -> None:
        """A paper venue ends with its process: another begins with what our own books say."""
        if desk.account == LIVE:
            return
        fills = [fill for standing in desk.unsettled for fill in desk.fills_of(standing.order.id)]
        for gateway in self._paper:
            gateway.restore(desk.unsettled, fills, self._ledger.positions(desk.account).values())

    def _may_open(self, signal: Signal) -> str | None:
        return self._markets.may_open(signal, self._intake.now()) or self._exposures.blocks(signal)

    def _end_trade(self, outcome: Outcome) -> None:
        self._done.counts[outcome.status] += 1
        if outcome.status == "exposed":
            self._exposures.note(outcome)
        plan = outcome.plan
        words = {"trace": plan.trade_id, "account": plan.account, "status": outcome.status, "held": outcome.held}
        log.log(logging.WARNING if outcome.status == "exposed" else logging.INFO, "trade ended", extra=words)

    async def _tell_reconciled(self, results: Mapping[Pair, Reconciled]) -> None:
        found = {
            f"{each.account} at {each.venue}": [
                *(difference.words for difference in each.differences),
                *([each.trouble] if each.trouble else []),
            ]
            for each in results.values()
            if not each.is_clean
        }
        shown = ReconciledShown(bool(results) and not found, self._intake.now(), found)
        with suppress(HotStoreUnavailable):  # it is told again in ten seconds
            await self._resources.hot.save_reconciled(shown)

    def _tell(self, news: News) -> None:
        self._updates.tell(news)
        for gateway in self._paper:
            if news.fill is not None:
                gateway.note_booked(news.fill.id)
            elif news.standing is None and news.position is not None:
                gateway.settle(news.position.account, news.position.contract_id)

    def _begin_anew(self, account: AccountId) -> None:
        for gateway in self._paper:
            gateway.reset(account)

    def _lose_answer(self, account: AccountId) -> None:
        for gateway in self._paper:
            gateway.lose_answer(account)


def _is_halted(halts: Sequence[Halt], order: Order) -> bool:
    return any(covers(halt, order) for halt in halts)
