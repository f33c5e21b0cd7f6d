"""Which games are active, and when a league is asked again."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from app.discovery.activity import LONGEST_RETRY, LONGEST_RETRY_LIVE, QUIET, Pacing, days_to_ask, is_active
from app.domain.games import GameStatus
from app.settings import DiscoverySettings
from tests.app.hot.samples import CELTICS_GAME, NOW

SETTINGS = DiscoverySettings()
LIVE = msgspec.structs.replace(CELTICS_GAME, status="live")


@pytest.mark.parametrize(
    ("status", "starts_in", "expected"),
    [
        ("live", -20, True),
        ("suspended", -20, True),
        ("scheduled", 2, True),
        ("scheduled", 2.1, False),
        ("scheduled", -8, True),
        ("scheduled", -8.1, False),
        ("final", -2, False),
        ("postponed", 1, False),
        ("cancelled", 1, False),
    ],
)
def test_active_is_what_is_played_or_about_to_be(status: GameStatus, starts_in: float, expected: bool) -> None:
    game = msgspec.structs.replace(CELTICS_GAME, status=status, start=NOW + timedelta(hours=starts_in))
    assert is_active(game, NOW, SETTINGS) == expected


def test_around_midnight_in_new_york_two_days_are_asked() -> None:
    assert days_to_ask(datetime(2026, 1, 11, 4, tzinfo=UTC), SETTINGS) == (date(2026, 1, 10), date(2026, 1, 11))
    assert days_to_ask(datetime(2026, 1, 11, 20, tzinfo=UTC), SETTINGS) == (date(2026, 1, 11),)


def waits(pacing: Pacing[str]) -> float:
    """Seconds until the league is due, to the second."""
    return next(n for n in range(3600) if pacing.due(["nba"], NOW + timedelta(seconds=n)))


def test_busy_leagues_are_due_sooner_than_quiet_ones() -> None:
    pacing = Pacing[str](60, 15)
    assert waits(pacing) == 0
    pacing.asked("nba", [LIVE], NOW)
    assert waits(pacing) == 15
    pacing.asked("nba", [CELTICS_GAME], NOW)
    assert waits(pacing) == 60
    pacing.asked("nba", [], NOW)
    assert waits(pacing) == 60 * QUIET


def test_failures_double_the_wait_and_a_success_ends_it() -> None:
    pacing = Pacing[str](60, 15)
    seen = []
    for _ in range(7):
        pacing.failed("nba", "away", NOW)
        seen.append(waits(pacing))
    assert seen == [15, 30, 60, 120, LONGEST_RETRY, LONGEST_RETRY, LONGEST_RETRY]
    pacing.asked("nba", [CELTICS_GAME], NOW)
    pacing.failed("nba", "away", NOW)
    assert waits(pacing) == 15


def test_a_league_with_live_games_never_waits_for_longer_than_a_minute() -> None:
    pacing = Pacing[str](60, 15)
    pacing.asked("nba", [LIVE], NOW)
    for _ in range(50):
        pacing.failed("nba", "away", NOW)
    assert waits(pacing) == LONGEST_RETRY_LIVE
    pacing.failed("nba", "half of it", NOW, [CELTICS_GAME])
    assert waits(pacing) == LONGEST_RETRY


def test_trouble_of_those_that_wait_is_remembered_until_they_answer() -> None:
    pacing = Pacing[str](60, 15)
    pacing.failed("nba", "nba: away", NOW)
    assert pacing.troubles_of_others(["epl"]) == ["nba: away"]
    assert pacing.troubles_of_others(["nba"]) == []
    pacing.asked("nba", [], NOW)
    assert pacing.troubles_of_others(["epl"]) == []


def test_a_refresh_makes_everything_due_also_what_is_being_asked() -> None:
    pacing = Pacing[str](60, 15)
    pacing.asked("nba", [], NOW)
    assert pacing.due(["nba"], NOW) == []
    pacing.ask_all_again()
    pacing.asked("nba", [], NOW)
    assert pacing.due(["nba"], NOW) == ["nba"]
