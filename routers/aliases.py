"""The alias book: names that people have taught the matcher."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Query, Request
from pydantic import AfterValidator, ConfigDict, Field, model_validator

from app.corrections import teach, unteach
from app.domain.leagues import LEAGUES, LeagueCode, Pool
from app.domain.questions import LONGEST_NAME
from app.domain.teams import Team, TeamId
from app.history.aliases import list_aliases
from app.matching.lessons import read_taught, team_meant, team_with_id
from app.matching.unified import TeamMatcher
from routers.access import Caller, needs
from routers.answers import Answer
from routers.cursors import Cursor, Limit, Page, cut_page
from routers.dependencies import History, Matching, Opened
from routers.errors import problems
from routers.questions import Name, Question, Sport

router = APIRouter(prefix="/match/aliases", tags=["match"])


TaughtName = Annotated[Name, AfterValidator(read_taught)]


class TeamQuestion(Question):
    """A team by its id, or by a name that is already known."""

    sport: Sport
    team_id: str | None = Field(None, max_length=100, examples=["nba:2"])
    team: Name | None = None

    @model_validator(mode="after")
    def one_team_is_named(self) -> Self:
        if (self.team_id is None) == (self.team is None):
            raise ValueError("either team_id or team must be given")
        return self


class AliasQuestion(TeamQuestion):
    """A further name of a team."""

    model_config = ConfigDict(json_schema_extra={"example": {"sport": "nba", "team": "Boston Celtics", "name": "C's"}})

    name: TaughtName


class ForgetQuestion(TeamQuestion):
    """A name that was taught, as GET /match/aliases shows it."""

    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, examples=["C's"])]


class AliasAnswer(Answer):
    """A name somebody taught the matcher."""

    team_id: str = Field(examples=["nba:2"])
    team: str = Field(description="The team's own name.", examples=["Boston Celtics"])
    name: str = Field(examples=["C's"])
    added_by: str = Field(examples=["key admin"])
    added_at: datetime


class ForgottenAnswer(Answer):
    """A name that is no longer in the book."""

    model_config = ConfigDict(json_schema_extra={"example": {"team_id": "nba:2", "name": "C's"}})

    team_id: str
    name: str


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
    """Kept for good, known here at once and everywhere within seconds; listings that it names are linked by the next
    search. Refused when the name already means another team."""
    team = _find_team(opened.matching, question)
    caller: Caller = request.state.caller
    taught = await teach(opened.matching, opened.history, question.sport, team, question.name, by=caller.name)
    await opened.learn_aliases()
    return _answer(team.id, team, taught.name, taught.added_by, taught.added_at)


@router.delete(
    "", summary="Take a taught name back", responses=problems(401, 403, 404, 422, 503), dependencies=[needs("match")]
)
async def forget_name(
    question: Annotated[ForgetQuestion, Query()], opened: Opened, request: Request
) -> ForgottenAnswer:
    """Out of the book for good, forgotten here at once and everywhere within seconds."""
    team_id = TeamId(question.team_id) if question.team_id else _find_team(opened.matching, question).id
    caller: Caller = request.state.caller
    name = await unteach(opened.history, team_id, question.name, by=caller.name)
    await opened.learn_aliases()
    return ForgottenAnswer(team_id=team_id, name=name)


def _find_team(matching: TeamMatcher, question: TeamQuestion) -> Team:
    if question.team_id is not None:
        return team_with_id(matching, question.sport, TeamId(question.team_id))
    return team_meant(matching, question.sport, question.team or "")


def _answer(team_id: TeamId, team: Team | None, name: str, added_by: str, added_at: datetime) -> AliasAnswer:
    own_name = team.name if team else team_id  # a team may have left the registry since
    return AliasAnswer(team_id=team_id, team=own_name, name=name, added_by=added_by, added_at=added_at)


def _pool_of(sport: str) -> Pool:
    return LEAGUES[LeagueCode(sport)].pool
