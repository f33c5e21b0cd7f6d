"""What a learned model says: a logistic regression on the score, the clock and the price before the start.

With the share t of the game left, home leading by l and the log-odds s of its win before the start, a game that wanders
(see `diffusions`) is won with a chance that follows l/√t and s·√t nearly; the other features are for what differs from
that. Whoever learns takes the features from here, so that what was tested is what is played.
"""

import math
from collections.abc import Sequence

import msgspec

from app.domain.games import Game
from app.domain.models import FEATURES, Features, LearnedModel
from app.signals.outcomes import Chances, Model, Reason

LEAST_LEFT = 0.004  # of a game: a lead with seconds to go is sure enough


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
    left = model.left(game)
    if left is None:
        return None
    root = math.sqrt(left)
    strength = math.log(pregame / (1 - pregame))
    return {
        "lead": float(lead),
        "lead_by_time": lead / math.sqrt(max(left, LEAST_LEFT)),
        "lead_left": lead * root,
        "strength": strength,
        "strength_left": strength * root,
    }


def in_order(features: Features) -> Sequence[float]:
    """As a row of a table."""
    return [features[name] for name in FEATURES]
