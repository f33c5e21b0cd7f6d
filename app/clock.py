"""Time comes in as an argument; this is where it comes from."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def wall_clock() -> datetime:
    """Now, UTC."""
    return datetime.now(UTC)


def shifted_clock(now: datetime) -> Clock:
    """A clock that reads `now` at this moment and runs on at the real pace: a recorded slate's own time."""
    offset: timedelta = now - wall_clock()
    return lambda: wall_clock() + offset
