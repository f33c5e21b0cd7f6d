"""The hidden probability of every statement about a game.

Final margin and total are taken as normal around the score plus what is still expected, so that winner, spreads and
totals of one game always agree with each other.
"""

import math

import msgspec

from app.sandbox.games import Contest, Standing


class Outlook(msgspec.Struct, frozen=True):
    """What is expected of a game, or of its first half."""

    margin: float
    margin_spread: float
    total: float
    total_spread: float

    def home_by_more_than(self, line: float) -> float:
        return _above(line, self.margin, self.margin_spread)

    def over(self, line: float) -> float:
        return _above(line, self.total, self.total_spread)

    @property
    def draw(self) -> float:
        return self.home_by_more_than(-0.5) - self.home_by_more_than(0.5)


def outlook(contest: Contest, standing: Standing) -> Outlook:
    """What is expected of the whole game as it stands."""
    left = 1 - standing.played
    return _outlook(contest, standing.score, left, left)


def half_outlook(contest: Contest, standing: Standing) -> Outlook:
    """What is expected of the first half as it stands."""
    left = max(0.0, 0.5 - standing.played)
    return _outlook(contest, standing.half_score, left, left)


def _outlook(contest: Contest, score: tuple[int, int], left: float, still: float) -> Outlook:
    pace = contest.league.clockwork
    spread = math.sqrt(still) + 1e-6
    return Outlook(
        score[0] - score[1] + contest.edge * left,
        pace.margin_spread * spread,
        score[0] + score[1] + contest.total * left,
        pace.total_spread * spread,
    )


def _above(line: float, mean: float, spread: float) -> float:
    return 0.5 * math.erfc((line - mean) / (spread * math.sqrt(2)))
