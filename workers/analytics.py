"""Measures what the platform uses; has the reports of days made, and how much of an edge to believe measured: each by a
process of its own, which may take as long as it wants and may import what it needs."""

import asyncio
import time
from collections.abc import AsyncGenerator
from datetime import UTC, date, timedelta

from app.chores import ChoreUnfinished, do, same_stores
from app.domain.operations import Round
from app.history.usage import find_report, forget_usage, note_usage
from app.resources import Resources
from workers.meters import Meter

EVERY = 60.0  # seconds
ENDS_WITHIN = 300.0  # seconds, of one report
HAIRCUTS_EVERY = timedelta(minutes=30)
USAGE_KEPT = timedelta(days=60)


async def analytics(resources: Resources) -> AsyncGenerator[Round]:
    """A round a minute."""
    work = Analytics(resources)
    while True:
        yield await work.round()
        await asyncio.sleep(EVERY)


class Analytics:
    """What one process measures and has made."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._meter = Meter(resources.settings.data_dir)
        now = resources.clock()  # nobody misses either in the first minutes, when there is other work
        self._made_at = self._believed_at = now

    async def round(self) -> Round:
        """Raises HistoryUnavailable."""
        done, now = Round(), self._resources.clock()
        used = await asyncio.to_thread(self._meter.read, time.monotonic())
        await note_usage(self._resources.history, used, now)
        done.counts["processes"] = len(used)
        done.counts["usage_forgotten"] = await forget_usage(self._resources.history, now - USAGE_KEPT)
        every = self._resources.settings.reports.every
        if now - self._made_at >= every:
            self._made_at = now
            await self._make_all(now.astimezone(UTC).date(), done)
        if now - self._believed_at >= HAIRCUTS_EVERY:
            self._believed_at = now
            await self._measure_haircuts(done)
        return done

    async def _measure_haircuts(self, done: Round) -> None:
        """The core of each process is told by its `risk_watcher`."""
        simulated = ("--simulated",) if self._resources.settings.simulation.is_on else ()
        if trouble := await self._run("models", "haircuts", "--keep", "--json", *simulated):
            done.note("not_measured", trouble)
        else:
            done.counts["haircuts"] += 1

    async def _make_all(self, today: date, done: Round) -> None:
        """Of this day as it is so far, and of the one before if nobody has made it since it was over."""
        yesterday = today - timedelta(days=1)
        last = await find_report(self._resources.history, yesterday)
        is_whole = last is not None and last.made_at.astimezone(UTC).date() > yesterday
        for day in (today,) if is_whole else (yesterday, today):
            await self._make(day, done)

    async def _make(self, day: date, done: Round) -> None:
        folder = self._resources.settings.data_dir / "reports"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        page = str(folder / f"{day}.html")
        if trouble := await self._run("report", "daily", "--keep", "--day", str(day), "--page", page, "--json"):
            done.note("not_reported", f"{day}: {trouble}")
        else:
            done.counts["reports"] += 1

    async def _run(self, *words: str) -> str:
        """A command; what it said went wrong."""
        environment = same_stores(self._resources.settings)
        try:
            return (await do(("app.cli", *words), within=ENDS_WITHIN, environment=environment)).trouble
        except ChoreUnfinished as error:
            return str(error)
