"""What may be risked, what is halted, and who says so."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BeforeValidator, ConfigDict, Field, StrictFloat, StrictInt

from app.domain.risks import HaltScope, RiskLimits
from app.history.risk import count_limits, current_limits, list_halts, list_limits
from app.history.signals import Wanted, list_signals
from app.restraints import LONGEST_REASON, change_limits, halt, resume
from routers.access import Caller, needs
from routers.cursors import Cursor, Limit, Page, cursor_at, number_at
from routers.dependencies import History, Opened
from routers.errors import problems
from routers.questions import Question
from routers.risk_answers import (
    ACCOUNTS,
    HALT,
    LIMITS,
    AccountAnswer,
    LimitsAnswer,
    RefusalAnswer,
    RestraintAnswer,
    RiskAnswer,
    UsedAnswer,
    VersionAnswer,
    halts_answer,
)

router = APIRouter(prefix="/risk", tags=["risk"])

REFUSALS = 10  # the last ones

Reason = Annotated[
    str, Field(min_length=1, max_length=LONGEST_REASON, examples=["two venues disagree about the score"])
]


def _written(value: object) -> object:
    """One fault for a value, and not one for each type that it might have had."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("must be a number, or a decimal text")
    return value


LimitSaid = Annotated[str | StrictInt | StrictFloat, BeforeValidator(_written)]


class HaltQuestion(Question):
    """Where nothing is to be opened any more."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"scope": "league", "name": "nba", "reason": HALT["reason"]}}
    )

    scope: HaltScope = "all"
    name: str = Field("", max_length=200, description="Of the venue, league or game; empty for `all`.")
    reason: Reason


class ResumeQuestion(Question):
    """A halt, as GET /risk shows it."""

    model_config = ConfigDict(json_schema_extra={"example": {"scope": "league", "name": "nba"}})

    scope: HaltScope = "all"
    name: str = Field("", max_length=200)


class LimitsQuestion(Question):
    """A change of the limits."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"version": 3, "limits": {"max_stake": "100", "kelly_fraction": 0.1}, "reason": "a quiet week"}
        }
    )

    version: StrictInt = Field(ge=0, description="The version that the change was made from: GET /risk shows it.")
    limits: dict[str, LimitSaid] = Field(
        min_length=1, max_length=len(LIMITS), description="Those that change, written as GET /risk shows them."
    )
    reason: Reason


@router.get("", summary="Limits in force, and what is halted", responses=problems(503), dependencies=[needs("read")])
async def read_risk(opened: Opened) -> RiskAnswer:
    """And, where this process trades, what is used of each limit."""
    desk, now = opened.intake.pipeline.desk, opened.intake.now()
    given = VersionAnswer.of(await current_limits(opened.history))
    refused = await list_signals(opened.history, Wanted(stage="risk"), REFUSALS)
    return RiskAnswer(
        **dict(given),
        built_in=LimitsAnswer.model_validate(RiskLimits()),
        halts=halts_answer(desk.halts if desk.is_told else await list_halts(opened.history)),
        is_here=desk.is_told,
        used=[UsedAnswer.of(place, cap) for place, cap in desk.used(now)],
        orders=desk.standing(now).orders if desk.is_told else None,
        accounts=[AccountAnswer.of(name, desk.account(name, now)) for name in ACCOUNTS] if desk.is_told else [],
        refusals=[RefusalAnswer.of(row) for row in refused],
        simulated=opened.settings.simulation.is_on,
    )


@router.put(
    "/limits",
    summary="Change limits",
    responses=problems(401, 403, 409, 422, 503),
    dependencies=[needs("admin")],
)
async def change(question: LimitsQuestion, opened: Opened, request: Request) -> VersionAnswer:
    """In force everywhere within a second, for what is sent from then on; written to the audit. Refused with 409 when
    somebody else has changed them since the version that is named."""
    caller: Caller = request.state.caller
    given = await change_limits(
        opened.hot, opened.history, question.version, question.limits, question.reason, by=caller.name
    )
    return VersionAnswer.of(given)


@router.get(
    "/limits/history",
    summary="Every version of the limits",
    responses=problems(422, 503),
    dependencies=[needs("read")],
)
async def list_versions(history: History, cursor: Cursor = None, limit: Limit = 100) -> Page[VersionAnswer]:
    """The newest first; the built-in ones, version 0, are not among them."""
    found = await list_limits(history, limit + 1, number_at(cursor))
    page = found[:limit]
    return Page(
        items=[VersionAnswer.of(each) for each in page],
        total=await count_limits(history),
        next_cursor=cursor_at(page[-1].limits.version) if len(found) > limit else None,
    )


@router.post(
    "/halt",
    summary="Open nothing any more",
    responses=problems(401, 403, 404, 422, 503),
    dependencies=[needs("live", "paper")],
)
async def halt_there(question: HaltQuestion, opened: Opened, request: Request) -> RestraintAnswer:
    """Everywhere, at a venue, in a league or in a game: in every process at once, and after every restart, until it is
    resumed. What is open stays open. Halting twice is halting once."""
    caller: Caller = request.state.caller
    done = await halt(opened.hot, opened.history, question.scope, question.name, question.reason, by=caller.name)
    return RestraintAnswer.of(done)


@router.post(
    "/resume",
    summary="Go on",
    responses=problems(401, 403, 404, 422, 503),
    dependencies=[needs("admin")],
)
async def resume_there(question: ResumeQuestion, opened: Opened, request: Request) -> RestraintAnswer:
    """Take one halt back; another one that covers the same still holds."""
    caller: Caller = request.state.caller
    return RestraintAnswer.of(await resume(opened.hot, opened.history, question.scope, question.name, by=caller.name))
