"""Tells the trading core of this process what people decide about risk: limits, halts, approved rules; and what was
learned: models that have beaten the market, and how much of each detector's edges to believe.

The truth is in Postgres, and every word about it is heard over Redis. A halt counts as soon as it is heard; that it is
over, or never was, only Postgres can say. One that could not be written down is owed to it, and counts meanwhile. While
nobody could hear one, nothing is opened.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import suppress
from datetime import datetime

from app.clock import moment_of, wall_clock
from app.domain.inputs import Approved, Discounted, Halted, Limited, Taught
from app.domain.models import LearnedModel
from app.domain.operations import Round
from app.domain.risks import Halt, RiskLimits
from app.domain.settlements import Approval
from app.domain.signals import Haircut
from app.errors import HistoryUnavailable, HotStoreUnavailable
from app.history.approvals import list_approvals
from app.history.haircuts import current_haircuts
from app.history.models import promoted_models
from app.history.risk import current_limits, halted_deed, keep_halt, list_halts
from app.hot.risk import RiskUpdate
from app.resources import Resources
from workers.turns import under_way

OWED_FOR = 5.0  # seconds: whoever halts writes it down himself, unless Postgres is away
LOOK_EVERY = 2.0  # seconds, into Postgres, besides whenever something is announced
OPEN_AGAIN = 0.2  # seconds
PROVE_EVERY = 0.25  # seconds
ANSWER_WITHIN = 0.5  # seconds, of a proof
AWAY_AFTER = 2.0  # seconds without a proof, and as many as these without an answer
AWAY_TRIES = 3
PLATFORM = "platform"  # who halts when nobody can be heard

log = logging.getLogger(__name__)


async def risk_watcher(resources: Resources) -> AsyncGenerator[Round]:
    """Listen, and look now and then, until somebody ends it."""
    watch = RiskWatch(resources)
    try:
        async with under_way((watch.keep_hearing(), watch.keep_proving())) as tasks:
            while not any(task.done() for task in tasks):
                yield await watch.look()
                await watch.wait_for_news(LOOK_EVERY)
            for task in tasks:
                if task.done():
                    task.result()  # raises what it fell over
    finally:
        watch.end()


class RiskWatch:
    """What the core of one process was told."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._intake = resources.intake
        self._halts: tuple[Halt, ...] | None = None  # None: Postgres was not read yet
        self._own: Halt | None = None  # the platform's, while Redis is away
        self._is_away = False
        self._news = asyncio.Event()
        self._announced = 0
        self._told_limits: RiskLimits | None = None
        self._told_approvals: tuple[Approval, ...] | None = None
        self._told_halts: tuple[Halt, ...] | None = None
        self._world = resources.settings.simulation.world
        self._taught: tuple[LearnedModel, ...] = ()  # as every core begins
        self._told_haircuts: tuple[Haircut, ...] = ()

    async def look(self) -> Round:
        """Read everything anew, and tell what differs: the halts last, since before them nothing is opened."""
        done, announced = Round(), self._announced
        self._news.clear()
        try:
            limits = (await current_limits(self._resources.history)).limits
            approvals = tuple(await list_approvals(self._resources.history))
            learned = await promoted_models(self._resources.history, self._world)
            haircuts = await current_haircuts(self._resources.history, self._world)
            halts = await self._read_halts()
        except HistoryUnavailable as error:
            done.note("history_unavailable", f"what is known of limits and halts stays in force: {error}")
            return done
        except HotStoreUnavailable as error:
            done.note("hot_unavailable", f"what is halted stays halted: {error}")
            return done
        self._tell(limits, approvals)
        self._teach(learned, haircuts)
        done.counts.update(limits=limits.version, approvals=len(approvals), halts=len(halts))
        if announced == self._announced:  # else a halt was heard that may be newer than what was read
            self._halts = halts
            self._own = self._own if self._is_away else None
            self._tell_halts()
            await self._mend_copy(halts, done)
        return done

    async def wait_for_news(self, seconds: float) -> None:
        """Until there is a reason to look, or so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._news.wait()

    async def keep_hearing(self) -> None:
        """What is announced, over every absence of Redis."""
        while True:
            try:
                async with self._resources.hot.hear_risk() as updates:
                    self._news.set()  # what was announced before this nobody has heard
                    async for update in updates:
                        self.hear(update)
            except HotStoreUnavailable as error:
                log.warning("announcements of halts are not heard", extra={"error": str(error)})
            await asyncio.sleep(OPEN_AGAIN)

    def hear(self, update: RiskUpdate) -> None:
        """New halts count at once; everything else is for Postgres to say."""
        if update.halts is not None:
            self._announced += 1
            if self._halts is not None:
                known = {(halt.scope, halt.name) for halt in self._halts}
                self._halts += tuple(halt for halt in update.halts if (halt.scope, halt.name) not in known)
                self._tell_halts()
        self._news.set()

    async def keep_proving(self) -> None:
        """Whether a halt could be heard."""
        loop = asyncio.get_running_loop()
        proved_at, tries = loop.time(), 0
        while True:
            if await self._can_be_asked():
                proved_at, tries = loop.time(), 0
                self._come_back()
            else:
                tries += 1
                if tries >= AWAY_TRIES and loop.time() - proved_at >= AWAY_AFTER:
                    self._go_away()
            await asyncio.sleep(PROVE_EVERY)

    def end(self) -> None:
        """Nobody listens for halts here any more."""
        self._own = self._own or self._platform_halt("nobody in this process listens for halts")
        self._tell_halts()

    async def _read_halts(self) -> tuple[Halt, ...]:
        """What Postgres has, and what is owed to it: that is written down if nobody else has done so."""
        history, owed = self._resources.history, await self._resources.hot.owed_halts()
        halts = await list_halts(history)
        known = {(halt.scope, halt.name) for halt in halts}
        missing = [halt for halt in owed if (halt.scope, halt.name) not in known]
        late = [halt for halt in missing if _seconds_since(halt) >= OWED_FOR]
        for halt in late:
            await keep_halt(history, halt, halted_deed(halt))
            log.warning("a halt is written down late", extra={"scope": halt.scope, "halted": halt.name})
        await self._resources.hot.settle_halts([halt for halt in owed if halt in late or halt not in missing])
        return (*halts, *missing)

    async def _can_be_asked(self) -> bool:
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                await self._resources.hot.ping()
        except (HotStoreUnavailable, TimeoutError):
            return False
        return True

    def _go_away(self) -> None:
        if not self._is_away:
            log.warning("Redis is away: nothing is opened until it answers")
            self._is_away, self._own = True, self._platform_halt("redis unreachable")
            self._tell_halts()

    def _come_back(self) -> None:
        """What was halted meanwhile is read before anything goes on."""
        if self._is_away:
            self._is_away = False
            self._news.set()

    def _platform_halt(self, reason: str) -> Halt:
        at = moment_of(self._intake.now()).isoformat()
        return Halt(scope="all", reason=reason, halted_by=PLATFORM, halted_at=at)

    def _tell(self, limits: RiskLimits, approvals: tuple[Approval, ...]) -> None:
        if limits != self._told_limits:
            self._intake.put(Limited(limits, self._intake.now()))
            self._told_limits = limits
        if approvals != self._told_approvals:
            self._intake.put(Approved(approvals, self._intake.now()))
            self._told_approvals = approvals

    def _teach(self, learned: tuple[LearnedModel, ...], haircuts: tuple[Haircut, ...]) -> None:
        """What was learned of games and of our own promises: before anything is opened, too."""
        if learned != self._taught:
            self._intake.put(Taught(learned, self._intake.now()))
            self._taught = learned
        if haircuts != self._told_haircuts:
            self._intake.put(Discounted(haircuts, self._intake.now()))
            self._told_haircuts = haircuts

    def _tell_halts(self) -> None:
        """Before Postgres was read the core is halted anyway."""
        if self._halts is None:
            return
        halts = self._halts if self._own is None else (*self._halts, self._own)
        if halts != self._told_halts:
            self._intake.put(Halted(halts, self._intake.now()))
            self._told_halts = halts

    async def _mend_copy(self, halts: tuple[Halt, ...], done: Round) -> None:
        """Redis has lost it, or was away when something was halted."""
        try:
            if await self._resources.hot.halts() != halts:
                await self._resources.hot.save_halts(halts)
        except HotStoreUnavailable as error:
            done.note("hot_unavailable", str(error))


def _seconds_since(halt: Halt) -> float:
    return (wall_clock() - datetime.fromisoformat(halt.halted_at)).total_seconds()
