"""Time comes in as an argument; this is where it comes from."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import cast

from app.domain.prices import Nanos

Clock = Callable[[], datetime]


def wall_clock() -> datetime:
    """Now, UTC."""
    return datetime.now(UTC)


def shifted_clock(now: datetime) -> Clock:
    """A clock that reads `now` at this moment and runs on at the real pace: a recorded slate's own time."""
    offset: timedelta = now - wall_clock()
    return lambda: wall_clock() + offset


def nanos_clock(clock: Clock) -> Callable[[], Nanos]:
    """The same time in whole nanoseconds, without a datetime each time it is read."""
    if clock is wall_clock:
        return cast(Callable[[], Nanos], time.time_ns)
    offset = round((clock() - wall_clock()).total_seconds() * 1e9)
    return lambda: Nanos(time.time_ns() + offset)
