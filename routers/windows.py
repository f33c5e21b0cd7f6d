"""How often one caller may call: a count that starts anew each minute, kept in this process."""

import math

import msgspec

from app.errors import TooManyCalls

WINDOW = 60.0  # seconds
CALLERS_KEPT = 10_000  # beyond it, windows that are over are swept
SWEPT_EVERY = 1.0  # seconds: many callers at once must not cost a walk over all of them each


class Allowance(msgspec.Struct, frozen=True, gc=False):
    """What is left to a caller. `remaining` is below zero when it called too often."""

    limit: int
    remaining: int
    reset: int  # whole seconds until the count starts anew

    @property
    def is_spent(self) -> bool:
        return self.remaining < 0

    def refuse_if_spent(self) -> None:
        """Raises TooManyCalls."""
        if self.is_spent:
            raise TooManyCalls(
                f"{self.limit:,} calls a minute are allowed",
                remedy=f"Wait {self.reset} s, ask for many pairs at once with /match/batch (ten count as one call), "
                "or raise API__RATE_PER_MINUTE.",
                retry_after=self.reset,
            )

    def headers(self) -> list[tuple[bytes, bytes]]:
        return [
            (b"ratelimit-limit", b"%d" % self.limit),
            (b"ratelimit-remaining", b"%d" % max(0, self.remaining)),
            (b"ratelimit-reset", b"%d" % self.reset),
        ]


class Windows:
    """A window for each caller by name. `now` is any clock in seconds that never goes back."""

    def __init__(self, per_minute: int) -> None:
        self._limit = per_minute
        self._windows: dict[str, list[float]] = {}  # caller: [start, calls]
        self._swept_at = -SWEPT_EVERY

    def take(self, caller: str, now: float, calls: int = 1) -> Allowance:
        """Count a call, or one that is worth several."""
        window = self._windows.get(caller)
        if window is None or now - window[0] >= WINDOW:
            window = self._windows[caller] = [now, 0]
            self._sweep(now)
        window[1] += calls
        return Allowance(self._limit, self._limit - int(window[1]), max(1, math.ceil(window[0] + WINDOW - now)))

    def look(self, caller: str, now: float) -> Allowance:
        """What a call would leave, without counting it."""
        start, calls = self._windows.get(caller, (now, 0))
        if now - start >= WINDOW:
            start, calls = now, 0
        return Allowance(self._limit, self._limit - int(calls) - 1, max(1, math.ceil(start + WINDOW - now)))

    def _sweep(self, now: float) -> None:
        if len(self._windows) > CALLERS_KEPT and now - self._swept_at >= SWEPT_EVERY:
            self._swept_at = now
            self._windows = {name: each for name, each in self._windows.items() if now - each[0] < WINDOW}
