"""One account's orders. Whatever happens to one of them goes through here, one thing after the other, and is durable
before anybody is told of it.

An order is written down before it is sent, and never sent again: of one whose answer is lost the venue is asked. What
is told of it may come twice, late, in any order and over several ways; it counts once, by the fill's own name.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import msgspec

from app.domain.fees import FeeSchedule
from app.domain.markets import ContractId, VenueId
from app.domain.money import Size
from app.domain.orders import (
    AccountId,
    Fill,
    FillId,
    Order,
    OrderChange,
    OrderId,
    Prepared,
    Report,
    Standing,
    State,
    TradeId,
)
from app.domain.positions import Settlement
from app.domain.prices import SECOND, Nanos
from app.domain.signals import Detector
from app.errors import FeedError, OrderRejected, OutcomeUnknown, Unavailable
from app.execution.journals import advanced, first_standing, moved
from app.executor.news import News, named
from app.executor.stores import Journal, Ledger
from app.history.accounts import Seat
from app.history.trades import Trade
from app.ports import Gateway

NEVER_ARRIVED_AFTER = 5 * SECOND  # from the wish: what no venue knows then it never had
USUAL_FEES = FeeSchedule(taker=70_000, step=10_000, source="nobody remembers what was charged")
STOPPED_FOR = 10 * SECOND  # the core hears of a loss within a second or two, and cools down then
SETTLED_KEPT = 5_000  # orders that are remembered although nothing more is expected of them

log = logging.getLogger(__name__)


class Desk:
    """The orders of one account, under one seat. `tell` hears of everything that was written down."""

    def __init__(
        self,
        seat: Seat,
        journal: Journal,
        ledger: Ledger,
        gateways: Mapping[VenueId, Gateway],
        now: Callable[[], Nanos],
        tell: Callable[[News], object],
    ) -> None:
        self.seat = seat
        self.ledger = ledger
        self.gateways = gateways
        self.now = now
        self._journal = journal
        self._tell = tell
        self._orders: dict[OrderId, Standing] = {}
        self._by_ref: dict[str, OrderId] = {}
        self._fills: defaultdict[OrderId, dict[FillId, Fill]] = defaultdict(dict)
        self._detectors: dict[OrderId, Detector | None] = {}
        self._sent_at: dict[OrderId, Nanos] = {}
        self._in_flight: set[OrderId] = set()
        self._incomplete: set[OrderId] = set()  # the venue says more of them than their fills do
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)  # of each order: one word at a time
        self._stopped_at: dict[ContractId, Nanos] = {}  # a stop sold it last
        self._changed = asyncio.Event()

    @property
    def account(self) -> AccountId:
        return self.seat.account

    @property
    def unsettled(self) -> Sequence[Standing]:
        """Orders of which something may still come."""
        return [standing for standing in self._orders.values() if not standing.is_settled]

    def standing(self, order_id: OrderId) -> Standing | None:
        """As it is known here; None of one that was settled long ago."""
        return self._orders.get(order_id)

    def of_trade(self, orders: Sequence[OrderId]) -> Sequence[Standing]:
        """How these stand."""
        return [self._orders[name] for name in orders]

    async def recover(self) -> Sequence[Standing]:
        """Take over what another executor of this account has left: everything that is not settled. Raises
        HistoryUnavailable."""
        await self.ledger.load(self.account)
        await self._recall(await self._journal.unsettled(self.account))
        return self.unsettled

    async def recall(self, trades: Sequence[TradeId]) -> Sequence[Standing]:
        """The settled orders of these trades. Raises HistoryUnavailable."""
        found = [each for each in await self._journal.orders_of(trades) if each.is_settled]
        await self._recall(found)
        return found

    async def settle(self, settlement: Settlement) -> None:
        """A venue has paid. Raises HistoryUnavailable, Superseded."""
        position = await self.ledger.settle(self.seat, settlement)
        if position is not None:
            self._say(News(None, None, position))

    async def finish_trade(self, trade_id: TradeId, status: str, held: Sequence[Size]) -> None:
        """How a trade has ended. Raises HistoryUnavailable, Superseded."""
        await self._journal.finish_trade(self.seat, trade_id, status, {"held": list(held)}, self.now())

    def standing_of(self, name: str) -> Standing | None:
        """By our name, or by the venue's."""
        return self._orders.get(OrderId(name)) or self._orders.get(self._by_ref.get(name, OrderId("")))

    async def booked_among(self, fills: Sequence[FillId]) -> frozenset[FillId]:
        """Those of them that are booked. Raises HistoryUnavailable."""
        here = {fill for of_order in self._fills.values() for fill in of_order}
        others = [fill for fill in fills if fill not in here]
        return frozenset(here.intersection(fills)) | await self._journal.booked_among(others)

    async def take_fill(self, fill: Fill) -> None:
        """A fill of which nothing was heard in time: that it is there, or that it was undone. Raises
        HistoryUnavailable."""
        standing = self.standing_of(fill.order_id) or await self._journal.find(fill.order_id)
        if standing is not None:
            last = standing.last
            report = Report(order_id=fill.order_id, state=last.state, at=self.now(), fills=(fill,))
            await self.take(msgspec.structs.replace(report, filled=last.filled))

    async def take_back_stray(self, report: Report) -> None:
        """An order that is open at its venue, and is thought to be over here: nobody waits for it any more. Raises
        OrderRejected, FeedUnavailable, HistoryUnavailable."""
        standing = await self._named(report)
        if standing is not None:
            taken_back = await self._gateway(standing.order.venue).cancel(standing)
            await self.take(taken_back)

    def is_stopped_out(self, contract_id: ContractId) -> bool:
        """Whether a stop is selling it, or has a moment ago: the core does not know of the loss yet."""
        at = self._stopped_at.get(contract_id)
        return at is not None and 0 <= self.now() - at < STOPPED_FOR

    def fees_of(self, contract_id: ContractId) -> FeeSchedule:
        """What was charged for the contract when it was traded last; the usual rate where nobody remembers."""
        dealt = [each.order for each in self._orders.values() if each.order.contract_id == contract_id]
        return dealt[-1].fees if dealt else USUAL_FEES

    async def place(self, order: Order, detector: Detector | None = None, trade: Trade | None = None) -> Standing:
        """From the wish to the venue's answer, or to not knowing it. A wish that was written down before is not sent
        again. Raises HistoryUnavailable and Superseded, and then nothing was sent."""
        self._detectors[order.id] = detector
        gateway = self._gateway(order.venue)
        await gateway.be_tried((order.send_before - self.now()) / SECOND)
        try:
            prepared = gateway.prepare(order)
        except OrderRejected as error:
            await self._intend(order, "", trade)
            return await self._move(order.id, "rejected", str(error))
        if not await self._intend(order, prepared.ref, trade):
            return self._orders[order.id]
        if self.now() > order.send_before:
            return await self._move(order.id, "expired", "too late to be sent")
        await self._send(prepared)
        return self._orders[order.id]

    async def cancel(self, order_id: OrderId, reason: str) -> Standing:
        """Take back what is not filled. Raises OrderRejected when the venue does not let it go, FeedUnavailable."""
        standing = self._orders[order_id]
        if standing.is_settled:
            return standing
        try:
            report = await self._gateway(standing.order.venue).cancel(standing)
        except OutcomeUnknown as error:
            log.warning("a cancel was not answered", extra={**named(standing.order), "error": str(error)})
            return self._orders[order_id]
        await self.take(msgspec.structs.replace(report, reason=report.reason or reason))
        return self._orders[order_id]

    async def take(self, report: Report) -> bool:
        """What a venue says of an order, whenever and however often; False when it is none of this account. Raises
        HistoryUnavailable: tell it again."""
        found = await self._named(report)
        if found is not None:
            async with self._turns[found.order.id]:
                await self._book(self._orders.get(found.order.id, found), report)
        return found is not None

    async def ask_about(self, standing: Standing) -> None:
        """How it stands, by the venue's own word. Raises FeedError, HistoryUnavailable."""
        order = standing.order
        if (report := await self._gateway(order.venue).look_up(standing)) is not None:
            await self.take(report)
            if report.filled <= self._booked(order.id):
                self._incomplete.discard(order.id)
        elif self.now() - standing.last.at > NEVER_ARRIVED_AFTER:
            words = "the venue does not have it any more" if standing.last.ref else "it never arrived at the venue"
            gone = Report(order_id=order.id, state="cancelled", at=self.now(), reason=words)
            await self.take(msgspec.structs.replace(gone, filled=self._booked(order.id)))

    async def ask(self) -> None:
        """About every order of which nobody knows what became of it; over every absence of a venue."""
        for standing in self._doubtful():
            await self._ask(standing)

    async def _ask(self, standing: Standing) -> None:
        try:
            await self.ask_about(standing)
        except (FeedError, Unavailable) as error:
            log.warning("an order is not known of", extra={**named(standing.order), "error": str(error)})

    def fills_of(self, order_id: OrderId) -> Sequence[Fill]:
        """What is booked of an order that is known here."""
        return list(self._fills[order_id].values())

    async def wait(self, seconds: float) -> None:
        """Until something has changed here, or so long."""
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            pass

    def _gateway(self, venue: VenueId) -> Gateway:
        return self.gateways[venue]

    def _doubtful(self) -> Sequence[Standing]:
        asked = [
            standing
            for standing in self.unsettled
            if standing.order.id not in self._in_flight and _is_doubtful(standing, self.now())
        ]
        return [*asked, *(self._orders[name] for name in self._incomplete if self._orders[name] not in asked)]

    async def _intend(self, order: Order, ref: str, trade: Trade | None) -> bool:
        """Write down that it is about to be sent; False when that was done before."""
        async with self._turns[order.id]:
            first = first_standing(order, ref)
            is_new = await self._journal.intend(self.seat, first, trade)
            self._remember(first if is_new else await self._known(order))
            if is_new:
                self._say(News(first))
            return is_new

    async def _known(self, order: Order) -> Standing:
        found = self._orders.get(order.id) or await self._journal.find(order.id)
        assert found is not None  # it was there a moment ago, and none is ever taken away
        return found

    async def _send(self, prepared: Prepared) -> None:
        order = prepared.order
        self._in_flight.add(order.id)
        self._sent_at[order.id] = self.now()
        try:
            report = await self._gateway(order.venue).submit(prepared)
        except OrderRejected as error:
            await self._move(order.id, "rejected", str(error))
        except OutcomeUnknown as error:
            await self._move(order.id, "unknown", str(error))
        else:
            await self.take(report)
            if order.id in self._incomplete:  # some venues answer with a sum, and tell the fills elsewhere
                await self._ask(self._orders[order.id])
        finally:
            self._in_flight.discard(order.id)

    async def _move(self, order_id: OrderId, state: State, reason: str) -> Standing:
        """A change of our own; what the venue has said meanwhile stays."""
        async with self._turns[order_id]:
            standing = self._orders[order_id]
            is_sent = standing.last.state not in ("intent", "sending", "unknown")
            if not is_sent:
                change = moved(standing, state, self.now(), reason)
                await self._journal.note(self.seat, change)
                self._keep(Standing(standing.order, change))
            return self._orders[order_id]

    async def _named(self, report: Report) -> Standing | None:
        name = report.order_id or self._by_ref.get(report.ref, OrderId(""))
        standing = self._orders.get(name) or (await self._journal.find(name) if name else None)
        standing = standing or (await self._journal.find_ref(report.ref) if report.ref else None)
        if standing is None or standing.order.account != self.account:
            return None
        if standing.order.id not in self._orders:
            await self._recall([standing])
        return standing

    async def _recall(self, standings: Sequence[Standing]) -> None:
        fills = await self._journal.fills_of([standing.order.id for standing in standings])
        for standing in standings:
            name = standing.order.id
            self._fills[name] = {fill.id: fill for fill in fills.get(name, ())}
            self._remember(standing)

    async def _book(self, standing: Standing, report: Report) -> None:
        order, known = standing.order, self._fills[standing.order.id]
        for fill in report.fills:
            if fill.id in known and fill.stage not in ("provisional", known[fill.id].stage):
                await self._restage(standing, fill, report.at)
        new = list({fill.id: fill for fill in report.fills if fill.id not in known and fill.stage != "undone"}.values())
        change = advanced(standing, report, Size(self._booked(order.id) + sum(fill.size for fill in new)))
        after = standing if change is None else Standing(order, change)
        if await self._are_new(new, standing, after):
            await self._advance(standing, None if new else change, after)
        else:
            await self._look_again(order, report)
        if report.filled > self._booked(order.id):
            self._incomplete.add(order.id)

    async def _restage(self, standing: Standing, fill: Fill, at: Nanos) -> None:
        """A fill that is known is undone now, or sure."""
        known = self._fills[standing.order.id]
        position = None
        if fill.stage == "undone":
            position = await self.ledger.undo(self.seat, standing.order, fill.id, at)
            del known[fill.id]
        else:
            await self.ledger.book(self.seat, standing.order, fill)
            known[fill.id] = fill
        self._say(News(standing, fill, position))

    async def _are_new(self, fills: Sequence[Fill], before: Standing, after: Standing) -> bool:
        """Book them, the last one with the change of their order; False: one was booked when nobody could say so, or
        was taken out for good."""
        order = before.order
        for fill in fills:
            standing = after if fill is fills[-1] else before
            change = standing.last if standing is not before else None
            detector = self._detectors.get(order.id)
            position = await self.ledger.book(self.seat, order, fill, change, detector)
            if position is None:
                return False
            self._fills[order.id][fill.id] = fill
            self._say(News(standing, fill, position, self._sent_at.get(order.id, Nanos(0)), self.now()))
        return True

    async def _look_again(self, order: Order, report: Report) -> None:
        """What Postgres has is how it stands."""
        standing = await self._journal.find(order.id)
        assert standing is not None  # it has fills
        await self._recall([standing])
        change = advanced(standing, report, self._booked(order.id))
        await self._advance(standing, change, standing if change is None else Standing(order, change))

    async def _advance(self, before: Standing, unwritten: OrderChange | None, after: Standing) -> None:
        if unwritten is not None:
            await self._journal.note(self.seat, unwritten)
        if after is not before:
            self._keep(after)

    def _booked(self, order_id: OrderId) -> Size:
        return Size(sum(fill.size for fill in self._fills[order_id].values()))

    def _keep(self, standing: Standing) -> None:
        self._remember(standing)
        self._say(News(standing))

    def _remember(self, standing: Standing) -> None:
        name = standing.order.id
        self._orders[name] = standing
        if standing.order.rule == "stop":
            self._stopped_at[standing.order.contract_id] = standing.last.at
            self._stopped_at = {name: at for name, at in self._stopped_at.items() if self.now() - at < STOPPED_FOR}
        if standing.last.ref:
            self._by_ref[standing.last.ref] = name
        if len(self._orders) > SETTLED_KEPT:
            self._forget()

    def _forget(self) -> None:
        """The older half of those that are settled."""
        settled = [name for name, standing in self._orders.items() if standing.is_settled]
        for name in settled[: SETTLED_KEPT // 2]:
            self._by_ref.pop(self._orders.pop(name).last.ref, None)
            self._fills.pop(name, None)
            self._detectors.pop(name, None)
            self._sent_at.pop(name, None)
            self._turns.pop(name, None)

    def _say(self, news: News) -> None:
        self._tell(news)
        self._changed.set()
        self._changed = asyncio.Event()


def _is_doubtful(standing: Standing, now: Nanos) -> bool:
    """It was perhaps sent, or it should long be over: an order that takes what is there does not rest."""
    if standing.last.state in ("intent", "sending", "unknown"):
        return True
    return standing.order.time_in_force in ("ioc", "fok") and now - standing.last.at > SECOND
