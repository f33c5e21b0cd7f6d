"""How late the event loop is: what every request and every quote waits for, at worst."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

STEP = 0.05  # seconds between looks at the clock


class LagMeter:
    """The worst lateness since it was last read, in milliseconds."""

    def __init__(self) -> None:
        self._worst = 0.0
        self.worst_ever = 0.0

    def note(self, late: float) -> None:
        self._worst = max(self._worst, late * 1000)
        self.worst_ever = max(self.worst_ever, self._worst)

    def read(self) -> float:
        worst, self._worst = self._worst, 0.0
        return round(worst, 2)


@asynccontextmanager
async def measured_lag() -> AsyncIterator[LagMeter]:
    """A meter that runs beside everything else on this loop."""
    meter = LagMeter()
    task = asyncio.create_task(_watch(meter), name="lag meter")
    try:
        yield meter
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _watch(meter: LagMeter) -> None:
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + STEP
        await asyncio.sleep(STEP)
        meter.note(max(0.0, loop.time() - due))
