"""What is expected of a venue at the end of a game: when it is asked, when it is late, and whether it pays what score
and rules say. A difference is an incident and stays one; what is booked is what the venue pays."""

from typing import Literal

from app.domain.games import Game
from app.domain.money import ONE_DOLLAR, Price
from app.domain.prices import SECOND, Nanos

HOUR = 3_600 * SECOND
OVER = frozenset({"final", "postponed", "cancelled", "suspended"})
LONGEST = 6 * HOUR  # of a game: after that a venue may know its end when the score source has lost sight of it
PLANNED_WITHIN = 2 * HOUR  # nothing is opened longer than this before its game

Difference = Literal["mismatch", "contradiction"]


def is_asked_about(game: Game | None, opened_at: Nanos, now: Nanos) -> bool:
    """Whether a venue may have resolved the markets of a game. `game`: None when nobody knows it any more."""
    if game is None or (game.status == "scheduled" and game.is_provisional):
        return now - opened_at > LONGEST
    return game.status in OVER or now - start_of(game) > LONGEST


def hours_late(game: Game, opened_at: Nanos, now: Nanos) -> float:
    """How much later than planned a game was played at least; or how long ago it was planned, while it is not. When it
    was planned the source tells no more once it is moved; but what was opened at a moment was planned for within two
    hours of it."""
    planned = min(start_of(game), Nanos(opened_at + PLANNED_WITHIN))
    then = start_of(game) if game.status == "final" else now
    return max(0.0, (then - planned) / HOUR)


def difference(expected: Price | None, pays: Price) -> Difference | None:
    """Why a settlement is an incident. All where nothing was expected, or the reverse: then the contract was read the
    wrong way round, or the venue or the score is wrong; somebody has to look. None: as expected, or nothing was."""
    if expected is None or expected == pays:
        return None
    return "contradiction" if {expected, pays} == {Price(0), ONE_DOLLAR} else "mismatch"


def start_of(game: Game) -> Nanos:
    """When it begins, or has begun."""
    return Nanos(round(game.start.timestamp()) * SECOND)
