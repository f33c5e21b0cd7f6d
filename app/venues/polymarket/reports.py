"""What Polymarket tells of orders and trades → reports on ours."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import msgspec

from app.domain.money import Size
from app.domain.orders import UNSETTLED, Fill, Order, Report, State
from app.domain.prices import Nanos
from app.errors import BadInput, FeedUnavailable, OrderError
from app.venues.known_orders import Known, KnownOrders
from app.venues.permits import Permit
from app.venues.polymarket import trading_wire as wire
from app.venues.polymarket.accounts import Account
from app.venues.polymarket.orders import fill_made, fill_taken, foreign, may_not_rest, plain_status, report_shown

Pair = tuple[Known, Fill]

_THERE: frozenset[State] = frozenset({"open", "partly_filled"})


class Reports:
    """Remembers what it tells, so that the permit knows what was spent. `holder`: whose orders are ours."""

    def __init__(
        self,
        account: Account,
        known: KnownOrders,
        permit: Permit,
        holder: str,
        now: Callable[[], Nanos],
        counts: Counter[str],
    ) -> None:
        self._account = account
        self._known = known
        self._permit = permit
        self._holder = holder.lower()
        self._now = now
        self._counts = counts

    def note(self, known: Known, report: Report) -> Report:
        """A report that is about to be told."""
        self._known.note(known.order, report.ref)
        known.note(report.state, report.filled)
        for fill in report.fills:
            known.note_fill(fill)
        if known.state not in UNSETTLED:
            self._permit.give_back(known.order, known.filled)
        return report

    async def look_up(self, order: Order, ref: str, *, was_there: bool = False) -> Report | None:
        """How an order stands, with its fills; None where the venue does not show it. One that rests and may not is
        taken back. `was_there`: the venue had it once, so that it is over when it is not shown. Raises
        FeedUnavailable."""
        shown = await self._account.order(ref) if ref else None
        if shown is not None and may_not_rest(order) and plain_status(shown.status) == "LIVE":
            shown = await self._taken_back(ref) or shown
        known = self._known.note(order, ref)
        if shown is None:
            return await self._gone(known) if ref and (was_there or known.state in _THERE) else None
        try:
            report = report_shown(order, shown, self._now())
        except BadInput as error:
            raise FeedUnavailable(f"what Polymarket says of an order cannot be read: {error}") from None
        fills = tuple(await self.fills_of(known)) if report.filled or known.fills else ()
        return self.note(known, msgspec.structs.replace(report, fills=fills))

    async def _gone(self, known: Known) -> Report | None:
        """It was there, and is among the open ones, or over with what its trades say."""
        if any(shown.id == known.ref for shown in await self._account.orders()):
            raise FeedUnavailable("Polymarket lists an order that it does not show")
        fills = tuple(await self.fills_of(known))
        filled = Size(sum(fill.size for fill in fills if fill.stage != "undone"))
        state: State = "filled" if filled >= known.order.size else "cancelled"
        report = Report(order_id=known.order.id, state=state, at=self._now(), ref=known.ref, filled=filled, fills=fills)
        return self.note(known, report)

    async def _taken_back(self, ref: str) -> wire.ShownOrder | None:
        """As it is shown after that; whoever looks again tries again."""
        self._counts["taken_back"] += 1
        try:
            await self._account.take_back(ref)
        except (OrderError, FeedUnavailable):
            self._counts["not_taken_back"] += 1
        return await self._account.order(ref)

    async def fills_of(self, known: Known) -> Sequence[Fill]:
        """All that REST shows of one order; it may lag behind. Raises FeedUnavailable."""
        trades = await self._account.trades(known.order.wanted_at, known.order.market_id)
        return [fill for owner, fill in await self._pairs_of(trades) if owner is known]

    async def fills_since(self, since: Nanos) -> Sequence[Pair]:
        """Those of our orders, the oldest first. Raises FeedUnavailable."""
        return await self._pairs_of(reversed(await self._account.trades(since)))

    async def reports_of(self, event: wire.Event, received_at: Nanos) -> Sequence[Report]:
        """What one word of the user channel says of orders of ours."""
        if isinstance(event, wire.TradeEvent):
            return [self._filled(*pair) for pair in await self._pairs_of((event,), received_at)]
        known = await self._known.find(event.id)
        report = self.shown(known, event) if known is not None else None
        self._counts["frames_of_others"] += known is None
        return () if report is None else (report,)

    async def reports_since(self, moment: Nanos) -> Sequence[Report]:
        """All that has happened since then: trades, and how our orders stand that we think open. Raises
        FeedUnavailable."""
        told = [self._filled(*pair) for pair in await self.fills_since(moment)]
        for known in self._known.open():
            if known.ref and (shown := await self._account.order(known.ref)) and (report := self.shown(known, shown)):
                told.append(report)
        return told

    async def collect(self, known: Known) -> Report | None:
        """An order of which something is missing, asked for once more. Raises FeedUnavailable."""
        return await self.look_up(known.order, known.ref)

    def shown(self, known: Known, told: wire.ShownOrder) -> Report | None:
        """An order as it was shown; None where it cannot be read."""
        try:
            return self.note(known, report_shown(known.order, told, self._now()))
        except BadInput:
            self._counts["refused_numbers"] += 1
            return None

    def foreign(self, told: wire.ShownOrder) -> Report:
        """An order that is not one of ours. Raises FeedUnavailable."""
        try:
            return foreign(told, self._now())
        except BadInput as error:
            raise FeedUnavailable(f"what Polymarket says of an order cannot be read: {error}") from None

    def _filled(self, known: Known, fill: Fill) -> Report:
        known.note_fill(fill)
        if known.state not in UNSETTLED:
            self._permit.give_back(known.order, known.filled)
        return Report(
            order_id=known.order.id,
            state=known.state,
            at=self._now(),
            ref=known.ref,
            filled=known.filled,
            fills=(fill,),
        )

    async def _pairs_of(self, trades: Iterable[wire.Trade], received_at: Nanos | None = None) -> Sequence[Pair]:
        found: list[Pair] = []
        for trade in trades:
            try:
                found += await self._pairs(trade, received_at or self._now())
            except BadInput:
                self._counts["refused_numbers"] += 1
        return found

    async def _pairs(self, trade: wire.Trade, received_at: Nanos) -> list[Pair]:
        """We are its taker, or among those that it met; or both."""
        found: list[Pair] = []
        if (trade.trader_side or "TAKER").upper() == "TAKER":
            known = await self._known.find(trade.taker_order_id)
            if known is None:
                self._counts["trades_of_others"] += 1
            else:
                found.append((known, fill_taken(known.order, trade, received_at)))
        for made in trade.maker_orders:
            if (known := await self._maker(made)) is not None:
                found.append((known, fill_made(known.order, trade, made, received_at)))
        return found

    async def _maker(self, made: wire.MakerOrder) -> Known | None:
        """Nobody is asked about the orders of others."""
        is_ours = made.maker_address.lower() in ("", self._holder)
        return await self._known.find(made.order_id) if is_ours else None
