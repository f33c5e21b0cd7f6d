"""How often one caller may call: a bucket of calls for each kind of route, which fills by itself.

Buckets are this process's own, so that a call waits for nobody. Each second Redis is told what was taken from them, and
says what is left after everybody's calls: for so long several processes may let in more than one would, and pay for it
in the next.
"""

import asyncio
import math
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Literal

import msgspec

from app.errors import HotStoreUnavailable, TooManyCalls
from app.hot.rates import Taken
from app.hot.state import HotState
from app.settings import ApiSettings

MINUTE = 60.0  # seconds
CALLERS_KEPT = 10_000  # beyond it, buckets that are full again are swept
SWEPT_EVERY = 1.0  # seconds: many callers at once must not cost a walk over all of them each
SHARED_EVERY = 1.0  # seconds
GUESSES_A_MINUTE = 600  # keys that nobody knows, from one address; each costs a look into Postgres

Kind = Literal["match", "read", "change", "socket", "guess"]

SETTINGS: Mapping[Kind, str] = {
    "match": "API__RATE_PER_MINUTE",
    "read": "API__RATE_PER_MINUTE",
    "change": "API__CHANGES_PER_MINUTE",
    "socket": "API__SOCKETS_PER_MINUTE",
}
PLURALS: Mapping[Kind, str] = {
    "match": "questions to the matcher",
    "read": "reads",
    "change": "changes",
    "socket": "connections",
    "guess": "unknown keys",
}


class Allowance(msgspec.Struct, frozen=True, gc=False):
    """What is left to a caller. `remaining` is below zero when there was not as much as it wanted."""

    kind: Kind
    limit: int
    remaining: int
    reset: int  # whole seconds until its bucket is full again
    wait: int  # whole seconds until there is as much as it wanted

    @property
    def is_spent(self) -> bool:
        return self.remaining < 0

    def refuse_if_spent(self) -> None:
        """Raises TooManyCalls."""
        if self.is_spent:
            setting = SETTINGS.get(self.kind)
            raise TooManyCalls(
                f"{self.limit:,} {PLURALS[self.kind]} a minute are allowed",
                remedy=f"Wait {self.wait} s, ask for many pairs at once with /match/batch (ten count as one call)"
                + (f", or raise {setting}." if setting else "."),
                retry_after=self.wait,
            )

    def headers(self) -> list[tuple[bytes, bytes]]:
        return [
            (b"ratelimit-limit", b"%d" % self.limit),
            (b"ratelimit-remaining", b"%d" % max(0, self.remaining)),
            (b"ratelimit-reset", b"%d" % self.reset),
        ]


class Bucket:
    """One caller's. `untold`: what was taken since Redis was told."""

    __slots__ = ("at", "left", "untold")

    def __init__(self, left: float, at: float) -> None:
        self.left = left
        self.at = at
        self.untold = 0


class Buckets:
    """A bucket for each caller by name. `now` is any clock in seconds that never goes back."""

    def __init__(self, per_minute: int, kind: Kind = "read") -> None:
        self.limit = per_minute
        self.kind: Kind = kind
        self._a_second = per_minute / MINUTE
        self._buckets: dict[str, Bucket] = {}
        self._touched: dict[str, None] = {}
        self._swept_at = -SWEPT_EVERY

    def take(self, caller: str, now: float, calls: int = 1) -> Allowance:
        """Take a call out, or one that is worth several; nothing when there are not as many."""
        bucket = self._buckets.get(caller)
        if bucket is None:
            self._sweep(now)
            bucket = self._buckets[caller] = Bucket(self.limit, now)
        self._fill(bucket, now)
        left = bucket.left - calls
        if left < 0:
            return self._allowance(left, -left)
        bucket.left = left
        bucket.untold += calls
        self._touched[caller] = None
        return self._allowance(left, 0)

    def look(self, caller: str, now: float) -> Allowance:
        """What a call would leave, without taking it."""
        bucket = self._buckets.get(caller)
        if bucket is None:
            return self._allowance(self.limit - 1, 0)
        self._fill(bucket, now)
        return self._allowance(bucket.left - 1, 1 - bucket.left)

    def untold(self) -> list[Taken]:
        """What was taken since the last time, to be told to everybody else."""
        taken = [Taken(self.kind, caller, self.limit, self._buckets[caller].untold) for caller in self._touched]
        for caller in self._touched:
            self._buckets[caller].untold = 0
        self._touched.clear()
        return taken

    def owe(self, caller: str, calls: int) -> None:
        """They were told in vain."""
        if bucket := self._buckets.get(caller):
            bucket.untold += calls
            self._touched[caller] = None

    def hear(self, caller: str, left: float, now: float) -> None:
        """So much is left after everybody's calls, those of this process that were told among them."""
        if bucket := self._buckets.get(caller):
            bucket.left, bucket.at = left - bucket.untold, now

    def _fill(self, bucket: Bucket, now: float) -> None:
        if now > bucket.at:
            bucket.left = min(self.limit, bucket.left + (now - bucket.at) * self._a_second)
            bucket.at = now

    def _allowance(self, left: float, lacking: float) -> Allowance:
        full_in, wait = (self.limit - max(0.0, left)) / self._a_second, lacking / self._a_second
        return Allowance(self.kind, self.limit, math.floor(left), max(1, math.ceil(full_in)), max(1, math.ceil(wait)))

    def _sweep(self, now: float) -> None:
        if len(self._buckets) >= CALLERS_KEPT and now - self._swept_at >= SWEPT_EVERY:
            self._swept_at = now
            for caller, bucket in tuple(self._buckets.items()):
                self._fill(bucket, now)
                if bucket.left >= self.limit and not bucket.untold:
                    del self._buckets[caller]


class Rates:
    """The buckets of one process, by kind of route."""

    def __init__(self, settings: ApiSettings) -> None:
        limits: Mapping[Kind, int] = {
            "match": settings.rate_per_minute,
            "read": settings.rate_per_minute,
            "change": settings.changes_per_minute,
            "socket": settings.sockets_per_minute,
            "guess": min(settings.rate_per_minute, GUESSES_A_MINUTE),
        }
        self.of: Mapping[Kind, Buckets] = {kind: Buckets(limit, kind) for kind, limit in limits.items()}

    async def share(self, hot: HotState, now: float) -> None:
        """Tell what was taken here, and hear what is left. Raises HotStoreUnavailable: it is told the next time."""
        taken = [each for buckets in self.of.values() for each in buckets.untold()]
        try:
            left = await hot.share_rates(taken)
        except HotStoreUnavailable:
            for each in taken:
                self.of[each.kind].owe(each.caller, each.calls)
            raise
        for each, remains in zip(taken, left, strict=True):
            self.of[each.kind].hear(each.caller, remains, now)


@asynccontextmanager
async def shared(rates: Rates, hot: HotState) -> AsyncGenerator[None]:
    """Meanwhile these are the buckets of every process over one Redis."""
    task = asyncio.create_task(_keep_sharing(rates, hot), name="sharing rates")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _keep_sharing(rates: Rates, hot: HotState) -> None:
    while True:
        await asyncio.sleep(SHARED_EVERY)
        try:
            await rates.share(hot, time.monotonic())
        except HotStoreUnavailable:
            continue  # each process then has the whole limit
