"""The way to trade on paper: the same calls, states and reports as at the venue itself, and the time that they take."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

from app.domain.games import GameId
from app.domain.inputs import Traded
from app.domain.markets import ContractId, Handling, MarketId, VenueId
from app.domain.money import Money
from app.domain.orders import (
    AccountId,
    AccountKind,
    AtVenue,
    Fill,
    FillId,
    Order,
    OrderId,
    Prepared,
    Report,
    Standing,
)
from app.domain.positions import Position
from app.domain.prices import SECOND, Grid, Nanos
from app.errors import FeedUnavailable, OrderRejected, OutcomeUnknown
from app.ports import Books
from app.settings import PaperSettings
from app.venues.paper.exchanges import Exchange, Markets
from app.venues.paper.latencies import Latency, drawn
from app.venues.paper.purses import Purse
from app.venues.paper.queues import Outlook

Wait = Callable[[float], Awaitable[object]]


def nobody_knows(_: GameId) -> Nanos | None:
    """Where no schedule is told."""
    return None


class PaperGateway:
    """`balance`: the cash of an account as the ledger has it; `purse`: instead of it, the one that gateways of several
    venues share. `starts`: when a game begins. `wait`: lets so many seconds pass.

    It lives in the executor's process and ends with it: `restore` begins anew from what our own books say.
    """

    kind: AccountKind = "paper"

    def __init__(
        self,
        venue: VenueId,
        books: Books,
        now: Callable[[], Nanos],
        settings: PaperSettings,
        handling: Callable[[ContractId], Handling | None],
        grid: Callable[[MarketId], Grid | None],
        balance: Callable[[AccountId], Money],
        *,
        starts: Callable[[GameId], Nanos | None] = nobody_knows,
        purse: Purse | None = None,
        wait: Wait = asyncio.sleep,
    ) -> None:
        self.venue = venue
        self._now = now
        self._wait = wait
        self._purse = purse or Purse(balance)
        self._latency = Latency(*settings.latency_of(venue))
        self._exchange = Exchange(
            venue,
            Markets(books, handling, grid, starts),
            self._purse,
            fresh_within=round(settings.fresh * SECOND),
            queue_share=settings.queue_share,
        )
        self._coming: set[OrderId] = set()
        self._unanswered: set[AccountId] = set()  # whose next order gets no answer
        self._listeners: list[Callable[[Report], object]] = []
        self._stirred = asyncio.Event()  # something may be due earlier than it was
        self._counts: Counter[str] = Counter()

    @property
    def counts(self) -> Mapping[str, int]:
        return self._counts

    @property
    def trouble(self) -> str:
        return ""

    # What is asked

    async def be_tried(self, within: float) -> None:
        """There is nobody to try."""

    def prepare(self, order: Order) -> Prepared:
        self._exchange.check(order)
        return Prepared(order, "", b"")

    async def submit(self, prepared: Prepared) -> Report:
        """One that is cancelled before it has arrived was never there."""
        order = prepared.order
        self._counts["submitted"] += 1
        if order.id in self._coming:
            raise self._refused(OrderRejected("duplicate order id"))
        self._coming.add(order.id)
        try:
            await self._travel(f"submit {order.id}")
        finally:
            self._coming.discard(order.id)
        self._tell(self._exchange.pass_time(self._now()))
        try:
            report = self._exchange.arrive(order, self._now())
        except OrderRejected as rejected:
            raise self._refused(rejected) from None
        self._count(report)
        self._stirred.set()
        if order.account in self._unanswered:
            self._unanswered.discard(order.account)
            raise OutcomeUnknown("the answer was lost, as a drill asked")
        return report

    async def cancel(self, standing: Standing) -> Report:
        await self._travel(f"cancel {standing.order.id} {standing.last.number}")
        self._tell(self._exchange.pass_time(self._now()))
        self._counts["cancels"] += 1
        return self._exchange.cancel(standing.order.id, self._now())

    async def cancel_all(self, account: AccountId) -> None:
        await self._travel(f"cancel all {account} {self._counts['sweeps']}")
        self._counts["sweeps"] += 1
        self._tell(self._exchange.cancel_all(account, self._now()))

    async def look_up(self, standing: Standing) -> Report | None:
        if standing.order.id in self._coming:
            raise FeedUnavailable("the order is on its way")
        self._tell(self._exchange.pass_time(self._now()))
        return self._exchange.find(standing.order.id, self._now())

    async def at_venue(self, account: AccountId, since: Nanos) -> AtVenue:
        """Its balance is the ledger's own: paper money lies nowhere else."""
        now, exchange = self._now(), self._exchange
        self._tell(exchange.pass_time(now))
        return AtVenue(
            orders=exchange.open_orders(account, now),
            fills=exchange.fills(account, since),
            positions=exchange.positions(account),
            balance=self._purse.cash(account),
            asked_at=now,
        )

    async def hear(self, told: Callable[[Report], object]) -> None:
        """What is due is done here, to the moment, and what rests is looked at each second."""
        self._listeners.append(told)
        try:
            while True:
                now = self._now()
                self.tick(now)
                self._stirred.clear()
                due = self._exchange.due(now)
                seconds = None if due is None else (due - now) / SECOND
                with suppress(TimeoutError):
                    async with asyncio.timeout(seconds):
                        await self._stirred.wait()
        finally:
            self._listeners.remove(told)

    # What it is told by the process that it lives in

    def touch(self, contract_id: ContractId) -> None:
        """The book of this contract has moved."""
        self._tell(self._exchange.touch(contract_id, self._now()))

    def note_trade(self, told: Traded) -> None:
        """Others have traded."""
        self._tell(self._exchange.trade(told, self._now()))

    def tick(self, now: Nanos) -> None:
        """Time passes. Every book in which something rests is looked at, too."""
        self._tell(self._exchange.pass_time(now))
        self._tell(self._exchange.look_round(now))

    def note_booked(self, fill_id: FillId) -> None:
        """The ledger has this fill, so its cash is that much less. Where nobody says so, that is believed after two
        seconds."""
        self._purse.note_booked(fill_id)

    def settle(self, account: AccountId, contract_id: ContractId) -> None:
        """The executor has booked a settlement: the contracts are gone, and what rests there."""
        self._tell(self._exchange.settle(account, contract_id, self._now()))

    def reset(self, account: AccountId) -> None:
        """A paper account begins anew: the ledger has taken its positions away."""
        self._unanswered.discard(account)
        self._tell(self._exchange.reset(account, self._now()))

    def restore(self, standings: Iterable[Standing], fills: Iterable[Fill], positions: Iterable[Position]) -> None:
        """Begin with what our books say: orders of any state, their fills, positions. Other venues' are passed over."""
        self._exchange.restore(standings, fills, positions)
        self._stirred.set()

    def lose_answer(self, account: AccountId) -> None:
        """A drill: the next order of this account that is taken gets no answer."""
        self._unanswered.add(account)

    # What it can be asked besides

    def outlooks(self) -> Iterator[Outlook]:
        """Of every order that has rested: what it got, and what it would have got of other markets."""
        return self._exchange.outlooks(self._now())

    async def _travel(self, name: str) -> None:
        if nanos := drawn(self._latency, name):
            await self._wait(nanos / SECOND)

    def _refused(self, rejected: OrderRejected) -> OrderRejected:
        self._counts[f"refused: {str(rejected).partition(':')[0]}"] += 1
        return rejected

    def _tell(self, reports: Sequence[Report]) -> None:
        for report in reports:
            self._count(report)
            for listener in tuple(self._listeners):
                listener(report)

    def _count(self, report: Report) -> None:
        self._counts[report.state] += 1
        self._counts["fills"] += len(report.fills)
