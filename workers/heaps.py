"""Gives back to the machine what this process has freed: the C library keeps the holes between what is still used, in a
heap for each thread that ever worked."""

import asyncio
import ctypes

EVERY = 300.0  # seconds

_LIBC = ctypes.CDLL(None)


def give_back() -> bool:
    """A few milliseconds; False where the C library has no such thing."""
    if not hasattr(_LIBC, "malloc_trim"):
        return False
    _LIBC.malloc_trim(0)
    return True


async def keep_giving_back() -> None:
    """At once, since most is freed while everything is opened, and now and then; until cancelled."""
    while True:
        await asyncio.to_thread(give_back)
        await asyncio.sleep(EVERY)
