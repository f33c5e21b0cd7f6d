"""Propositions: canonical statements about one game, true or false in the end.

A spread proposition names the team that gives points, so "home -3.5" and "away +3.5" are one proposition and its
negation; a total proposition says "over". Lines are half-points, counted as integers of half a point.
"""

from typing import Literal, NewType

import msgspec

from app.domain.games import GameId
from app.domain.teams import TeamId
from app.errors import BadInput

HalfPoints = NewType("HalfPoints", int)  # twice the line: 3.5 is 7

Kind = Literal["moneyline", "draw", "spread", "total", "team_total", "both_to_score"]
Scope = Literal["game", "regulation", "1h", "2h", "q1", "q2", "q3", "q4", "p1", "p2", "p3", "f5", "s1", "s2", "s3"]
Polarity = Literal["yes", "no"]  # the contract pays when the proposition is true, or when it is false


class Proposition(msgspec.Struct, frozen=True):
    """`game`: overtime counts; `regulation`: it does not. Two equal propositions settle alike."""

    game_id: GameId
    kind: Kind
    scope: Scope
    line: HalfPoints | None = None  # spread: negative, points given by `team_id`; totals: positive, over
    team_id: TeamId | None = None

    def __post_init__(self) -> None:
        if self.kind in LINED and (self.line is None or self.line % 2 == 0):
            raise BadInput(f"a {self.kind} needs a half-point line, not {self.line}")
        if self.kind in SIDED and self.team_id is None:
            raise BadInput(f"a {self.kind} needs a team")


LARGEST_LINE = 10_000  # points; beyond this, or not a number, it is a mistake
LINED = frozenset({"spread", "total", "team_total"})
SIDED = frozenset({"moneyline", "spread", "team_total"})


def half_points(points: float) -> HalfPoints | None:
    """Points → half-points, or None for a line that can push, is a quarter line (2.0, 2.25), or is no line at all."""
    if not abs(points) < LARGEST_LINE:
        return None
    doubled = points * 2
    return HalfPoints(int(doubled)) if doubled == int(doubled) and int(doubled) % 2 else None


def points(line: HalfPoints) -> float:
    """Half-points → points, exact in binary."""
    return line / 2
