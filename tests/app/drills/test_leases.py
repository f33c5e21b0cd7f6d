"""A fault holds while it is kept, and ends by itself."""

import asyncio
import time

from app.drills.leases import Lease
from app.errors import DrillRefused

LASTS = 0.06  # seconds


async def test_a_fault_is_renewed_until_it_is_let_go_and_is_over_then() -> None:
    planted, enough = list[float](), asyncio.Event()

    async def plant(seconds: float) -> None:
        planted.append(time.monotonic() + seconds)
        if len(planted) == 3:
            enough.set()

    lease = Lease([plant], LASTS)
    await lease.take()
    await enough.wait()
    await lease.end()
    told = len(planted)
    assert time.monotonic() >= planted[-1]
    await asyncio.sleep(LASTS)
    assert len(planted) == told


async def test_one_turn_that_fails_is_made_up_for_by_the_next() -> None:
    turns, enough = list[str](), asyncio.Event()

    async def plant(_: float) -> None:
        turns.append("asked")
        if len(turns) == 4:
            enough.set()
        if len(turns) == 2:
            raise DrillRefused("the sandbox is busy")

    lease = Lease([plant], LASTS)
    await lease.take()
    await enough.wait()
    await lease.end()


async def test_what_was_never_taken_is_over_at_once() -> None:
    await Lease([], 60.0).end()
