"""How much of a game is still to be played, by what the score source says of its clock.

ESPN's clock counts down in basketball, football and hockey ("8:32", "39.4"), and up in soccer ("67'", "45'+2'"); in
baseball there is none, and `Game.clock` says the half-inning instead ("Top 6th, 2 outs").
"""

import re
from typing import NamedTuple

import msgspec

_DOWN = re.compile(r"(?:(\d{1,2}):)?(\d{1,2}(?:\.\d+)?)")
_UP = re.compile(r"(\d{1,3})'?(?:\s*\+\s*(\d{1,2}))?'?")
_HALF_INNING = re.compile(r"\b(top|mid|bot|end)[a-z]*\s+(\d{1,2})(?:st|nd|rd|th)?(?:,\s*([0-3]) outs?)?", re.IGNORECASE)

HALF = 45.0  # minutes
LEAST_LEFT = 0.5  # minutes: nobody knows how long stoppage time lasts, only that the half is not over yet
OUTS = 3
OUTS_UNKNOWN = 1.5  # in the middle of the half-inning


class Clockwork(msgspec.Struct, frozen=True):
    """Regulation in `periods` of `period` seconds. `overtime`: seconds of one overtime; where it `is_timed`, a period
    after regulation has a clock, else only its weight is known."""

    periods: int
    period: int
    overtime: int
    is_timed: bool = True

    @property
    def regulation(self) -> int:
        """Seconds."""
        return self.periods * self.period


class TimeLeft(NamedTuple):
    """`regulation`: share of it, 0..1. `overtime`: seconds of the overtime that is being played; None before one."""

    regulation: float
    overtime: float | None = None


class InningsLeft(NamedTuple):
    """Innings that each side has still to bat, down to thirds: of the nine, or, when these are over (`is_extra`), of
    the extra inning that is being played."""

    away: float
    home: float
    is_extra: bool


def time_left(clockwork: Clockwork, period: int, clock: str) -> TimeLeft | None:
    """None when the clock cannot be read, or shows more than a period has."""
    seconds = seconds_shown(clock)
    if seconds is None or period < 1 or seconds > clockwork.period:
        return None
    if period <= clockwork.periods:
        return TimeLeft(((clockwork.periods - period) * clockwork.period + seconds) / clockwork.regulation)
    return TimeLeft(0.0, seconds) if clockwork.is_timed else None


def seconds_shown(clock: str) -> float | None:
    """Of a clock that counts down: "8:32" → 512.0, "39.4" → 39.4."""
    found = _DOWN.fullmatch(clock.strip())
    return None if found is None else 60.0 * int(found[1] or 0) + float(found[2])


def regulation_left(period: int, clock: str, stoppage: tuple[float, float]) -> float | None:
    """The share of a soccer game that is left before the final whistle, 0..1. `stoppage`: minutes that are expected to
    be added to each half. None when the clock cannot be read, or is not of this half."""
    found = _UP.fullmatch(clock.strip())
    if found is None or period not in (1, 2):
        return None
    gone = float(found[1]) + float(found[2] or 0)
    if period == 2 and gone < HALF:
        return None
    left = max(period * HALF + stoppage[period - 1] - gone, LEAST_LEFT)
    if period == 1:
        left += HALF + stoppage[1]
    return min(1.0, left / (2 * HALF + sum(stoppage)))


def innings_left(clock: str, innings: int) -> InningsLeft | None:
    """None when the clock names no half-inning."""
    found = _HALF_INNING.search(clock)
    if found is None:
        return None
    part, number = found[1].lower(), int(found[2])
    batting = (OUTS - (float(found[3]) if found[3] else OUTS_UNKNOWN)) / OUTS
    away, home = {"top": (batting, 1.0), "mid": (0.0, 1.0), "bot": (0.0, batting), "end": (0.0, 0.0)}[part]
    later = max(0, innings - number)
    return InningsLeft(later + away, later + home, number > innings)
