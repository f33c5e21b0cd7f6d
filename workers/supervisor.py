"""The only loop: it restarts what falls, beats what lives, stops all together."""

import asyncio
import contextlib
import logging
import os
import secrets
import socket
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import datetime

from app.domain.operations import Beat, Round
from app.errors import CrosscourtError, HotStoreUnavailable
from app.resources import Resources
from workers.heaps import keep_giving_back
from workers.lag import LagMeter, measured_lag
from workers.roster import Worker

log = logging.getLogger(__name__)

LOCK_SECONDS = 10.0  # a dead process's workers are free for another after this long
BEAT_EVERY = 3.0  # seconds
FIRST_WAIT = 1.0  # seconds, after a fall; doubled each time
FIRST_TURN = 20.0  # seconds that the next in the pipeline waits for a first round, before it begins beside it
REQUESTS_EVERY = 1.0  # seconds
LEARN_EVERY = 5.0  # seconds


class Watch:
    """One worker's life: its lock, its beat and what it met. `owner`: of its process's locks, as some share one."""

    def __init__(self, worker: Worker, resources: Resources, owner: str = "") -> None:
        self.worker = worker
        self._resources = resources
        self._lock = f"worker:{worker.lock_name}"
        self._owner = owner or name_of_owner()
        self._started_at: datetime = resources.clock()
        self._last_run_at = self._started_at
        self._runs = self._failures = 0
        self._took_ms = 0.0
        self._last_error = ""
        self._fell = False
        self._counts: dict[str, int] = {}
        self.is_held_elsewhere = False
        self.wait = FIRST_WAIT  # seconds, after the next fall
        self.may_begin = asyncio.Event()
        self.has_had_a_turn = asyncio.Event()

    async def hold(self) -> bool:
        """Take or keep the worker's lock; another process may have it, unless it runs in each."""
        if self.worker.runs_in_each:
            return True
        held = await self._resources.hot.hold(self._lock, self._owner, LOCK_SECONDS)
        if not held and not self.is_held_elsewhere:
            holder = await self._resources.hot.holder(self._lock)
            log.warning(
                "worker runs in another process; this one serves without it",
                extra={"worker": self.worker.name, "holder": holder},
            )
        self.is_held_elsewhere = not held
        return held

    async def release(self) -> None:
        """Let another process have the worker at once; one that runs in each is missed by nobody."""
        with contextlib.suppress(HotStoreUnavailable):  # both run out by themselves
            if self.worker.runs_in_each:
                await self._resources.hot.forget_beat(self._beat(0.0))
            else:
                await self._resources.hot.release(self._lock, self._owner)

    async def run(self) -> None:
        """One round; or, of a worker that yields them, rounds until another process has it. Raises what it raises."""
        work = self.worker.run(self._resources)
        if isinstance(work, AsyncGenerator):
            async with aclosing(work):
                while not self.is_held_elsewhere:
                    await self._finish(anext(work))
        else:
            await self._finish(work)

    async def _finish(self, work: Awaitable[Round]) -> None:
        """Let a round end, timed."""
        began = time.perf_counter()
        try:
            self._take(await work)
            self._fell, self.wait = False, FIRST_WAIT
        except Exception as error:
            self._failures += 1
            self._fell = True
            self._last_error = f"{type(error).__name__}: {error}"
            raise
        finally:
            self._runs += 1
            self._took_ms = round((time.perf_counter() - began) * 1000, 1)
            self._last_run_at = self._resources.clock()

    def _take(self, done: Round) -> None:
        """What a round did and met. An idle one changes nothing: what the last one met still stands, but for a fall."""
        if done.is_idle:
            self._last_error = "" if self._fell else self._last_error
            return
        self._counts, self._last_error = dict(done.counts), done.trouble
        for trouble in done.troubles:
            log.warning("trouble", extra={"worker": self.worker.name, "trouble": trouble})

    async def beat(self, loop_lag_ms: float) -> None:
        """Say that it lives, also while a long round runs."""
        await self._resources.hot.beat(self._beat(loop_lag_ms))

    def _beat(self, loop_lag_ms: float) -> Beat:
        return Beat(
            worker=self.worker.name,
            process_id=os.getpid(),
            host=socket.gethostname(),
            started_at=self._started_at,
            at=self._last_run_at,
            every=self.worker.every,
            runs=self._runs,
            failures=self._failures,
            took_ms=self._took_ms,
            loop_lag_ms=loop_lag_ms,
            last_error=self._last_error[:500],
            counts=self._counts | self.worker.feeds(self._resources),
            runs_in_each=self.worker.runs_in_each,
        )


def name_of_owner() -> str:
    """Whose the locks of this process are."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


async def begin_in_order(watches: Sequence[Watch]) -> None:
    """The first rounds of the pipeline come one after another, each to find what the one before has left; a slow one
    is not waited for. The other workers begin at once."""
    for watch in watches:
        if not watch.worker.joins_first_round:
            watch.may_begin.set()
    for watch in watches:
        if watch.worker.joins_first_round:
            watch.may_begin.set()
            await _wait_for(watch.has_had_a_turn, FIRST_TURN)


async def keep_running(watch: Watch, resources: Resources) -> None:
    """Rounds without end. What falls is run again after a growing wait; cancellation passes through."""
    await watch.may_begin.wait()
    while True:
        refreshed = resources.refreshed  # taken before the round, so that asking while it runs counts
        if await _run_if_held(watch):
            pause = LOCK_SECONDS / 4 if watch.is_held_elsewhere else watch.worker.every
        else:
            pause, watch.wait = watch.wait, min(watch.wait * 2, watch.worker.longest_wait)
        watch.has_had_a_turn.set()
        await _wait_for(refreshed if watch.worker.heeds_refresh else asyncio.Event(), pause)


async def _wait_for(happening: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await happening.wait()


async def _run_if_held(watch: Watch) -> bool:
    """One round if this process has the worker's lock; False when it fell."""
    try:
        if await watch.hold():
            await watch.run()
    except Exception as error:
        _tell(watch.worker.name, error)
        return False
    return True


async def obey_requests(resources: Resources) -> None:
    """Somebody asks for a refresh: every league is due, and nobody waits any longer."""
    seen: float | None = None  # by the clock of the one who asked
    while True:
        try:
            asked = await resources.hot.refresh_requested()
            if seen is not None and asked > seen:
                resources.refresh()
            seen = asked
        except Exception as error:
            _tell("refresh requests", error)
        await asyncio.sleep(REQUESTS_EVERY)


async def keep_learning(resources: Resources) -> None:
    """What other processes learn of teams and names is known here too, whether or not any worker runs here."""
    while True:
        await asyncio.sleep(LEARN_EVERY)
        try:
            await resources.catch_up()
        except Exception as error:
            _tell("learning from others", error)


async def keep_beating(watches: Sequence[Watch], lag: LagMeter) -> None:
    """Locks and beats go on while a long round runs."""
    while True:
        late = lag.read()
        for watch in watches:
            try:
                if not watch.is_held_elsewhere and await watch.hold():
                    await watch.beat(late)
            except Exception as error:
                _tell(f"beat of {watch.worker.name}", error)
        await asyncio.sleep(BEAT_EVERY)


def _tell(who: str, error: Exception) -> None:
    if isinstance(error, CrosscourtError):
        log.warning("waits", extra={"worker": who, "error": str(error), "remedy": error.remedy})
    else:
        log.exception("fell", extra={"worker": who}, exc_info=error)


@asynccontextmanager
async def supervised(workers: Sequence[Worker], resources: Resources) -> AsyncIterator[LagMeter]:
    """Run the workers beside the body; all stop together when it ends. The body's own error stays what it is."""
    async with measured_lag() as lag:
        owner = name_of_owner()
        watches = [Watch(worker, resources, owner) for worker in workers]
        loops = [begin_in_order(watches), *(keep_running(watch, resources) for watch in watches)]
        loops += [keep_beating(watches, lag), obey_requests(resources), keep_learning(resources)]
        loops += [keep_giving_back()]
        tasks = [asyncio.create_task(loop) for loop in loops]
        try:
            yield lag
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.gather(*(watch.release() for watch in watches))
