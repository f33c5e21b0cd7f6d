"""A listing over HTTP: which game and proposition it speaks about."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from app.domain.links import Verdict
from app.domain.propositions import Polarity
from routers.access import needs
from routers.answers import (
    GAME,
    LINK,
    PROPOSITION,
    REASON,
    GameAnswer,
    LeftOutAnswer,
    LinkAnswer,
    PropositionAnswer,
    ReasonAnswer,
)
from routers.dependencies import Opened
from routers.errors import problems
from routers.questions import ListingQuestion

router = APIRouter(prefix="/match", tags=["match"], dependencies=[needs("read", "match")])


class ListingAnswer(BaseModel):
    """The game and the proposition a listing speaks about, or why it is left out."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "game": GAME,
                "proposition": PROPOSITION,
                "polarity": "yes",
                "verdict": "tradable",
                "confidence": 0.99,
                "reasons": [REASON],
                "links": [LINK],
                "left_out": [],
            }
        }
    )

    game: GameAnswer | None
    proposition: PropositionAnswer | None
    polarity: Polarity | None
    verdict: Verdict | None
    confidence: float | None
    reasons: list[ReasonAnswer]
    links: list[LinkAnswer] = Field(description="Every contract of the listing; the fields above are the first one's.")
    left_out: list[LeftOutAnswer]


@router.post("/listing", summary="Which game and proposition does a listing speak about?", responses=problems(422, 503))
async def match_listing(question: ListingQuestion, opened: Opened) -> ListingAnswer:
    """From whatever is known of a market: title, ticker, slug, question, outcome, sport, start."""
    linked = await opened.link_listing(**question.model_dump())
    links = [LinkAnswer.of(link, linked.game) for link in linked.links]
    first = links[0] if links else None
    return ListingAnswer(
        game=None if linked.game is None else GameAnswer.model_validate(linked.game),
        proposition=first.proposition if first else None,
        polarity=first.polarity if first else None,
        verdict=first.verdict if first else None,
        confidence=first.confidence if first else None,
        reasons=first.reasons if first else [],
        links=links,
        left_out=[LeftOutAnswer.of(item) for item in linked.left_out],
    )
