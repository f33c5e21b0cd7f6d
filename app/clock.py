"""Time comes in as an argument; this is where it comes from."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import cast

from app.domain.prices import Nanos

Clock = Callable[[], datetime]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def wall_clock() -> datetime:
    """Now, UTC."""
    return datetime.now(UTC)


def moment_of(at: Nanos) -> datetime:
    """To the microsecond, UTC."""
    return EPOCH + timedelta(microseconds=at // 1_000)


def nanos_of(moment: datetime) -> Nanos:
    """The same the other way."""
    return Nanos((moment - EPOCH) // timedelta(microseconds=1) * 1_000)


def shifted_clock(now: datetime, asked_at: datetime, heard_at: datetime) -> Clock:
    """A slate's own time, which runs on at the real pace: it said `now` between these two moments of ours. Where it may
    well be ours it is ours: two clocks a few milliseconds apart would look like a venue that is ahead of us."""
    if asked_at <= now <= heard_at:
        return wall_clock
    offset: timedelta = now - asked_at - (heard_at - asked_at) / 2
    return lambda: wall_clock() + offset


def nanos_clock(clock: Clock) -> Callable[[], Nanos]:
    """The same time in whole nanoseconds, without a datetime each time it is read."""
    if clock is wall_clock:
        return cast(Callable[[], Nanos], time.time_ns)
    offset = round((clock() - wall_clock()).total_seconds() * 1e9)
    return lambda: Nanos(time.time_ns() + offset)
