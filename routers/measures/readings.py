"""Gathers all measures. What one store cannot tell is missing, and said to be; the others are told all the same."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import chain

from app.errors import CrosscourtError
from app.history.tallies import read_tallies
from app.resources import Resources
from routers.beats import Expected
from routers.health import mode_of
from routers.measures.beats import feed_samples, worker_samples
from routers.measures.families import Sample
from routers.measures.machine import disk_samples, process_samples
from routers.measures.trading import funnel_samples, money_samples, reconciled_samples, tally_samples
from routers.portfolio import read_whole

PATIENCE = 3.0  # seconds, of one part
COUNTED_EVERY = 10.0  # seconds: whole tables are counted
WALKED_EVERY = 15.0  # seconds: folders are walked through

log = logging.getLogger(__name__)

Read = Callable[[], Awaitable[Iterable[Sample]]]


class Kept:
    """What is dear to read, remembered for some seconds; of several who ask at once one reads."""

    def __init__(self, every: float) -> None:
        self._every = every
        self._read_at = -every
        self._samples: Sequence[Sample] = ()
        self._turn = asyncio.Lock()

    async def ask(self, read: Read) -> Sequence[Sample]:
        """Raises what reading raises, and then nothing is remembered."""
        async with self._turn:
            now = time.monotonic()
            if now - self._read_at >= self._every:
                self._samples, self._read_at = tuple(await read()), now
            return self._samples


class Readings:
    """One per process."""

    def __init__(self, opened: Resources, expected: Sequence[Expected], version: str) -> None:
        self._opened = opened
        self._expected = expected
        self._info = Sample("crosscourt_build_info", 1, (version, mode_of(opened), opened.settings.simulation.world))
        self._counted, self._walked = Kept(COUNTED_EVERY), Kept(WALKED_EVERY)
        self._troubles: set[str] = set()

    async def samples(self) -> Iterable[Sample]:
        """All there are now."""
        stores: dict[str, Read] = {"redis": self._redis, "postgres": self._postgres}
        parts: dict[str, Read] = {
            "beats": self._beats,
            "signals": self._signals,
            "trading": lambda: self._counted.ask(self._trading),
            "disk": lambda: self._walked.ask(self._disk),
        }
        pings = [await self._part(name, read) for name, read in stores.items()]  # alone: what else runs is no delay
        told = await asyncio.gather(*(self._part(name, read) for name, read in parts.items()))
        return chain((self._info,), process_samples(), *pings, *told)

    async def _part(self, name: str, read: Read) -> Sequence[Sample]:
        """One part; a store that does not answer keeps nobody waiting for long."""
        try:
            async with asyncio.timeout(PATIENCE):
                found = list(await read())
        except (CrosscourtError, TimeoutError, OSError) as error:
            if name not in self._troubles:
                log.warning("not measured", extra={"part": name, "error": str(error) or type(error).__name__})
            self._troubles.add(name)
            down = [Sample(f"crosscourt_{name}_up", 0)] if name in ("redis", "postgres") else []
            return [Sample("crosscourt_unread", 1, (name,)), *down]
        self._troubles.discard(name)
        return [Sample("crosscourt_unread", 0, (name,)), *found]

    async def _redis(self) -> Sequence[Sample]:
        began = time.perf_counter()
        used = await self._opened.hot.usage()
        took = time.perf_counter() - began
        return [
            Sample("crosscourt_redis_up", 1),
            Sample("crosscourt_redis_ping_seconds", took),
            Sample("crosscourt_redis_memory_bytes", used.memory),
            Sample("crosscourt_redis_keys", used.keys),
        ]

    async def _postgres(self) -> Sequence[Sample]:
        history = self._opened.history
        began = time.perf_counter()
        await history.ping()
        took, pool = time.perf_counter() - began, history.pool
        return [
            Sample("crosscourt_postgres_up", 1),
            Sample("crosscourt_postgres_ping_seconds", took),
            Sample("crosscourt_postgres_pool_limit", pool.limit),
            Sample("crosscourt_postgres_pool_connections", pool.used, ("used",)),
            Sample("crosscourt_postgres_pool_connections", pool.idle, ("idle",)),
        ]

    async def _beats(self) -> Iterable[Sample]:
        opened, now = self._opened, self._opened.clock()
        beats, lanes = await asyncio.gather(opened.hot.beats(), opened.hot.lanes())
        venues = [venue.venue for venue in opened.venues]
        feeds = (opened.source.name, *venues)
        workers = worker_samples(self._expected, beats, now, feeds)
        return chain(workers, feed_samples(opened.source.name, venues, beats, lanes, now))

    async def _signals(self) -> Iterable[Sample]:
        hot = self._opened.hot
        funnels, shown = await asyncio.gather(hot.funnels(), hot.reconciled())
        return chain(funnel_samples(funnels), reconciled_samples(shown, self._opened.clock()))

    async def _trading(self) -> Iterable[Sample]:
        tallies, portfolio = await asyncio.gather(read_tallies(self._opened.history), read_whole(self._opened, 0))
        limits = self._opened.intake.pipeline.desk.limits
        return chain(tally_samples(tallies), money_samples(portfolio, limits))

    async def _disk(self) -> Sequence[Sample]:
        return await asyncio.to_thread(disk_samples, self._opened.settings.data_dir)
