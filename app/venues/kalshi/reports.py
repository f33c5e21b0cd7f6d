"""What Kalshi tells of orders → reports on ours: whose they are, and in terms of which contract."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import msgspec

from app.domain.orders import UNSETTLED, Fill, Order, Report
from app.domain.prices import Nanos
from app.errors import BadInput, FeedUnavailable
from app.venues.kalshi import trading_wire as wire
from app.venues.kalshi.orders import fill_of, foreign, report_placed, ticker_of
from app.venues.kalshi.portfolios import Portfolio, seconds_before
from app.venues.known_orders import Known, KnownOrders
from app.venues.permits import Permit

RESTING = "resting"

Frame = wire.FillFrame | wire.UserOrderFrame


class Reports:
    """Remembers what it tells, so that the permit knows what was spent."""

    def __init__(
        self,
        portfolio: Portfolio,
        known: KnownOrders,
        permit: Permit,
        now: Callable[[], Nanos],
        counts: Counter[str],
    ) -> None:
        self._portfolio = portfolio
        self._known = known
        self._permit = permit
        self._now = now
        self._counts = counts

    def note(self, known: Known, report: Report) -> Report:
        """A report that is about to be told."""
        known.ref = known.ref or report.ref
        self._known.note(known.order, report.ref)
        known.note(report.state, report.filled)
        for fill in report.fills:
            known.note_fill(fill)
        if known.state not in UNSETTLED:
            self._permit.give_back(known.order, known.filled)
        return report

    async def look_up(self, order: Order, ref: str) -> Report | None:
        """How an order stands, with its fills; None where Kalshi does not list it. Raises FeedUnavailable."""
        placed = await self._portfolio.order(ref) if ref else None
        if placed is None:
            listed = await self._portfolio.orders(ticker=ticker_of(order), min_ts=seconds_before(order.wanted_at))
            placed = next((one for one in listed if one.client_order_id == order.id), None)
        if placed is None:
            return None
        known = self._known.note(order, placed.order_id)
        try:
            report = report_placed(order, placed, self._now())
            fills = await self.fills_of(known) if report.filled else ()
        except BadInput as error:
            raise FeedUnavailable(f"what Kalshi says of an order cannot be read: {error}") from None
        return self.note(known, msgspec.structs.replace(report, fills=tuple(fills)))

    async def fills_of(self, known: Known) -> Sequence[Fill]:
        """All that REST shows of one order; it may lag behind. Raises FeedUnavailable."""
        return [fill for _, fill in self._read(known, await self._portfolio.fills(order_id=known.ref))]

    async def fills_since(self, since: Nanos) -> Sequence[tuple[Known, Fill]]:
        """Those of our orders, the oldest first. Raises FeedUnavailable."""
        found: list[tuple[Known, Fill]] = []
        for told in reversed(await self._portfolio.fills(min_ts=seconds_before(since))):
            if (known := await self.owner(told.order_id, told.client_order_id)) is not None:
                found += self._read(known, (told,))
            else:
                self._counts["fills_of_others"] += 1
        return found

    async def resting(self) -> Sequence[wire.PlacedOrder]:
        """Every order that rests. Kalshi's list of them may be half a minute old: what we know otherwise is asked for
        by name. Raises FeedUnavailable."""
        listed = {placed.order_id: placed for placed in await self._portfolio.orders(status=RESTING)}
        for known in self._known.open():
            listed.setdefault(known.ref, wire.PlacedOrder(order_id=known.ref))
        found: list[wire.PlacedOrder] = []
        for ref, placed in listed.items():
            known_order = await self.owner(ref, placed.client_order_id) if ref else None
            is_sure = placed.status == RESTING and (known_order is None or known_order.state in UNSETTLED)
            shown = placed if is_sure else await self._portfolio.order(ref) if ref else None
            found += [shown] if shown is not None and shown.status == RESTING else []
        return found

    async def owner(self, ref: str, name: str | None) -> Known | None:
        """Whose it is: by Kalshi's name, or by the one that we gave it; None where it is not one of ours. Raises
        FeedUnavailable."""
        if name is None and await self._known.find(ref) is None:
            placed = await self._portfolio.order(ref)
            name = placed.client_order_id if placed else None
        return await self._known.find(name or "", ref)

    async def reports_of(self, frame: Frame, received_at: Nanos) -> Sequence[Report]:
        """What one frame says of orders of ours. Raises FeedUnavailable."""
        known = await self.owner(frame.msg.order_id, frame.msg.client_order_id)
        if known is None:
            self._counts["frames_of_others"] += 1
            return ()
        if isinstance(frame, wire.FillFrame):
            return [self._filled(known, fill) for _, fill in self._read(known, (frame.msg,), received_at)]
        report = self.placed(known, frame.msg, received_at)
        return () if report is None else (report,)

    async def reports_since(self, moment: Nanos) -> Sequence[Report]:
        """All that has happened since then, fills first. Raises FeedUnavailable."""
        told = [self._filled(known, fill) for known, fill in await self.fills_since(moment)]
        listed = {placed.order_id: placed for placed in await self._portfolio.orders(min_ts=seconds_before(moment))}
        for known in self._known.open():  # the list may leave out what was asked for before
            if known.ref and known.ref not in listed and (placed := await self._portfolio.order(known.ref)):
                listed[known.ref] = placed
        for placed in listed.values():
            owner = await self.owner(placed.order_id, placed.client_order_id)
            if owner is not None and (report := self.placed(owner, placed, self._now())):
                told.append(report)
        return told

    async def collect(self, known: Known) -> Report | None:
        """The fills of an order once more. Raises FeedUnavailable."""
        fills = tuple(await self.fills_of(known))
        for fill in fills:
            known.note_fill(fill)
        return self._standing(known, fills) if fills else None

    def placed(self, known: Known, told: wire.PlacedOrder | wire.UserOrder, at: Nanos) -> Report | None:
        """An order as it was shown; None where it cannot be read."""
        try:
            return self.note(known, report_placed(known.order, told, at))
        except BadInput:
            self._counts["refused_numbers"] += 1
            return None

    def foreign(self, told: wire.PlacedOrder, at: Nanos) -> Report:
        """An order that is not one of ours. Raises FeedUnavailable."""
        try:
            return foreign(told, at)
        except BadInput as error:
            raise FeedUnavailable(f"what Kalshi says of an order cannot be read: {error}") from None

    def _filled(self, known: Known, fill: Fill) -> Report:
        known.note_fill(fill)
        return self._standing(known, (fill,))

    def _standing(self, known: Known, fills: tuple[Fill, ...]) -> Report:
        """All that is known of an order, with these fills."""
        if known.state not in UNSETTLED:
            self._permit.give_back(known.order, known.filled)
        return Report(
            order_id=known.order.id, state=known.state, at=self._now(), ref=known.ref, filled=known.filled, fills=fills
        )

    def _read(
        self, known: Known, told: Iterable[wire.Fill], received_at: Nanos | None = None
    ) -> list[tuple[Known, Fill]]:
        found = []
        for one in told:
            try:
                found.append((known, fill_of(known.order, one, received_at or self._now())))
            except BadInput:
                self._counts["refused_numbers"] += 1
        return found
