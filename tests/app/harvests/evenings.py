"""Evenings on a tape: games of which the score and the books were told, minute by minute, as they would be live."""

import math
import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec

from app.archive.tapes import TapeWriter
from app.domain.decisions import Taped
from app.domain.games import Game, GameId
from app.domain.inputs import Followed, GameTaken, Heard, Input, Snapshot
from app.domain.money import Price, Size
from app.domain.prices import CENT_GRID, MILLISECOND, SECOND, LaneId, Listed, Nanos, book_id
from tests.app.analytics.models.seasons import MOMENTS, SPREAD, Market, chance_at
from tests.app.pipeline.cores import a_game, links_of, winner

LOTS = Size(100_000_000)
LANE = LaneId("kalshi:1")


def tape_evening(data_dir: Path, games: int, market: Market, seed: int = 1) -> dict[GameId, Game]:
    """A run of so many games, an hour apart; what they ended as. `market`: what Kalshi's middle is."""
    drawing, ended = random.Random(seed), dict[GameId, Game]()
    writer = TapeWriter(data_dir / "tape", "20261123T100000-1", "simulated", 3_600 * SECOND, 1 << 30)
    first = 0
    for number in range(games):
        told = list(_game(number, market, drawing, ended))
        writer.write(Taped(first, told, ()))
        first += len(told)
    writer.close()
    return ended


def _game(number: int, market: Market, drawing: random.Random, ended: dict[GameId, Game]) -> Iterator[Input]:
    game = a_game(f"40{number}")
    game = msgspec.structs.replace(game, start=game.start + timedelta(hours=number))
    links = links_of("kalshi", f"{game.id}-BOS", winner(game, "BOS"))
    began, name = Nanos(round(game.start.timestamp()) * SECOND), book_id(links[0].venue, links[0].market_id or "")  # type: ignore[arg-type]
    contracts = [link.contract_id for link in links]
    yield Followed(Listed(name, links[0].venue, links[0].market_id, game.id, *contracts), CENT_GRID, began)  # type: ignore[arg-type]
    drift, margin = drawing.gauss(1.5, 6.0), 0.0
    pregame = chance_at(0.0, drift, 1.0)
    for moment in range(MOMENTS):
        minute = moment * 48 // MOMENTS
        now = Nanos(began + minute * 60 * SECOND)
        middle = round(100 * market(chance_at(margin, drift, 1 - moment / MOMENTS), drawing))
        bid, ask = Price(100 * max(1, middle - 1)), Price(100 * min(99, middle + 1))
        yield Snapshot(name, LANE, ((bid, LOTS),), ((ask, LOTS),), now, now)
        yield Heard(LANE, Nanos(now + MILLISECOND))
        home = round(margin) if margin > 0 else 0
        score = {"home_score": 50 + home, "away_score": 50 + home - round(margin)}
        stands = msgspec.structs.replace(game, period=1 + minute // 12, clock=f"{12 - minute % 12}:00", **score)
        yield GameTaken(stands, links, Nanos(now + 2 * MILLISECOND), pregame)
        margin += drift / MOMENTS + SPREAD * math.sqrt(1 / MOMENTS) * drawing.gauss(0, 1)
    final = {"home_score": 101 if margin > 0 else 99, "away_score": 100}
    ended[game.id] = msgspec.structs.replace(game, status="final", period=4, clock="0:00", **final)
