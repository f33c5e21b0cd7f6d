"""Everything that is executed in one process: each account with its own desk, trades and instructions.

Whoever takes the seats of the accounts asks first what became of everything that was left; nothing is sent before.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from app.domain.instructions import Instruction
from app.domain.markets import ContractId, VenueId
from app.domain.money import Price
from app.domain.orders import AccountId, AccountKind, Order, Report, Standing
from app.domain.prices import Nanos
from app.domain.signals import Signal
from app.errors import FeedError, HistoryUnavailable, OrderError
from app.executor.desks import Desk
from app.executor.news import News
from app.executor.obeying import Done, Facts, Obeying
from app.executor.stores import Journal, Ledger
from app.executor.trading import Market, Outcome, Trading
from app.history.accounts import Seat
from app.ports import Gateway

TRIES_EVERY = 0.5  # seconds, while Postgres is away
ASK_EVERY = 0.5  # seconds
CANCEL_WITHIN = 5.0  # seconds that a venue has to answer when everything is taken back

NOBODYS = {"trace": "", "account": ""}  # in the log: whose order it is has yet to be found out

log = logging.getLogger(__name__)


class Means(NamedTuple):
    """What executing needs. `refusal`: why somebody may not buy this now; `may_open`: the same of a signal. `most`:
    what may be paid for a contract at all. `ended`: hears how trades end; `begin_anew`: hears of paper accounts that
    have begun anew; `lose_answer`: of those whose next order is to get no answer, where there are drills."""

    journal: Journal
    ledger: Ledger
    gateways: Mapping[tuple[AccountKind, VenueId], Gateway]
    now: Callable[[], Nanos]
    facts: Callable[[ContractId], Facts | None]
    market: Callable[[ContractId], Market]
    refusal: Callable[[Order], str | None]
    may_open: Callable[[Signal], str | None]
    most: Callable[[], Price]
    tell: Callable[[News], object]
    begin_anew: Callable[[AccountId], object]
    ended: Callable[[Outcome], object]
    lose_answer: Callable[[AccountId], object] = lambda _: None


class Account(NamedTuple):
    """One account in our hands."""

    kind: AccountKind
    desk: Desk
    trading: Trading
    obeying: Obeying


class Executors:
    """The accounts of one process."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._accounts: dict[AccountId, Account] = {}
        self._reports: asyncio.Queue[Report] = asyncio.Queue()

    @property
    def accounts(self) -> Mapping[AccountId, Account]:
        return self._accounts

    @property
    def unsettled(self) -> Sequence[Standing]:
        return [standing for account in self._accounts.values() for standing in account.desk.unsettled]

    async def take_over(self, seat: Seat, kind: AccountKind, restore: Callable[[Desk], object]) -> None:
        """An account is ours from now on: know what is open, go on with what was begun. `restore`: is shown the desk
        before anything goes on. Raises HistoryUnavailable."""
        means = self._means
        gateways = {venue: each for (of_kind, venue), each in means.gateways.items() if of_kind == kind}
        desk = Desk(seat, means.journal, means.ledger, gateways, means.now, means.tell)
        left = await desk.recover()
        restore(desk)
        trading = Trading(desk, kind, means.market, means.may_open, means.most, means.ended)
        obeying = Obeying(desk, kind, means.facts, means.market, means.refusal, means.begin_anew, means.lose_answer)
        self._accounts[seat.account] = Account(kind, desk, trading, obeying)
        trades = await means.journal.open_trades(seat.account)
        trading.go_on(trades, [*left, *await desk.recall([trade.id for trade in trades])])

    def trade(self, signal: Signal, by: AccountId) -> bool:
        """Trade a signal; False when that is under way already, or when the account is none of ours."""
        account = self._accounts.get(by)
        return account is not None and account.trading.begin(signal)

    async def obey(self, wanted: Instruction) -> Done | None:
        """Carry an instruction out; None: its account is not in our hands. Raises HistoryUnavailable, Superseded."""
        account = self._accounts.get(wanted.account)
        return None if account is None else await account.obeying.obey(wanted)

    def hear(self, report: Report) -> None:
        """What a venue tells by itself, at any time."""
        self._reports.put_nowait(report)

    async def keep_hearing(self) -> None:
        """Take in what was heard, until cancelled; over every absence of Postgres nothing is lost."""
        while True:
            report = await self._reports.get()
            is_taken = await self._is_taken(report)
            while not is_taken:
                await asyncio.sleep(TRIES_EVERY)
                is_taken = await self._is_taken(report)

    async def cancel_resting(self, is_meant: Callable[[Order], bool], reason: str) -> tuple[int, int]:
        """Take back every order that rests and is meant; how many of them are gone, and how many are not."""
        resting = [
            (account.desk, standing)
            for account in self._accounts.values()
            for standing in account.desk.unsettled
            if standing.last.state in ("open", "partly_filled") and is_meant(standing.order)
        ]
        gone = await asyncio.gather(*(_taken_back(desk, standing, reason) for desk, standing in resting))
        return sum(gone), len(gone) - sum(gone)

    async def end(self) -> None:
        """Leave everything as it is, for whoever comes next."""
        await asyncio.gather(*(account.trading.end() for account in self._accounts.values()))
        self._accounts.clear()

    def tasks(self) -> Sequence[Coroutine[object, object, None]]:
        """What runs beside: hearing venues and asking them."""
        hearing = [gateway.hear(self.hear) for gateway in self._means.gateways.values()]
        return [*hearing, self.keep_hearing(), self.keep_asking()]

    async def keep_asking(self) -> None:
        """About orders of which nobody knows what became of them, until cancelled."""
        while True:
            await asyncio.gather(*(account.desk.ask() for account in self._accounts.values()))
            await asyncio.sleep(ASK_EVERY)

    def raise_fallen(self) -> None:
        """What a trade fell over: another process has its account, or a mistake of ours."""
        for account in self._accounts.values():
            fallen = account.trading.fallen()
            if fallen is not None:
                raise fallen

    async def _is_taken(self, report: Report) -> bool:
        try:
            for account in self._accounts.values():
                if await account.desk.take(report):
                    return True
        except HistoryUnavailable as error:
            log.warning("what a venue told waits", extra={**NOBODYS, "order": report.order_id, "error": str(error)})
            return False
        log.warning("an order of nobody here", extra={**NOBODYS, "order": report.order_id, "ref": report.ref})
        return True


async def _taken_back(desk: Desk, standing: Standing, reason: str) -> bool:
    with suppress(OrderError, FeedError, TimeoutError):
        async with asyncio.timeout(CANCEL_WITHIN):
            return (await desk.cancel(standing.order.id, reason)).is_settled
    return False
