"""Whose time it is, by what a slate says of its own."""

from datetime import UTC, datetime, timedelta

from app.clock import nanos_clock, shifted_clock, wall_clock

ASKED = datetime(2026, 8, 7, 12, 0, 0, tzinfo=UTC)
HEARD = ASKED + timedelta(milliseconds=18)


def test_a_slate_that_plays_now_has_our_own_clock() -> None:
    """However long the way was: else its venues would seem to be ahead of us."""
    assert shifted_clock(ASKED + timedelta(milliseconds=9), ASKED, HEARD) is wall_clock


def test_a_recorded_slate_runs_on_from_its_own_moment() -> None:
    ahead = timedelta(days=-40)
    clock = shifted_clock(ASKED + timedelta(milliseconds=9) + ahead, ASKED, HEARD)
    before, said, after = wall_clock(), clock(), wall_clock()
    assert before + ahead <= said <= after + ahead


def test_whole_nanoseconds_tell_the_same_time() -> None:
    clock = shifted_clock(ASKED - timedelta(days=1), ASKED, HEARD)
    found = nanos_clock(clock)() / 1e9 - clock().timestamp()
    assert abs(found) < 0.01
