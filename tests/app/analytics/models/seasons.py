"""Seasons of made-up games whose true chances are known: the margin is a random walk, and a market that sees it well or
badly. Nothing here is drawn anew from one run to the next."""

import math
import random
from collections.abc import Callable
from statistics import NormalDist

import msgspec

from app.analytics.models.studies import Moment, StudiedGame, Study, World
from app.domain.games import Game
from app.domain.leagues import LeagueCode
from app.signals.logistics import features_of, in_order
from app.signals.models import MODELS
from tests.app.hot.samples import CELTICS_GAME

NBA = MODELS[LeagueCode("nba")]
SPREAD = 11.0  # points a game; the built-in model takes 12.5
MOMENTS = 16  # of a game: one each three minutes
HOUR = 3_600 * 10**9
Market = Callable[[float, random.Random], float]  # what it says where the true chance is so much


def wise(chance: float, drawing: random.Random) -> float:
    """Sees the truth but for a cent."""
    return min(0.99, max(0.01, chance + drawing.gauss(0, 0.005)))


def thin(chance: float, drawing: random.Random) -> float:
    """So little lies in its books that its middle is off by fifteen cents, more or less, either way."""
    return min(0.99, max(0.01, chance + drawing.gauss(0, 0.15)))


def season(games: int, market: Market, seed: int = 1, world: World = "simulated", version: int = 1) -> Study:
    """Of one league, a game every hour."""
    drawing = random.Random(seed)
    played = tuple(_game(number, market, drawing) for number in range(games))
    return Study(
        league=LeagueCode("nba"),
        version=version,
        world=world,
        has_draw=False,
        made_at="2026-11-23T10:00:00+00:00",
        games=played,
    )


def _game(number: int, market: Market, drawing: random.Random) -> StudiedGame:
    drift = drawing.gauss(1.5, 6.0)
    start, margin, moments = number * HOUR, 0.0, list[Moment]()
    pregame = chance_at(0.0, drift, 1.0)
    for step in range(MOMENTS):
        left = 1 - step / MOMENTS
        lead, chance, game = round(margin), chance_at(margin, drift, left), _live(step)
        features = features_of(NBA, game, lead, pregame)
        built_in = NBA.chances(game, lead, pregame)
        assert features is not None
        assert not isinstance(built_in, str)
        said = {"market": market(chance, drawing), "espn": wise(chance, drawing), "built_in": built_in.fair}
        moments.append(Moment(start + step * 10**9, tuple(in_order(features)), **said))
        margin += drift / MOMENTS + SPREAD * math.sqrt(1 / MOMENTS) * drawing.gauss(0, 1)
    return StudiedGame(f"g{number}", f"game {number}", start, float(margin > 0), False, "archive", tuple(moments))


def _live(moment: int) -> Game:
    """At the beginning of one of its 48 minutes."""
    minute = moment * 48 // MOMENTS
    return msgspec.structs.replace(
        CELTICS_GAME, status="live", period=1 + minute // 12, clock=f"{12 - minute % 12}:00", home_score=0, away_score=0
    )


def chance_at(margin: float, drift: float, left: float) -> float:
    """Of the home side, with so much of the game left."""
    return NormalDist().cdf((margin + drift * left) / (SPREAD * math.sqrt(left)))
