"""Tasks that run beside one another: none of them ends by itself."""

import asyncio
from collections.abc import Sequence

Tasks = Sequence[asyncio.Task[None]]


async def until(happening: asyncio.Event, tasks: Tasks) -> None:
    """Wait until it happens. A task that ends has failed: raises what it raised."""
    waiting = asyncio.create_task(happening.wait())
    try:
        done, _ = await asyncio.wait((waiting, *tasks), return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        waiting.cancel()


async def end(tasks: Tasks) -> None:
    """Cancel them, and wait until they are gone."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
