"""How long a game still lasts."""

import msgspec
import pytest

from app.domain.games import Game
from app.signals.remainders import seconds_left
from tests.app.settlement.legs import EPL, NBA, game

NHL, MLB = game("nhl", "Bruins", "Rangers"), game("mlb", "Padres", "Astros")


@pytest.mark.parametrize(
    ("of", "period", "clock", "left"),
    [
        (NBA, 4, "1:30", 90),
        (NBA, 3, "12:00", 24 * 60),
        (NBA, 5, "2:00", 120),  # overtime
        (NHL, 3, "0:10", 10),
        (EPL, 2, "90'", 6 * 60),
        (EPL, 2, "90'+5'", 60),
        (MLB, 9, "Top 9th, 2 outs", None),
        (NBA, 4, "soon", None),
    ],
)
def test_a_clock_says_how_long(of: Game, period: int, clock: str, left: float | None) -> None:
    playing = msgspec.structs.replace(of, status="live", period=period, clock=clock)
    found = seconds_left(playing)
    assert found == (None if left is None else pytest.approx(left))


def test_before_and_after_nothing_runs() -> None:
    assert seconds_left(msgspec.structs.replace(NBA, status="final", period=4, clock="0:00")) is None
