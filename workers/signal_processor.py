"""Has the last word on signals: one process at a time, by its lock.

Its own core judges what it finds itself and what others offer it, each by the same desk, so no two processes can spend
the same money. Beside it the unified matcher is asked about the teams of each signal that was kept.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence

from app.domain.decisions import Decision
from app.domain.games import GameId
from app.domain.inputs import Offered, Seated
from app.domain.operations import Round
from app.domain.signals import Judged, Signal, SignalId
from app.errors import HotStoreUnavailable
from app.history.signals import Recorded, write_signals
from app.hot.signals import Offer
from app.resources import Resources
from workers.outboxes import Outbox
from workers.second_looks import SecondLooks
from workers.turns import under_way

EVERY = 1.0  # seconds
TRIES_EVERY = 0.5  # seconds, while Redis is away
REMEMBERED = 10_000  # signals that were offered: one that comes again is not judged again
MOST_WAITING = 2_000
ROWS_AT_ONCE = 50
ENDS_WITHIN = 2.0  # seconds

log = logging.getLogger(__name__)


async def signal_processor(resources: Resources) -> AsyncGenerator[Round]:
    """Take the seat, and leave it when another process is to have it."""
    seat = Seat(resources)
    looks = SecondLooks(resources)
    stop_hearing = resources.intake.heed(looks.take)
    resources.intake.put(Seated(True, resources.intake.now()))
    try:
        async with under_way((seat.keep_judging(), seat.refusals.run(), looks.run(), looks.deeds.run())) as tasks:
            while True:
                yield looks.report(seat.report())
                fallen, _ = await asyncio.wait(tasks, timeout=EVERY, return_when=asyncio.FIRST_COMPLETED)
                for task in fallen:
                    task.result()  # raises what it fell over
    finally:
        resources.intake.put(Seated(False, resources.intake.now()))
        stop_hearing()
        await asyncio.gather(seat.refusals.end(ENDS_WITHIN), looks.deeds.end(ENDS_WITHIN))


class Seat:
    """Judges what other processes offer. `refusals`: every one of them is written, as its signal was written there as
    offered; what is kept is written by the recorder beside this."""

    def __init__(self, resources: Resources) -> None:
        self.refusals = Outbox[Recorded]("refused offers", self._write, MOST_WAITING, ROWS_AT_ONCE)
        self._resources = resources
        self._intake = resources.intake
        self._seen: dict[SignalId, None] = {}
        self._done = Round()
        self._trouble = ""

    def report(self) -> Round:
        """What was judged since the last one."""
        done, self._done = self._done, Round()
        done.counts["offered"] += 0
        done.standing += [trouble for trouble in (self._trouble, self.refusals.trouble) if trouble]
        return done

    async def keep_judging(self) -> None:
        """Until cancelled; over every absence of Redis."""
        while True:
            try:
                async with self._resources.hot.hear_offers() as heard:
                    self._trouble = ""
                    async for offers in heard:
                        await self._resources.followings.know(_games_of(offers))
                        self._judge_all(offers)
                        await self._resources.hot.settle_offers([offer.entry for offer in offers])
            except HotStoreUnavailable as error:
                if not self._trouble:
                    log.warning("no signals are heard of", extra={"error": str(error)})
                self._trouble = str(error)
                await asyncio.sleep(TRIES_EVERY)

    def _judge_all(self, offers: Sequence[Offer]) -> None:
        stop_hearing = self._intake.heed(self._hear)
        try:
            for offer in offers:
                self._done.counts[self._judge(offer)] += 1
        finally:
            stop_hearing()

    def _judge(self, offer: Offer) -> str:
        """What became of it."""
        if offer.signal is None:
            return "unreadable"
        if offer.signal.id in self._seen:
            return "repeated"
        self._remember(offer.signal)
        now = self._intake.now()
        self._intake.put(
            Offered(offer.signal, now)
        )  # the desk refuses one that has expired, and then that is known of it
        return "expired" if offer.expires_at <= now else "offered"

    def _hear(self, decision: Decision) -> None:
        if type(decision) is Judged and decision.is_final and decision.stage != "sent":
            self.refusals.put(Recorded(decision))

    def _remember(self, signal: Signal) -> None:
        self._seen[signal.id] = None
        if len(self._seen) > REMEMBERED:
            del self._seen[next(iter(self._seen))]

    async def _write(self, signals: Sequence[Recorded]) -> None:
        await write_signals(self._resources.history, signals, self._resources.settings.simulation.world)


def _games_of(offers: Sequence[Offer]) -> set[GameId]:
    """Whoever trades a signal has to know its game."""
    return {offer.signal.game_id for offer in offers if offer.signal is not None}
