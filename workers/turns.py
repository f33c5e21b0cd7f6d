"""How long work shares the loop with everybody else, and how several calls run beside each other."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import TypeVar

SLICE_SECONDS = 0.005  # of computing between two breaths of the event loop

Answer = TypeVar("Answer")


class Breath:
    """Gives the loop its turn whenever computing has lasted for a slice, however long each piece takes."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._began = monotonic()

    async def take(self) -> bool:
        """Between two pieces of work; True when others had their turn."""
        is_due = self._monotonic() - self._began >= SLICE_SECONDS
        if is_due:
            await asyncio.sleep(0)
            self._began = self._monotonic()
        return is_due


@asynccontextmanager
async def under_way(calls: Iterable[Coroutine[object, object, Answer]]) -> AsyncIterator[list[asyncio.Task[Answer]]]:
    """These calls as tasks beside the body; what is not done when it ends is given up, and nothing goes on alone."""
    tasks = [asyncio.create_task(call) for call in calls]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def together(calls: Iterable[Coroutine[object, object, Answer]]) -> list[Answer]:
    """All answers; the first that falls is raised, and the others are given up."""
    async with under_way(calls) as tasks:
        return await asyncio.gather(*tasks)
