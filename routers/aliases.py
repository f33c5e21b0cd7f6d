"""The alias book: names that people have taught the matcher."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Query, Request
from pydantic import AfterValidator, ConfigDict, Field, model_validator

from app.clock import wall_clock
from app.domain.leagues import LEAGUES, LeagueCode, Pool
from app.domain.teams import Team, TeamId
from app.errors import BadInput, Conflict
from app.history.aliases import add_alias, list_aliases
from app.history.audit import Deed, write_down
from app.matching.unified import TeamMatcher
from routers.access import Caller, needs
from routers.answers import Answer
from routers.cursors import Cursor, Limit, Page, cut_page
from routers.dependencies import History, Matching, Opened
from routers.errors import problems
from routers.questions import Name, Question, Sport

router = APIRouter(prefix="/match/aliases", tags=["match"])


TaughtName = Annotated[Name, AfterValidator(lambda name: " ".join(name.split()))]


class AliasQuestion(Question):
    """A further name of a team; the team by id, or by a name that is already known."""

    model_config = ConfigDict(json_schema_extra={"example": {"sport": "nba", "team": "Boston Celtics", "name": "C's"}})

    sport: Sport
    name: TaughtName
    team_id: str | None = Field(None, max_length=100, examples=["nba:2"])
    team: Name | None = None

    @model_validator(mode="after")
    def one_team_is_named(self) -> Self:
        if (self.team_id is None) == (self.team is None):
            raise ValueError("either team_id or team must be given")
        return self


class AliasAnswer(Answer):
    """A name somebody taught the matcher."""

    team_id: str = Field(examples=["nba:2"])
    team: str = Field(description="The team's own name.", examples=["Boston Celtics"])
    name: str = Field(examples=["C's"])
    added_by: str = Field(examples=["key admin"])
    added_at: datetime


@router.get("", summary="The alias book", responses=problems(422, 503), dependencies=[needs("read", "match")])
async def list_taught_names(
    history: History,
    matching: Matching,
    sport: Annotated[Sport | None, Query(description="Only names of this sport's teams.")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[AliasAnswer]:
    """Every name that was taught, by team."""
    taught = await list_aliases(history, None if sport is None else _pool_of(sport))
    page, total, next_cursor = cut_page(taught, lambda alias: (alias.team_id, alias.name), cursor, limit)
    items = [
        _answer(each.team_id, matching.registry.team(each.team_id), each.name, each.added_by, each.added_at)
        for each in page
    ]
    return Page(items=items, total=total, next_cursor=next_cursor)


@router.post(
    "",
    status_code=201,
    summary="Teach the matcher a name",
    responses=problems(401, 403, 409, 422, 503),
    dependencies=[needs("match")],
)
async def teach_name(question: AliasQuestion, opened: Opened, request: Request) -> AliasAnswer:
    """Kept for good, and known at once. Refused when the name already means another team."""
    matching = opened.matching
    team = _find_team(matching, question)
    _refuse_taken_name(matching, question, team)
    caller: Caller = request.state.caller
    now = wall_clock()
    if await add_alias(opened.history, team.id, question.name, added_by=caller.name, at=now):
        told = {"team_id": team.id, "name": question.name}
        await write_down(opened.history, Deed(at=now, who=caller.name, what="alias.added", detail=told))
    await matching.learn_names([(team.id, question.name)])
    return _answer(team.id, team, question.name, caller.name, now)


def _refuse_taken_name(matching: TeamMatcher, question: AliasQuestion, team: Team) -> None:
    others = [bearer for bearer in matching.bearers(question.name, question.sport) if bearer.id != team.id]
    if others:
        raise Conflict(
            f"'{question.name}' already means {' and '.join(other.name for other in others[:5])}",
            remedy="Teach a longer name, or give a context (opponent, start) when you ask.",
        )


def _find_team(matching: TeamMatcher, question: AliasQuestion) -> Team:
    if question.team_id is not None:
        team = matching.registry.team(TeamId(question.team_id))
        if team is None or team.pool != _pool_of(question.sport):
            raise BadInput(f"there is no team {question.team_id} in {question.sport}", remedy=_TEAM_REMEDY)
        return team
    found = matching.resolve(question.team or "", question.sport)
    if found.team is None:
        among = ", ".join(f"{team.name} ({team.id})" for team in found.candidates[:8])
        detail = f"'{question.team}' could be {among}" if among else f"no team of {question.sport} is called so"
        raise BadInput(detail, remedy=_TEAM_REMEDY)
    return found.team


_TEAM_REMEDY = "Ask POST /match/resolve for the team's id and give it as team_id."


def _answer(team_id: TeamId, team: Team | None, name: str, added_by: str, added_at: datetime) -> AliasAnswer:
    own_name = team.name if team else team_id  # a team may have left the registry since
    return AliasAnswer(team_id=team_id, team=own_name, name=name, added_by=added_by, added_at=added_at)


def _pool_of(sport: str) -> Pool:
    return LEAGUES[LeagueCode(sport)].pool
