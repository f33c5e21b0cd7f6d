"""Writes down what this process's core decides about signals, tells it, and says why there are none.

Decisions are heard as they are made, and wait here for whichever store is away: those that were kept until it is back,
refused ones as far as there is room. Runs wherever a core does: beside shards, and beside the signal processor.
"""

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import AsyncGenerator, Sequence

import msgspec

from app.domain.decisions import Decision
from app.domain.funnels import Funnel
from app.domain.operations import Round
from app.domain.prices import SECOND
from app.domain.signals import Judged, Signal
from app.errors import HotStoreUnavailable
from app.history.signals import Recorded, World, write_signals
from app.hot.signal_shown import signal_shown
from app.resources import Resources
from workers.funnel_lines import funnel_line
from workers.outboxes import Outbox
from workers.refusals import Refusals
from workers.turns import under_way

EVERY = 1.0  # seconds
LINE_EVERY = 60 * SECOND
MOST_KEPT = 10_000  # signals that wait: hours of them, in some fifty megabytes
MOST_REFUSED = 2_000
ROWS_AT_ONCE = 50
ENDS_WITHIN = 2.0  # seconds for what still waits when everything stops

CHANNEL = "signals"

log = logging.getLogger(__name__)

_ENCODER = msgspec.json.Encoder()


async def signal_recorder(resources: Resources) -> AsyncGenerator[Round]:
    """A round each second: what was found since, and what waits."""
    recorder = Recorder(resources)
    stop_hearing = resources.intake.heed(recorder.take)
    try:
        async with under_way(box.run() for box in recorder.boxes) as tasks:
            while True:
                yield await recorder.round()
                fallen, _ = await asyncio.wait(tasks, timeout=EVERY, return_when=asyncio.FIRST_COMPLETED)
                for task in fallen:
                    task.result()  # raises what it fell over
    finally:
        stop_hearing()
        await recorder.end()


class Recorder:
    """The ways out of one core, each with what waits for it."""

    def __init__(self, resources: Resources) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._resources = resources
        self._now = resources.intake.now
        self._world: World = resources.settings.simulation.world
        self._kept = Outbox[Recorded]("kept signals", self._write, MOST_KEPT, ROWS_AT_ONCE)
        self._refused = Outbox[Recorded]("refused signals", self._write, MOST_REFUSED, ROWS_AT_ONCE)
        self._updates = Outbox[Signal]("updates of signals", self._say, MOST_KEPT)
        self._offers = Outbox[Signal]("offered signals", self._offer, MOST_KEPT)
        self.boxes = (self._kept, self._refused, self._updates, self._offers)
        self._refusals = Refusals()
        self._done = Round()
        self._expired = 0
        self._line_at = self._now()

    def take(self, decision: Decision) -> None:
        """Hear of it, in the midst of the core's work."""
        if type(decision) is not Judged:
            return
        self._done.counts["found"] += 1
        if decision.stage != "sent":
            self._done.counts["refused"] += 1
            written = self._refusals.take(decision)
            if written is not None:
                self._refused.put(written)
            return
        self._done.counts["sent" if decision.is_final else "offered"] += 1
        self._kept.put(Recorded(decision))
        (self._updates if decision.is_final else self._offers).put(decision.signal)

    async def round(self) -> Round:
        """What was decided since the last one; the funnel is told besides."""
        done, self._done = self._done, Round()
        for name in ("found", "sent", "refused"):
            done.counts[name] += 0
        funnel = self._resources.intake.pipeline.funnel()
        try:
            await self._resources.hot.save_funnel(self.name, funnel)
        except HotStoreUnavailable as error:
            done.note("hot_unavailable", str(error))
        self._write_line(funnel)
        done.counts["left_out_in_all"] = self._refusals.left_out
        done.counts["expired_in_all"] = self._expired
        done.counts["lost_in_all"] = sum(box.lost for box in self.boxes)
        done.counts["waiting"] = sum(len(box) for box in self.boxes)
        done.standing += [box.trouble for box in self.boxes if box.trouble]
        return done

    async def end(self) -> None:
        """Give what waits, if the stores take it now."""
        try:
            await asyncio.gather(*(box.end(ENDS_WITHIN) for box in self.boxes))
            await self._resources.hot.drop_funnel(self.name)
        except HotStoreUnavailable as error:
            log.warning("the funnel runs out by itself", extra={"error": str(error)})

    def _write_line(self, funnel: Funnel) -> None:
        if not 0 <= self._now() - self._line_at < LINE_EVERY:
            self._line_at = self._now()
            log.info("funnel", extra=funnel_line(funnel))

    async def _write(self, signals: Sequence[Recorded]) -> None:
        await write_signals(self._resources.history, signals, self._world)

    async def _say(self, signals: Sequence[Signal]) -> None:
        for signal in signals:
            shown = signal_shown(signal, is_simulated=self._world == "simulated")
            await self._resources.hot.say_update(CHANNEL, _ENCODER.encode(shown))

    async def _offer(self, signals: Sequence[Signal]) -> None:
        for signal in signals:
            if signal.expires_at > self._now():
                await self._resources.hot.offer_signal(signal)
            else:
                self._expired += 1
