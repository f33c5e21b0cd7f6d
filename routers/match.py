"""The matcher over HTTP: one pair, many pairs, a name, a listing."""

import asyncio
import time
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError, WrapValidator
from pydantic.config import JsonDict
from pydantic.functional_validators import ModelWrapValidatorHandler
from starlette.responses import Response

from app.domain.links import Verdict
from app.domain.propositions import Polarity
from app.domain.teams import Method
from app.errors import CrosscourtError
from routers.access import needs
from routers.answers import (
    CELTICS,
    GAME,
    LINK,
    PROPOSITION,
    REASON,
    Answer,
    GameAnswer,
    LeftOutAnswer,
    LinkAnswer,
    PropositionAnswer,
    ReasonAnswer,
    TeamAnswer,
)
from routers.dependencies import Matching, Opened
from routers.errors import Problem, problem_of, problems, validation_problem
from routers.questions import ListingQuestion, MatchQuery, MatchQuestion, ResolveQuestion

router = APIRouter(prefix="/match", tags=["match"], dependencies=[needs("read", "match")])

MOST_PAIRS = 1_000
PAIRS_A_CALL = 10  # of a batch, that count as one call
TURN = 0.005  # seconds that a batch works before others have theirs

SAME_REASON: JsonDict = {"field": "team", "finding": "agrees", "detail": "both are Boston Celtics"}

SAME_TEAM: JsonDict = {
    "is_match": True,
    "confidence": 0.98,
    "method": "alias",
    "target_team": CELTICS,
    "candidate_team": CELTICS,
    "reasons": [SAME_REASON],
    "candidates": [],
}


class MatchAnswer(Answer):
    """Are two names one team, how sure, by what means, and why."""

    model_config = ConfigDict(json_schema_extra={"example": SAME_TEAM})

    is_match: bool
    confidence: float = Field(ge=0, le=1, description="Of the verdict itself.")
    method: Method
    target_team: TeamAnswer | None
    candidate_team: TeamAnswer | None
    reasons: list[ReasonAnswer]
    candidates: list[TeamAnswer] = Field(description="Who else could be meant, when a name is ambiguous.")


class ResolveAnswer(Answer):
    """The team a name means; null when nothing, or more than one thing, answers to it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "query": "Celtics",
                "team": CELTICS,
                "confidence": 0.95,
                "method": "alias",
                "candidates": [CELTICS],
                "reasons": [SAME_REASON],
            }
        }
    )

    query: str
    team: TeamAnswer | None
    confidence: float = Field(ge=0, le=1)
    method: Method
    candidates: list[TeamAnswer]
    reasons: list[ReasonAnswer]


def _keep_refusal(value: object, read: ModelWrapValidatorHandler[MatchQuestion]) -> MatchQuestion | Problem:
    """One bad pair becomes a problem of its own and costs the others nothing."""
    try:
        return read(value)
    except ValidationError as error:
        return validation_problem(error.errors(include_input=False, include_url=False), "/match/batch")


class BatchQuestion(BaseModel):
    """Many pairs at once."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "pairs": [
                    {"target": "Celtics", "candidate": "Boston Celtics", "sport": "nba"},
                    {"target": "Miami", "candidate": "Miami (OH)", "sport": "ncaab"},
                ]
            }
        },
    )

    pairs: list[Annotated[MatchQuestion, WrapValidator(_keep_refusal)]] = Field(min_length=1, max_length=MOST_PAIRS)


class BatchEntry(BaseModel):
    """What came of one pair: an answer or a problem."""

    model_config = ConfigDict(json_schema_extra={"example": {"answer": SAME_TEAM, "problem": None}})

    answer: MatchAnswer | None = None
    problem: Problem | None = None


class BatchAnswer(BaseModel):
    """One entry a pair, in the order of the pairs."""

    entries: list[BatchEntry]
    matched: int = Field(examples=[1])
    refused: int = Field(description="Pairs that could not be read.", examples=[0])


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


@router.post("", summary="Are two names one team?", responses=problems(422))
async def match_pair(question: MatchQuestion, matching: Matching) -> MatchAnswer:
    """Both names are looked up among the teams of the sport; likeness decides only what the registry cannot."""
    return _answer(question, matching)


@router.get("", summary="Are two names one team? In a URL", responses=problems(422))
async def match_pair_by_url(question: Annotated[MatchQuery, Query()], matching: Matching) -> MatchAnswer:
    """As POST /match, for a browser's address line."""
    return _answer(question, matching)


@router.post("/batch", summary="Many pairs at once", responses=problems(413, 422), response_model=BatchAnswer)
async def match_batch(question: BatchQuestion, matching: Matching, request: Request) -> Response:
    """Up to 1,000 pairs; ten count as one call. A pair that cannot be read is answered with its problem and does not
    lose the others."""
    request.state.charge(-(-len(question.pairs) // PAIRS_A_CALL) - 1)  # the call itself is counted already
    written: list[str] = []
    matched = refused = 0
    turn_ends = time.monotonic() + TURN
    for pair in question.pairs:
        entry = _entry(pair, matching)
        written.append(entry.model_dump_json())
        matched += entry.answer is not None and entry.answer.is_match
        refused += entry.problem is not None
        if time.monotonic() > turn_ends:
            await asyncio.sleep(0)
            turn_ends = time.monotonic() + TURN
    body = f'{{"entries":[{",".join(written)}],"matched":{matched},"refused":{refused}}}'
    return Response(body, media_type="application/json")


@router.post("/resolve", summary="Which team does a name mean?", responses=problems(422))
async def resolve_name(question: ResolveQuestion, matching: Matching) -> ResolveAnswer:
    """Among all teams of the sport, by name, abbreviation, ticker code or slug; ambiguous names give the candidates."""
    found = matching.resolve(question.name, question.sport, question.match_context())
    return ResolveAnswer.model_validate(found)


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


def _answer(question: MatchQuestion, matching: Matching) -> MatchAnswer:
    found = matching.match(question.target, question.candidate, question.sport, question.match_context())
    return MatchAnswer.model_validate(found)


def _entry(pair: MatchQuestion | Problem, matching: Matching) -> BatchEntry:
    if isinstance(pair, Problem):
        return BatchEntry(problem=pair)
    try:
        return BatchEntry(answer=_answer(pair, matching))
    except CrosscourtError as error:
        return BatchEntry(problem=problem_of(error, "/match/batch"))
