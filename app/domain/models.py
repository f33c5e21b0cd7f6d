"""A model that was learned from games, as plain numbers: whoever has them evaluates it, and needs no library."""

from typing import Literal, NewType

import msgspec

from app.domain.leagues import LeagueCode

ModelId = NewType("ModelId", str)  # "{league}/{version}": "nba/3"

Feature = Literal["lead", "lead_by_time", "lead_left", "strength", "strength_left"]
FEATURES: tuple[Feature, ...] = ("lead", "lead_by_time", "lead_left", "strength", "strength_left")

Verdict = Literal["better", "not_better", "insufficient_data"]  # than the market's own price, out of sample


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


class LearnedModel(msgspec.Struct, frozen=True, kw_only=True):
    """A logistic regression on a game as it stands. `draw`: where that is an outcome of its own."""

    league: LeagueCode
    version: int
    home: Odds
    draw: Odds | None = None

    @property
    def id(self) -> ModelId:
        return ModelId(f"{self.league}/{self.version}")
