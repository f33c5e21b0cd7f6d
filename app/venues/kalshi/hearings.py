"""Hears what becomes of our orders: from the private channels, and over REST whatever those have missed."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping

from app.domain.orders import Report
from app.domain.prices import Nanos
from app.errors import FeedUnavailable
from app.settings import KalshiSettings
from app.venues.kalshi import trading_wire as wire
from app.venues.kalshi.portfolios import Portfolio, seconds_before
from app.venues.kalshi.private import PrivateChannel
from app.venues.kalshi.reports import Reports
from app.venues.kalshi.tasks import end, until
from app.venues.known_orders import KnownOrders

LOOK_EVERY = 0.5  # seconds: which orders lack fills that were told in a sum
AGAIN = 1.0  # seconds after a question that was not answered

Told = Callable[[Report], object]
Frame = wire.FillFrame | wire.UserOrderFrame


class Hearing:
    """One listener's. `headers`: of the handshake, made for each."""

    def __init__(
        self,
        settings: KalshiSettings,
        headers: Callable[[], Mapping[str, str]],
        portfolio: Portfolio,
        reports: Reports,
        known: KnownOrders,
        now: Callable[[], Nanos],
        counts: Counter[str],
    ) -> None:
        self._settings = settings
        self._headers = headers
        self._portfolio = portfolio
        self._reports = reports
        self._known = known
        self._now = now
        self._counts = counts
        self._frames: asyncio.Queue[tuple[Frame, Nanos]] = asyncio.Queue()
        self._gap = asyncio.Event()
        self._heard_at = now()  # until then nothing is missing

    async def listen(self, told: Told, *beside: Awaitable[None]) -> None:
        """Until cancelled; goes on by itself over every failure of the venue."""
        channel = PrivateChannel(self._counts, self._now, self._note_frame, self._gap.set)
        socket = channel.keep(self._settings.socket_url, self._headers, self._settings.longest_wait)
        works = (socket, self._keep_telling(told), self._keep_filling_gaps(told), self._keep_collecting(told), *beside)
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
                known = await self._reports.owner(frame.msg.order_id, frame.msg.client_order_id)
            except FeedUnavailable:
                self._gap.set()
                continue
            if known is None:
                self._counts["frames_of_others"] += 1
                continue
            if isinstance(frame, wire.FillFrame):
                report = self._reports.filled(known, frame.msg, received_at)
            else:
                report = self._reports.placed(known, frame.msg, received_at)
            if report is not None:
                told(report)

    async def _keep_filling_gaps(self, told: Told) -> None:
        """Whenever something may have been missed: all that has happened since the last time that nothing was."""
        while True:
            await self._gap.wait()
            self._gap.clear()
            asked_at = self._now()
            try:
                await self._fill_gap(told)
                self._heard_at = asked_at
            except FeedUnavailable:
                self._counts["gaps_not_filled"] += 1
                self._gap.set()
                await asyncio.sleep(AGAIN)

    async def _fill_gap(self, told: Told) -> None:
        self._counts["gaps"] += 1
        for known, fill in await self._reports.fills_since(self._heard_at):
            known.note_fill(fill)
            told(self._reports.standing(known, (fill,), self._now()))
        for placed in await self._portfolio.orders(min_ts=seconds_before(self._heard_at)):
            known_order = await self._reports.owner(placed.order_id, placed.client_order_id)
            if known_order and (report := self._reports.placed(known_order, placed, self._now())):
                told(report)

    async def _keep_collecting(self, told: Told) -> None:
        """Fills that were told in a sum and did not come: a trade's next leg waits for them."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            for known in self._known.owing():
                known.asked += 1
                try:
                    fills = tuple(await self._reports.fills_of(known))
                except FeedUnavailable:
                    self._counts["fills_not_collected"] += 1
                    break
                for fill in fills:
                    known.note_fill(fill)
                if fills:
                    told(self._reports.standing(known, fills, self._now()))
