"""The matcher over HTTP: one pair, many pairs, a name."""

import asyncio
import time

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from starlette.responses import Response

from app.domain.answers import encode_match, encode_resolution
from app.domain.questions import (
    MatchRequest,
    match_request_of,
    read_match_request,
    read_pairs,
    read_resolve_request,
)
from app.domain.teams import Method, TeamMatch
from app.errors import CrosscourtError
from app.matching.unified import TeamMatcher
from routers.access import needs
from routers.answers import CELTICS, Answer, ReasonAnswer, TeamAnswer
from routers.dependencies import resources_of
from routers.direct import DirectRoute, JsonAnswer, json_body
from routers.documents import asks, asks_in_url
from routers.errors import Problem, problem_of, problems
from routers.questions import BatchQuestion, MatchQuery, MatchQuestion, ResolveQuestion

router = APIRouter(
    prefix="/match",
    tags=["match"],
    dependencies=[needs("read", "match")],
    route_class=DirectRoute,
    generate_unique_id_function=lambda route: route.name,
)

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


@router.post(
    "",
    summary="Are two names one team?",
    responses=problems(413, 422),
    response_model=MatchAnswer,
    openapi_extra=asks(MatchQuestion),
)
async def match_pair(request: Request) -> Response:
    """Both names are looked up among the teams of the sport; likeness decides only what the registry cannot."""
    asked = read_match_request(await json_body(request))
    return JsonAnswer(encode_match(_match(asked, resources_of(request).matching)))


@router.get(
    "",
    summary="Are two names one team? In a URL",
    responses=problems(422),
    response_model=MatchAnswer,
    openapi_extra=asks_in_url(MatchQuery),
)
async def match_pair_by_url(request: Request) -> Response:
    """As POST /match, for a browser's address line."""
    asked = match_request_of(request.query_params)
    return JsonAnswer(encode_match(_match(asked, resources_of(request).matching)))


@router.post(
    "/batch",
    summary="Many pairs at once",
    responses=problems(413, 422),
    response_model=BatchAnswer,
    openapi_extra=asks(BatchQuestion),
)
async def match_batch(request: Request) -> Response:
    """Up to 1,000 pairs; ten count as one call. A pair that cannot be read is answered with its problem and does not
    lose the others."""
    pairs, matching = read_pairs(await json_body(request)), resources_of(request).matching
    request.state.charge(-(-len(pairs) // PAIRS_A_CALL) - 1)  # the call itself is counted already
    entries: list[bytes] = []
    matched = refused = 0
    turn_ends = time.monotonic() + TURN
    for pair in pairs:
        try:
            found = _match(read_match_request(pair), matching)
        except CrosscourtError as error:
            entries.append(_REFUSED % problem_of(error, "/match/batch").model_dump_json().encode())
            refused += 1
        else:
            entries.append(_ANSWERED % encode_match(found))
            matched += found.is_match
        if time.monotonic() > turn_ends:
            await asyncio.sleep(0)
            turn_ends = time.monotonic() + TURN
    return JsonAnswer(b'{"entries":[%b],"matched":%d,"refused":%d}' % (b",".join(entries), matched, refused))


_ANSWERED = b'{"answer":%b,"problem":null}'
_REFUSED = b'{"answer":null,"problem":%b}'


@router.post(
    "/resolve",
    summary="Which team does a name mean?",
    responses=problems(413, 422),
    response_model=ResolveAnswer,
    openapi_extra=asks(ResolveQuestion),
)
async def resolve_name(request: Request) -> Response:
    """Among all teams of the sport, by name, abbreviation, ticker code or slug; ambiguous names give the candidates."""
    asked = read_resolve_request(await json_body(request))
    found = resources_of(request).matching.resolve(asked.name, asked.sport, asked.context)
    return JsonAnswer(encode_resolution(found))


def _match(asked: MatchRequest, matching: TeamMatcher) -> TeamMatch:
    return matching.match(asked.target, asked.candidate, asked.sport, asked.context)
