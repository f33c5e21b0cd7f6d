"""A fault that ends by itself unless it is renewed: if this process dies, nothing stays broken."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from app.errors import CrosscourtError

Plant = Callable[[float], Awaitable[None]]  # makes the fault for so many seconds


class Lease:
    """Faults that hold for `lasts` seconds, and longer while it is kept."""

    def __init__(self, plants: Sequence[Plant], lasts: float) -> None:
        self._plants = plants
        self._lasts = lasts
        self._ends_at = 0.0
        self._keeping: asyncio.Task[None] | None = None

    async def take(self) -> None:
        """Make them, and keep them from now on. Raises what making them raises."""
        await self._plant()
        self._keeping = asyncio.create_task(self._keep())

    async def end(self) -> None:
        """Keep them no longer; returns when they are over."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        await asyncio.sleep(max(0.0, self._ends_at - time.monotonic()))

    async def _plant(self) -> None:
        self._ends_at = time.monotonic() + self._lasts + 0.1  # it may be heard a little later
        for plant in self._plants:
            await plant(self._lasts)

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(self._lasts / 3)
            with suppress(CrosscourtError):  # the next turn may do
                await self._plant()
