"""A venue that keeps what it was sent, and fails as it is told to."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Mapping
from typing import Literal

import msgspec

from app.domain.markets import ContractId, VenueId
from app.domain.money import Money, Size
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
    State,
)
from app.domain.prices import SECOND, Nanos
from app.errors import FeedUnavailable, OrderRejected, OutcomeUnknown

Trick = Literal["rejected", "answer_lost", "never_arrived", "rests"]


class Clock:
    """Stands still until it is moved."""

    def __init__(self, at: int) -> None:
        self.at = at

    def __call__(self) -> Nanos:
        self.at += 1_000  # no two things happen at one moment
        return Nanos(self.at)

    def pass_by(self, seconds: float) -> None:
        self.at += round(seconds * SECOND)


class Venue:
    """Fills everything at its limit, two fills an order, unless it is told otherwise. `tricks`: what it does with the
    next orders; `takes`: how much of an order it gives."""

    kind: AccountKind = "paper"

    def __init__(self, now: Clock, venue: str = "kalshi") -> None:
        self.venue = VenueId(venue)
        self.now = now
        self.tricks: deque[Trick] = deque()
        self.takes: Callable[[Order], int] = lambda order: order.size
        self.is_down = False
        self.received: list[OrderId] = []  # every order that came, as often as it came
        self.standing: dict[OrderId, Report] = {}
        self.counts: Mapping[str, int] = Counter()
        self.trouble = ""
        self._told: list[Callable[[Report], object]] = []

    async def be_tried(self, within: float) -> None:
        pass

    def prepare(self, order: Order) -> Prepared:
        if order.limit % 100:
            raise OrderRejected("off the grid")
        return Prepared(order, "", b"")

    async def submit(self, prepared: Prepared) -> Report:
        await asyncio.sleep(0)
        order, trick = prepared.order, self.tricks.popleft() if self.tricks else None
        if trick == "rejected":
            raise OrderRejected("no balance")
        if trick == "never_arrived":
            raise OutcomeUnknown("connection reset")
        self.received.append(order.id)
        report = self.standing[order.id] = self._met(order, rests=trick == "rests")
        if trick == "answer_lost":
            raise OutcomeUnknown("timed out")
        return report

    async def cancel(self, standing: Standing) -> Report:
        await asyncio.sleep(0)
        there = self.standing.get(standing.order.id)
        if there is None or there.state != "open":
            raise OrderRejected("not open")
        self.standing[standing.order.id] = msgspec.structs.replace(there, state="cancelled", at=self.now())
        return self.standing[standing.order.id]

    async def cancel_all(self, account: AccountId) -> None:
        for name, report in self.standing.items():
            if report.state == "open":
                self.standing[name] = msgspec.structs.replace(report, state="cancelled")

    async def look_up(self, standing: Standing) -> Report | None:
        await asyncio.sleep(0)
        if self.is_down:
            raise FeedUnavailable("down")
        return self.standing.get(standing.order.id)

    async def at_venue(self, account: AccountId, since: Nanos) -> AtVenue:
        if self.is_down:
            raise FeedUnavailable("down")
        held: Counter[ContractId] = Counter()
        fills = [fill for report in self.standing.values() for fill in report.fills]
        for fill in fills:
            held[ContractId("kalshi:GAME-BOS:yes")] += fill.size
        return AtVenue(
            orders=tuple(report for report in self.standing.values() if report.state in ("open", "partly_filled")),
            fills=tuple(fills),
            positions={name: Size(size) for name, size in held.items()},
            balance=Money(0),
            asked_at=self.now(),
        )

    async def hear(self, told: Callable[[Report], object]) -> None:
        self._told.append(told)
        await asyncio.Event().wait()

    def fill(self, order: Order, number: int, size: int) -> Fill:
        now = self.now()
        name = FillId(f"{self.venue}:{order.id}/{number}")
        return Fill(
            id=name,
            order_id=order.id,
            price=order.limit,
            size=Size(size),
            fee=Money(170_000),
            venue_time=now,
            received_at=now,
        )

    def fill_resting(self, order: Order, size: int) -> Report:
        """Somebody trades with an order that rests."""
        before = self.standing[order.id]
        fills = (*before.fills, self.fill(order, len(before.fills), size))
        filled = Size(before.filled + size)
        state: State = "filled" if filled == order.size else "open"
        report = msgspec.structs.replace(before, state=state, filled=filled, fills=fills, at=self.now())
        self.standing[order.id] = report
        return report

    def _met(self, order: Order, *, rests: bool) -> Report:
        size = 0 if rests else self.takes(order)
        parts = [part for part in (size // 2, size - size // 2) if part]
        fills = tuple(self.fill(order, number, part) for number, part in enumerate(parts))
        state: State = "open" if rests else "filled" if size == order.size else "cancelled"
        return Report(order_id=order.id, state=state, at=self.now(), filled=Size(size), fills=fills)
