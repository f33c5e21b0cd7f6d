"""A model that was learned from games, as plain numbers: whoever has them evaluates it, and needs no library."""

import math
from collections.abc import Mapping
from typing import Literal, NewType

import msgspec

from app.domain.leagues import LeagueCode

ModelId = NewType("ModelId", str)  # "{league}/{version}": "nba/3"

Feature = Literal["built_in", "built_in_left", "lead_by_time", "strength_left"]
FEATURES: tuple[Feature, ...] = ("built_in", "built_in_left", "lead_by_time", "strength_left")
Features = Mapping[Feature, float]

Verdict = Literal["better", "not_better", "insufficient_data"]  # than the market's own price, out of sample

SUREST = 30.0  # log-odds


class Term(msgspec.Struct, frozen=True):
    """What a feature adds to the log-odds: `weight` for each `scale` that it lies above `mean`."""

    feature: Feature
    mean: float
    scale: float
    weight: float


class Odds(msgspec.Struct, frozen=True):
    """The log-odds of an outcome against that of the away side winning."""

    bias: float
    terms: tuple[Term, ...]

    def of(self, features: Features) -> float:
        """exp of them, within what a float can hold."""
        total = self.bias
        for term in self.terms:
            total += term.weight * (features[term.feature] - term.mean) / term.scale
        return math.exp(max(-SUREST, min(SUREST, total)))


class LearnedModel(msgspec.Struct, frozen=True, kw_only=True):
    """A logistic regression on a game as it stands. `draw`: where that is an outcome of its own. `world`: of the games
    that it was learned from, and the only ones that it may speak of."""

    league: LeagueCode
    version: int
    home: Odds
    draw: Odds | None = None
    world: Literal["real", "simulated"] = "real"

    @property
    def id(self) -> ModelId:
        return self.name_of(self.league, self.version)

    @staticmethod
    def name_of(league: LeagueCode, version: int) -> ModelId:
        """>>> LearnedModel.name_of(LeagueCode("nba"), 3)
        'nba/3'
        """
        return ModelId(f"{league}/{version}")

    def chances(self, features: Features) -> tuple[float, float]:
        """Of the home side winning, and of a draw."""
        home = self.home.of(features)
        draw = 0.0 if self.draw is None else self.draw.of(features)
        return home / (1 + home + draw), draw / (1 + home + draw)
