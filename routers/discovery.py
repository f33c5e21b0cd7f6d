"""What discovery found: each game with its markets, as every service reads it from Redis."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from starlette.responses import Response

from app.domain.games import Game, GameId
from app.domain.propositions import Kind
from app.errors import NotFound
from app.hot.schemas import Discovered
from routers.access import needs
from routers.answers import GAME, GameAnswer
from routers.cursors import Cursor, Limit, Page, cut_page
from routers.dependencies import Hot
from routers.errors import problems
from routers.questions import Sport

router = APIRouter(prefix="/discovery", tags=["discovery"])

MARKETS: JsonDict = {
    "polymarket": {"moneyline": "0x7ad1b6a4b8f9a6f0", "spread": "0x1f0c6f9f0a1be4d1"},
    "kalshi": {"moneyline": "KXNBAGAME-26JAN08TORBOS-BOS"},
}

DISCOVERED: JsonDict = {"game_id": "401810365", "sport": "nba", "markets": MARKETS, "last_updated": 1767918600}


class DiscoveredAnswer(BaseModel):
    """A game's markets exactly as they stand in Redis: a condition id or ticker for each venue and kind."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"example": DISCOVERED})

    game_id: str
    sport: str
    markets: dict[str, dict[Kind, str]]
    last_updated: int = Field(description="Unix seconds.")


class DiscoveredGameAnswer(DiscoveredAnswer):
    """The same, with the game itself."""

    model_config = ConfigDict(
        from_attributes=True, json_schema_extra={"example": {**DISCOVERED, "is_provisional": False, "game": GAME}}
    )

    is_provisional: bool = Field(description="The score source does not have it: linked, never tradable.")
    game: GameAnswer | None = Field(description="Null when it has just expired.")


class RefreshAnswer(BaseModel):
    """The request was left for the workers."""

    is_requested: bool = True
    workers: str = Field(
        "game_poller, market_searcher and publisher start a round",
        examples=["game_poller, market_searcher and publisher start a round"],
    )


@router.get("/games", summary="Games with their markets", responses=problems(422, 503), dependencies=[needs("read")])
async def list_discovered(
    hot: Hot,
    sport: Annotated[Sport | None, Query(description="Only games of this league.")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[DiscoveredGameAnswer]:
    """Every game that is published now, by id."""
    found = [each for each in (await hot.discovered_games()).values() if sport in (None, each.sport)]
    page, total, next_cursor = cut_page(found, lambda each: (each.game_id,), cursor, limit)
    games = {game.id: game for game in await hot.active_games()}
    items = [_answer(each, games.get(each.game_id)) for each in page]
    return Page(items=items, total=total, next_cursor=next_cursor)


@router.get(
    "/games/{game_id}",
    summary="A game's markets, exactly as in Redis",
    responses=problems(404, 503),
    response_model=DiscoveredAnswer,
    dependencies=[needs("read")],
)
async def read_discovered(game_id: Annotated[str, Path(max_length=200, examples=["401810365"])], hot: Hot) -> Response:
    """The value of `discovery:game:{game_id}`, byte for byte."""
    found = await hot.discovered(GameId(game_id))
    if found is None:
        raise NotFound(
            f"no markets of game {game_id} are published",
            remedy="GET /discovery/games lists those that are; POST /discovery/refresh asks for a new round.",
        )
    return Response(found, media_type="application/json")


@router.post(
    "/refresh",
    status_code=202,
    summary="Ask for a round now",
    responses=problems(401, 403, 503),
    dependencies=[needs("match")],
)
async def request_refresh(hot: Hot) -> RefreshAnswer:
    """Leaves a request that the discovery workers obey, wherever they run."""
    await hot.request_refresh()
    return RefreshAnswer()


def _answer(found: Discovered, game: Game | None) -> DiscoveredGameAnswer:
    return DiscoveredGameAnswer(
        game_id=found.game_id,
        sport=found.sport,
        markets={venue: dict(kinds) for venue, kinds in found.markets.items()},
        last_updated=found.last_updated,
        is_provisional=game.is_provisional if game else found.game_id.startswith("x:"),
        game=None if game is None else GameAnswer.model_validate(game),
    )
