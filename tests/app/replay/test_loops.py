"""Time that jumps: nobody sleeps, everything comes in its order."""

import asyncio

import pytest

from app.domain.prices import SECOND, Nanos
from app.replay.loops import VirtualLoop, run_virtually

BEGAN = Nanos(1_795_425_520 * SECOND + 7)


def test_who_sleeps_wakes_in_order_and_nobody_waits() -> None:
    loop, woke = VirtualLoop(BEGAN), list[tuple[str, int]]()

    async def sleep(name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        woke.append((name, loop.now - BEGAN))

    async def work() -> None:
        await asyncio.gather(sleep("a day", 86_400.0), sleep("a moment", 0.000_000_001), sleep("an hour", 3_600.0))

    run_virtually(loop, work())
    assert woke == [("a moment", 1), ("an hour", 3_600 * SECOND), ("a day", 86_400 * SECOND)]


def test_a_timeout_is_of_this_time() -> None:
    loop = VirtualLoop(BEGAN)

    async def work() -> None:
        async with asyncio.timeout(10):
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        run_virtually(loop, work())
    assert loop.now == BEGAN + 10 * SECOND


def test_what_comes_from_outside_goes_before_a_later_timer() -> None:
    loop, seen = VirtualLoop(BEGAN), list[str]()

    async def work() -> None:
        called = asyncio.Event()

        def play_on(until: Nanos | None) -> None:
            assert until == BEGAN + 5 * SECOND
            loop.now = Nanos(BEGAN + SECOND)
            loop.play_on = loop.jump
            called.set()

        loop.play_on = play_on
        sleeper = asyncio.ensure_future(asyncio.sleep(5))
        await called.wait()
        seen.append(f"called after {(loop.now - BEGAN) // SECOND} s")
        await sleeper
        seen.append(f"slept {(loop.now - BEGAN) // SECOND} s")

    run_virtually(loop, work())
    assert seen == ["called after 1 s", "slept 5 s"]


def test_where_nobody_will_ever_call_it_says_so() -> None:
    async def work() -> None:
        await asyncio.Event().wait()

    with pytest.raises(RuntimeError, match="nobody will ever call"):
        run_virtually(VirtualLoop(BEGAN), work())
