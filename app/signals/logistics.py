"""What a learned model says: a logistic regression on the score, the clock and the price before the start.

With the share t of the game left, home leading by l and the log-odds s of its win before the start, a game that wanders
(see `diffusions`) is won with log-odds that grow with l/√t and s·√t nearly. What the built-in model of the league makes
of the three is a feature itself: a few games are enough to learn how far that is right, and many more what it lacks.
Whoever learns takes the features from here, so that what was tested is what is played.
"""

import math
from collections.abc import Sequence

import msgspec

from app.domain.games import Game
from app.domain.models import FEATURES, Features, LearnedModel
from app.signals.outcomes import Chances, Model, Reason

LEAST_LEFT = 0.004  # of a game: a lead with seconds to go is sure enough
LEAST_CHANCE = 0.001


class Logistic(msgspec.Struct, frozen=True):
    """`built_in` reads the clock of that league."""

    learned: LearnedModel
    built_in: Model

    @property
    def name(self) -> str:
        return f"logistic/{self.learned.version}"

    def left(self, game: Game) -> float | None:
        """As the built-in one reads it."""
        return self.built_in.left(game)

    def chances(self, game: Game, lead: int, pregame: float) -> Chances | Reason:
        """By the score, the clock, and the price before the start."""
        features = features_of(self.built_in, game, lead, pregame)
        return "no_clock" if features is None else Chances(*self.learned.chances(features))


def features_of(model: Model, game: Game, lead: int, pregame: float) -> Features | None:
    """`lead`: of the home side; `pregame`: its chance before the start, between 0 and 1. None when `model`, that of the
    league, cannot read the clock."""
    left, built_in = model.left(game), model.chances(game, lead, pregame)
    if left is None or isinstance(built_in, str):
        return None
    root, said = math.sqrt(left), log_odds(built_in.home + built_in.draw / 2)
    return {
        "built_in": said,
        "built_in_left": said * root,
        "lead_by_time": lead / math.sqrt(max(left, LEAST_LEFT)),
        "strength_left": log_odds(pregame) * root,
    }


def log_odds(chance: float) -> float:
    """Finite also for what is certain.

    >>> log_odds(0.5), round(log_odds(1.0), 2)
    (0.0, 6.91)
    """
    within = min(1 - LEAST_CHANCE, max(LEAST_CHANCE, chance))
    return math.log(within / (1 - within))


def in_order(features: Features) -> Sequence[float]:
    """As a row of a table."""
    return [features[name] for name in FEATURES]
