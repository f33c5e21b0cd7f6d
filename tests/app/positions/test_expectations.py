"""When a venue is asked, how late a game is, and which settlement is an incident."""

from datetime import timedelta

import msgspec
import pytest

from app.clock import moment_of
from app.domain.games import GameStatus
from app.domain.money import Price
from app.domain.prices import Nanos
from app.positions.expectations import HOUR, difference, hours_late, is_asked_about
from tests.app.positions.held import OPENED
from tests.app.settlement.legs import NBA

START = moment_of(OPENED) + timedelta(hours=1)


def hours(count: float) -> Nanos:
    """After the position was opened, an hour before its game."""
    return Nanos(OPENED + round(count * HOUR))


@pytest.mark.parametrize(
    ("status", "at", "is_asked"),
    [
        ("scheduled", 1.5, False),
        ("live", 3, False),
        ("final", 3, True),
        ("postponed", 0.5, True),
        ("cancelled", 0.5, True),
        ("suspended", 3, True),
        ("live", 7.1, True),  # nobody plays so long: the score source has lost sight of it
        ("scheduled", 7.1, True),
    ],
)
def test_a_venue_is_asked_once_a_game_may_be_over(status: GameStatus, at: float, is_asked: bool) -> None:
    game = msgspec.structs.replace(NBA, status=status, start=START)
    assert is_asked_about(game, OPENED, hours(at)) is is_asked


def test_of_a_game_that_nobody_knows_any_more_it_is_asked_after_a_while() -> None:
    assert [is_asked_about(None, OPENED, hours(at)) for at in (5.9, 6.1)] == [False, True]
    assert not is_asked_about(msgspec.structs.replace(NBA, is_provisional=True, start=START), OPENED, hours(1))


@pytest.mark.parametrize(
    ("status", "moved", "at", "late"),
    [
        ("postponed", 0, 49, 48),
        ("postponed", 24, 49, 47),  # already shown on its new day: at least since two hours after it was bought
        ("final", 0, 4, 0),
        ("final", 60, 64, 59),
        ("scheduled", 60, 30, 28),
        ("live", 0, 0.5, 0),
    ],
)
def test_lateness_is_counted_from_when_it_was_planned(status: GameStatus, moved: int, at: float, late: float) -> None:
    game = msgspec.structs.replace(NBA, status=status, start=START + timedelta(hours=moved))
    assert hours_late(game, OPENED, hours(at)) == pytest.approx(late)


@pytest.mark.parametrize(
    ("expected", "pays", "why"),
    [
        (10_000, 10_000, None),
        (10_000, 0, "contradiction"),
        (0, 10_000, "contradiction"),
        (5_000, 10_000, "mismatch"),
        (10_000, 9_700, "mismatch"),
        (0, 1, "mismatch"),
        (None, 2_900, None),
    ],
)
def test_what_is_paid_otherwise_is_an_incident(expected: int | None, pays: int, why: str | None) -> None:
    assert difference(None if expected is None else Price(expected), Price(pays)) == why
