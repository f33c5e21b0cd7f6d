"""What a game costs now: both venues' quotes side by side."""

from collections.abc import Mapping
from datetime import datetime
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from app.domain.games import GameId
from app.domain.links import Link
from app.domain.markets import ContractId
from app.domain.propositions import Proposition
from app.domain.views import NoVig
from app.errors import NotFound
from app.hot.schemas import Statement, statement_of
from app.hot.shown import QuoteShown
from app.hot.view_shown import GameViewShown
from routers.access import needs
from routers.answers import GAME, GameAnswer, PropositionAnswer
from routers.dependencies import Opened
from routers.errors import problems
from routers.games import GAME_PATH, link_order
from routers.quotes import (
    PROPOSITION_PRICES,
    ContractPrices,
    NoVigAnswer,
    PropositionPrices,
    quotes_now,
)
from routers.views import read_view

router = APIRouter(prefix="/games", tags=["prices"], dependencies=[needs("read")])


class PricesAnswer(BaseModel):
    """A game with what every contract about it costs."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "game": GAME,
                "at": "2026-01-09T01:12:05.214Z",
                "shard": "host:4711",
                "fence": 12,
                "viewed_at": "2026-01-09T01:12:05.101Z",
                "propositions": [PROPOSITION_PRICES],
            }
        }
    )

    game: GameAnswer
    at: datetime = Field(description="When this was answered; ages count to here.")
    shard: str | None = Field(description="Who works on the game; null: nobody, so there are no probabilities.")
    fence: int | None = Field(description="The number of the shard's taking of it.")
    viewed_at: datetime | None = Field(description="When the shard worked the probabilities out.")
    propositions: list[PropositionPrices]


@router.get("/{game_id}/prices", summary="What every contract of a game costs", responses=problems(404, 503))
async def read_prices(game_id: Annotated[str, GAME_PATH], opened: Opened) -> PricesAnswer:
    """Grouped by proposition, both venues side by side, as old as they are now; `WS /ws` tells what moves."""
    game = await opened.hot.game(GameId(game_id))
    if game is None:
        raise NotFound(
            f"no game {game_id} is followed now", remedy="GET /games lists those that are; one that is over has none."
        )
    links = sorted((link for link in await opened.hot.links(game.id) if link.contract_id), key=link_order)
    quotes = await quotes_now(opened, links)
    body = await opened.hot.view(game.id)
    view = read_view(body) if body else None
    teams = (game.home, game.away)
    return PricesAnswer(
        game=GameAnswer.model_validate(game),
        at=opened.clock(),
        shard=view.shard if view else None,
        fence=view.fence if view else None,
        viewed_at=view.at if view else None,
        propositions=[
            _prices(PropositionAnswer.of(said, teams), list(each), quotes, _Opinion(view, said))
            for said, each in groupby(links, key=lambda link: link.proposition)
        ],
    )


class _Opinion:
    """What a shard says of one proposition."""

    def __init__(self, view: GameViewShown | None, said: Proposition) -> None:
        statement: Statement = statement_of(said)
        found = [each for each in view.propositions if each.proposition == statement] if view else []
        self.no_vig: NoVig | None = found[0].no_vig if found else None
        self.implied = {each.contract_id: each.implied for shown in found for each in shown.contracts}


def _prices(
    said: PropositionAnswer, links: list[Link], quotes: Mapping[ContractId, QuoteShown], opinion: _Opinion
) -> PropositionPrices:
    return PropositionPrices(
        proposition=said,
        no_vig=None if opinion.no_vig is None else NoVigAnswer.model_validate(opinion.no_vig),
        contracts=[
            ContractPrices.of(link, quotes.get(link.contract_id), opinion.implied.get(link.contract_id))
            for link in links
            if link.contract_id is not None
        ],
    )
