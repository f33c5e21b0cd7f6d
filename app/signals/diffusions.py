"""Basketball and football: the margin wanders.

H. S. Stern, "A Brownian Motion Model for the Progress of Sports Scores" (JASA 89, 1994). With the share t of regulation
left, home leading by l points, a drift of m points a game for the home side and s the standard deviation of a game's
margin around what was expected,

    margin at the end ~ Normal(l + m t, s² t)

Margins are whole: above half a point the home side has won, between minus half and half a point it is level. Overtime
is the same motion, for as long as it lasts, from level on; where that ends level too there is another one, or a tie.
The drift is the one that gives, at the start, the price that the market had then.
"""

import math
from functools import lru_cache

import msgspec

from app.domain.games import Game
from app.signals.clocks import Clockwork, TimeLeft, time_left
from app.signals.outcomes import Chances, Reason, solve

HALF_POINT = 0.5
REACH = 8.0  # standard deviations of drift: beyond what any price tells apart
START = TimeLeft(1.0)


class Diffusion(msgspec.Struct, frozen=True, tag="diffusion"):
    """`spread`: standard deviation, points a game. `has_ties`: a level overtime ends the game."""

    clockwork: Clockwork
    spread: float
    has_ties: bool = False
    version: str = "1"

    @property
    def name(self) -> str:
        return f"diffusion/{self.version}"

    def left(self, game: Game) -> float | None:
        """By the clock."""
        left = time_left(self.clockwork, game.period, game.clock)
        return None if left is None else left.regulation + (left.overtime or 0.0) / self.clockwork.regulation

    def chances(self, game: Game, lead: int, pregame: float) -> Chances | Reason:
        """By the score, the clock, and the price before the start."""
        left = time_left(self.clockwork, game.period, game.clock)
        return "no_clock" if left is None else chances_at(self, drift_of(self, pregame), lead, left)


@lru_cache(maxsize=4096)
def drift_of(model: Diffusion, pregame: float) -> float:
    """Points a game by which the home side is better."""
    return solve(lambda drift: chances_at(model, drift, 0, START).fair, pregame, REACH * model.spread)


def chances_at(model: Diffusion, drift: float, lead: int, left: TimeLeft) -> Chances:
    """At a score and a time. The two sides are treated alike: -drift and -lead give the other side's chance."""
    clockwork = model.clockwork
    if left.overtime is not None:
        home, level = _ahead(model, drift, lead, left.overtime / clockwork.regulation)
        return Chances(home, level) if model.has_ties else Chances(home + level * _overtime(model, drift).home)
    home, level = _ahead(model, drift, lead, left.regulation)
    later = _overtime(model, drift)
    return Chances(home + level * later.home, level * later.draw)


def _overtime(model: Diffusion, drift: float) -> Chances:
    """From its beginning, over as many as it takes."""
    home, level = _ahead(model, drift, 0, model.clockwork.overtime / model.clockwork.regulation)
    return Chances(home, level) if model.has_ties else Chances(home / (1 - level))


def _ahead(model: Diffusion, drift: float, lead: int, share: float) -> tuple[float, float]:
    """The chances that home is ahead, and that it is level, after so much more of the game."""
    if share <= 0:
        return float(lead > 0), float(lead == 0)
    mean, spread = lead + drift * share, model.spread * math.sqrt(2 * share)
    home = 0.5 * math.erfc((HALF_POINT - mean) / spread)
    away = 0.5 * math.erfc((HALF_POINT + mean) / spread)
    return home, max(0.0, 1 - home - away)
