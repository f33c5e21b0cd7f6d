"""Hears what becomes of our orders: from a venue's private channel, and over REST whatever that has missed."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, Protocol, TypeVar

from app.domain.orders import Report
from app.domain.prices import Nanos
from app.errors import FeedUnavailable
from app.venues.known_orders import Known, KnownOrders
from app.venues.tasks import end, until

LOOK_EVERY = 0.5  # seconds: which orders lack fills that were told in a sum
AGAIN = 1.0  # seconds after a question that was not answered

Frame = TypeVar("Frame")
Heard = TypeVar("Heard", contravariant=True)
Told = Callable[[Report], object]
OnGap = Callable[[], None]  # something may have been missed
Channel = Callable[[Callable[[Frame, Nanos], None], OnGap], Awaitable[None]]


class Teller(Protocol[Heard]):
    """Says what a venue's words mean for our orders. Every method raises FeedUnavailable, and nothing else."""

    async def reports_of(self, frame: Heard, received_at: Nanos) -> Sequence[Report]:
        """What one frame says of orders of ours."""
        ...

    async def reports_since(self, moment: Nanos) -> Sequence[Report]:
        """All that has happened since then, as REST tells it."""
        ...

    async def collect(self, known: Known) -> Report | None:
        """An order of which something is missing, asked for once more."""
        ...


class Hearing(Generic[Frame]):
    """One listener's."""

    def __init__(
        self, teller: Teller[Frame], known: KnownOrders, now: Callable[[], Nanos], counts: Counter[str]
    ) -> None:
        self._teller = teller
        self._known = known
        self._now = now
        self._counts = counts
        self._frames: asyncio.Queue[tuple[Frame, Nanos]] = asyncio.Queue()
        self._gap = asyncio.Event()
        self._heard_at = now()  # until then nothing is missing

    async def listen(self, told: Told, channel: Channel[Frame], *beside: Awaitable[None]) -> None:
        """Until cancelled; goes on by itself over every failure of the venue."""
        hearing = channel(self._note_frame, self._gap.set)
        works = (hearing, self._keep_telling(told), self._keep_filling_gaps(told), self._keep_collecting(told), *beside)
        tasks = [asyncio.ensure_future(work) for work in works]
        try:
            await until(asyncio.Event(), tasks)
        finally:
            await end(tasks)

    def _note_frame(self, frame: Frame, received_at: Nanos) -> None:
        self._frames.put_nowait((frame, received_at))

    async def _keep_telling(self, told: Told) -> None:
        """Frame by frame, in the order in which they came."""
        while True:
            frame, received_at = await self._frames.get()
            try:
                for report in await self._teller.reports_of(frame, received_at):
                    told(report)
            except FeedUnavailable:
                self._gap.set()

    async def _keep_filling_gaps(self, told: Told) -> None:
        """Whenever something may have been missed: all that has happened since the last time that nothing was."""
        while True:
            await self._gap.wait()
            self._gap.clear()
            asked_at = self._now()
            try:
                for report in await self._teller.reports_since(self._heard_at):
                    told(report)
                self._heard_at = asked_at
                self._counts["gaps_filled"] += 1
            except FeedUnavailable:
                self._counts["gaps_not_filled"] += 1
                self._gap.set()
                await asyncio.sleep(AGAIN)

    async def _keep_collecting(self, told: Told) -> None:
        """Fills that were told in a sum and did not come: a trade's next leg waits for them."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            for known in self._known.owing():
                known.asked += 1
                try:
                    if report := await self._teller.collect(known):
                        told(report)
                except FeedUnavailable:
                    self._counts["not_collected"] += 1
                    break
