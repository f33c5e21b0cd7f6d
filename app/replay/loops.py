"""An event loop whose time is not the world's: it jumps to the next timer, or to the next thing that a tape tells.

Everything that waits in the house waits by its loop, so it runs here as it is, and nobody sleeps. No socket, thread or
process may be waited for: nothing outside moves this clock.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from contextvars import Context
from math import ceil
from typing import TypeVar, TypeVarTuple, Unpack

from app.domain.prices import SECOND, Nanos

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

# Plays on until that moment (None: whatever comes), or until something is to be done before the next input.
PlayOn = Callable[[Nanos | None], object]


class VirtualLoop(asyncio.SelectorEventLoop):
    """`play_on` is called whenever there is nothing to do now: it moves `now` on. `is_stirred`: something is to be done
    that was not when it was called."""

    def __init__(self, now: Nanos) -> None:
        self.now = self._began = now
        self.is_stirred = False
        self.play_on: PlayOn = self.jump
        super().__init__(_Turns(self))

    def time(self) -> float:
        """Seconds since it began: small numbers, which floats can tell apart to the nanosecond."""
        return (self.now - self._began) / SECOND

    def jump(self, until: Nanos | None) -> None:
        """Nothing happens before that."""
        if until is None:
            raise RuntimeError("everybody waits, and nobody will ever call")
        self.now = max(self.now, until)

    def call_soon(
        self, callback: Callable[[Unpack[Ts]], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        self.is_stirred = True
        return super().call_soon(callback, *args, context=context)

    def turn(self, seconds: float | None) -> None:
        """Nothing is to be done for so long."""
        if seconds is not None and seconds <= 0:
            return
        self.is_stirred = False
        self.play_on(None if seconds is None else Nanos(self.now + ceil(seconds * SECOND)))


class _Turns(selectors.SelectSelector):
    """Waits for no file: instead of that, time goes on."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self._loop.turn(timeout)
        return []


def run_virtually(loop: VirtualLoop, work: Coroutine[object, object, T]) -> T:
    """Run it to its end; Ctrl-C ends it as it does elsewhere."""
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(work)
