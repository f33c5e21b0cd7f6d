"""The path that a game's prices have taken, for charts."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.domain.games import GameId
from app.domain.money import Price, price_text
from app.errors import NotFound
from app.history.queries import recorded_game
from app.hot.glances import Point
from app.resources import Resources
from routers.access import needs
from routers.answers import Answer
from routers.dependencies import Opened
from routers.errors import problems
from routers.games import GAME_PATH

router = APIRouter(prefix="/games", tags=["prices"], dependencies=[needs("read")])

MOST_POINTS = 2_000
POINT: JsonDict = {
    "at": "2026-01-09T01:12:05.214Z",
    "home_score": 78,
    "away_score": 75,
    "period": 3,
    "clock": "7:42",
    "venues": {"kalshi": ["0.5300", "0.5500"], "polymarket": ["0.5200", "0.5400"]},
    "no_vig": 0.538,
    "fair": 0.551,
}


class PointAnswer(Answer):
    """How a game stood at one moment."""

    at: datetime
    home_score: int | None
    away_score: int | None
    period: int
    clock: str
    venues: dict[str, tuple[str | None, str | None]] = Field(
        description="Bid and ask of the home side's win, in dollars, at each venue whose book was fresh."
    )
    no_vig: float | None = Field(description="The home side's chance by the venues, without their margin.")
    fair: float | None = Field(description="The same by the score source, or a model.")

    @classmethod
    def of(cls, point: Point) -> Self:
        return cls(
            at=moment_of(point),
            home_score=point.home_score,
            away_score=point.away_score,
            period=point.period,
            clock=point.clock,
            venues={venue: (_text(bid), _text(ask)) for venue, (bid, ask) in point.prices.items()},
            no_vig=point.no_vig,
            fair=point.fair,
        )


class PathAnswer(Answer):
    """Points in time, the oldest first."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"game_id": "401810365", "total": 812, "points": [POINT], "scores": [POINT]}}
    )

    game_id: str
    total: int = Field(description="Points that are kept of this stretch; `points` holds every n-th of them.")
    points: list[PointAnswer]
    scores: list[PointAnswer] = Field(description="The first point after each change of the score: all of them.")


@router.get("/{game_id}/prices/history", summary="How a game's prices have moved", responses=problems(404, 422, 503))
async def read_price_path(
    game_id: Annotated[str, GAME_PATH],
    opened: Opened,
    since: Annotated[
        datetime | None, Query(description="Only what came after this moment; UTC unless it says.")
    ] = None,
    points: Annotated[int, Query(ge=2, le=MOST_POINTS, description="At most so many.")] = 600,
) -> PathAnswer:
    """The home side's win at each venue every few seconds while anything moves, kept for a day: at most 4,000 points.
    With more than are asked for some are left out between the first and the last."""
    path = await opened.hot.price_path(GameId(game_id))
    if not path and not await _is_known(opened, GameId(game_id)):
        raise NotFound(f"no game {game_id} is known", remedy="GET /games lists the games there are.")
    scores = list(_changes(path))
    if since is not None:
        after = since if since.tzinfo else since.replace(tzinfo=UTC)
        path = [point for point in path if moment_of(point) > after]
        scores = [point for point in scores if moment_of(point) > after]
    return PathAnswer(
        game_id=game_id,
        total=len(path),
        points=[PointAnswer.of(point) for point in thinned(path, points)],
        scores=[PointAnswer.of(point) for point in scores],
    )


async def _is_known(opened: Resources, game_id: GameId) -> bool:
    return await opened.hot.game(game_id) is not None or await recorded_game(opened.history, game_id) is not None


def thinned(path: Sequence[Point], most: int) -> Sequence[Point]:
    """At most so many, evenly, the first and the last among them."""
    if len(path) <= most:
        return path
    step = (len(path) - 1) / (most - 1)
    return [path[round(number * step)] for number in range(most)]


def moment_of(point: Point) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=point.at)


def _changes(path: Sequence[Point]) -> Iterator[Point]:
    for before, point in pairwise(path):
        is_told = point.home_score is not None and point.away_score is not None
        if is_told and (before.home_score, before.away_score) != (point.home_score, point.away_score):
            yield point


def _text(price: int | None) -> str | None:
    return None if price is None else price_text(Price(price))
