"""What is learned from: games that are over, each with the moments at which somebody said how likely its home side was
to win."""

from typing import Literal

import msgspec

from app.domain.leagues import LeagueCode

Forecaster = Literal["market", "espn", "built_in", "learned"]
Origin = Literal["archive", "recordings"]
World = Literal["real", "simulated"]


class Moment(msgspec.Struct, frozen=True, array_like=True):
    """How a game stood, and what was said of it then, all for the home side. `at`: nanoseconds UTC. `features`: in the
    order of `domain.models.FEATURES`; empty: nobody had seen a price before the start, or nobody could read the clock,
    or the score is not known. `market`: by the venues' own prices, without their margin."""

    at: int
    features: tuple[float, ...] = ()
    market: float | None = None
    espn: float | None = None
    built_in: float | None = None


class StudiedGame(msgspec.Struct, frozen=True):
    """`came`: 1 when what the home side's contract asks for came true, 0 when not, 0.5 for a tie that both share.
    `is_draw`: it ended level, where that is an outcome of its own. `start`: nanoseconds UTC."""

    id: str
    name: str
    start: int
    came: float
    is_draw: bool
    origin: Origin
    moments: tuple[Moment, ...]


class Study(msgspec.Struct, frozen=True, kw_only=True):
    """The games of one league. `made_at`: ISO 8601, UTC."""

    league: LeagueCode
    version: int
    world: World
    has_draw: bool
    made_at: str
    games: tuple[StudiedGame, ...]
