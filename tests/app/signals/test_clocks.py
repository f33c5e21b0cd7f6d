"""What each sport's clock says of the time that is left."""

from pathlib import Path

import pytest

from app.domain.leagues import LeagueCode
from app.signals.clocks import InningsLeft, innings_left, regulation_left, seconds_shown, time_left
from app.signals.models import (
    COLLEGE_FOOTBALL,
    FOOTBALL,
    HALVES_OF_20,
    QUARTERS_OF_10,
    QUARTERS_OF_12,
    STOPPAGE,
    THIRDS_OF_20,
)
from app.sources.espn.translate import games_from


@pytest.mark.parametrize(
    ("clock", "seconds"),
    [("8:32", 512), ("0:00", 0), ("0.0", 0), ("39.4", 39.4), ("12:00", 720), ("0:48", 48), (" 4:15 ", 255)],
)
def test_a_clock_that_counts_down(clock: str, seconds: float) -> None:
    assert seconds_shown(clock) == seconds


@pytest.mark.parametrize("clock", ["", "67'", "Halftime", "Top 6th", "-1:00", "1:2:3", "nan"])
def test_what_is_no_such_clock(clock: str) -> None:
    assert seconds_shown(clock) is None
    assert time_left(FOOTBALL, 1, clock) is None


TIMES = [  # clockwork, period, clock, share of regulation, seconds of overtime
    (QUARTERS_OF_12, 1, "12:00", 1.0, None),
    (QUARTERS_OF_12, 2, "0.0", 0.5, None),  # half-time
    (QUARTERS_OF_12, 3, "12:00", 0.5, None),
    (QUARTERS_OF_12, 4, "28.8", 0.01, None),
    (QUARTERS_OF_12, 4, "0.0", 0.0, None),
    (QUARTERS_OF_12, 5, "5:00", 0.0, 300),
    (QUARTERS_OF_12, 7, "0:01", 0.0, 1),
    (QUARTERS_OF_10, 3, "5:00", 0.375, None),
    (HALVES_OF_20, 1, "20:00", 1.0, None),
    (HALVES_OF_20, 2, "10:00", 0.25, None),
    (HALVES_OF_20, 3, "2:30", 0.0, 150),
    (FOOTBALL, 2, "8:47", (1800 + 527) / 3600, None),
    (FOOTBALL, 5, "10:00", 0.0, 600),
    (COLLEGE_FOOTBALL, 3, "15:00", 0.5, None),
    (THIRDS_OF_20, 3, "9:03", 543 / 3600, None),
    (THIRDS_OF_20, 4, "4:00", 0.0, 240),
    (THIRDS_OF_20, 4, "18:00", 0.0, 1080),  # of the play-offs
]


@pytest.mark.parametrize(("clockwork", "period", "clock", "share", "overtime"), TIMES)
def test_what_is_left(clockwork: object, period: int, clock: str, share: float, overtime: float | None) -> None:
    left = time_left(clockwork, period, clock)  # type: ignore[arg-type]
    assert left is not None
    assert left.regulation == pytest.approx(share)
    assert left.overtime == overtime


def test_a_clock_of_another_sport_and_one_that_there_is_not() -> None:
    assert time_left(QUARTERS_OF_10, 1, "12:00") is None  # a quarter has ten minutes
    assert time_left(QUARTERS_OF_12, 0, "12:00") is None
    assert time_left(COLLEGE_FOOTBALL, 5, "0:00") is None  # possessions by turns


SOCCER = [  # period, clock, minutes left with 3 and 6 added
    (1, "0'", 99),
    (1, "13'", 86),
    (1, "45'", 54),
    (1, "45'+2'", 52),
    (1, "45+2'", 52),
    (1, "45'+7'", 51.5),  # added time that is over is about to end
    (2, "46'", 50),
    (2, "45'", 51),
    (2, "69'", 27),
    (2, "90'", 6),
    (2, "90'+4'", 2),
    (2, "90'+19'", 0.5),
]


@pytest.mark.parametrize(("period", "clock", "minutes"), SOCCER)
def test_a_clock_that_counts_up(period: int, clock: str, minutes: float) -> None:
    assert regulation_left(period, clock, STOPPAGE) == pytest.approx(minutes / 99)


@pytest.mark.parametrize(("period", "clock"), [(2, "13'"), (3, "96'"), (0, "0'"), (1, ""), (1, "HT"), (1, "8:32")])
def test_a_soccer_clock_that_says_nothing_of_this_half(period: int, clock: str) -> None:
    assert regulation_left(period, clock, STOPPAGE) is None


INNINGS = [
    ("Top 1st", (8.5, 9, False)),
    ("Top 1st, 0 outs", (9, 9, False)),
    ("Top 6th, 2 outs", (3 + 1 / 3, 4, False)),
    ("Mid 6th", (3, 4, False)),
    ("Bot 6th, 1 out", (3, 3 + 2 / 3, False)),
    ("Bottom 6th, 3 outs", (3, 3, False)),
    ("End 6th", (3, 3, False)),
    ("Top 9th, 2 outs", (1 / 3, 1, False)),
    ("Mid 9th", (0, 1, False)),
    ("End 9th", (0, 0, False)),
    ("Top 10th, 0 outs", (1, 1, True)),
    ("Bot 12th, 1 out", (0, 2 / 3, True)),
    ("Rain Delay, Bot 5th", (4, 4.5, False)),
]


@pytest.mark.parametrize(("clock", "left"), INNINGS)
def test_half_innings(clock: str, left: tuple[float, float, bool]) -> None:
    found = innings_left(clock, 9)
    assert found is not None
    assert (pytest.approx(found.away), pytest.approx(found.home), found.is_extra) == left


@pytest.mark.parametrize("clock", ["", "0:00", "5th", "Warmup", "67'"])
def test_no_half_inning(clock: str) -> None:
    assert innings_left(clock, 9) is None


def test_two_outs_are_read_as_the_source_tells_them(shared: Path) -> None:
    games = games_from((shared / "data/espn/scoreboards-2022/mlb.json").read_bytes(), LeagueCode("mlb")).items
    live = [game.clock for game in games if game.status == "live"]
    assert live == ["Top 9th, 2 outs", "Bot 5th, 2 outs", "Bot 6th, 2 outs"]
    assert innings_left(live[0], 9) == InningsLeft(1 / 3, 1, False)
