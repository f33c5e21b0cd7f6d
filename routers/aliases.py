"""The alias book: names that people have taught the matcher."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Query, Request
from pydantic import AfterValidator, ConfigDict, Field, model_validator

from app.clock import wall_clock
from app.domain.leagues import LEAGUES, LeagueCode, Pool, find_league
from app.domain.teams import Method, Team, TeamId
from app.errors import BadInput, Conflict, NotFound
from app.history.aliases import add_alias, list_aliases, remove_alias
from app.history.audit import Deed, write_down
from app.matching.names import fold
from app.matching.unified import TeamMatcher
from routers.access import Caller, needs
from routers.answers import Answer
from routers.cursors import Cursor, Limit, Page, cut_page
from routers.dependencies import History, Matching, Opened
from routers.errors import problems
from routers.questions import LONGEST_NAME, Name, Question, Sport

router = APIRouter(prefix="/match/aliases", tags=["match"])


LEAST_LETTERS = 2


def _with_letters(name: str) -> str:
    if sum(each.isalnum() for each in fold(name)) < LEAST_LETTERS:
        raise ValueError("must have two letters or digits, as names are compared: in Latin letters")
    return name


def _single_spaced(name: str) -> str:
    return " ".join(name.split())


TaughtName = Annotated[Name, AfterValidator(_single_spaced), AfterValidator(_with_letters)]


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

    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, examples=["C's"]), AfterValidator(_single_spaced)]


class AliasAnswer(Answer):
    """A name somebody taught the matcher."""

    team_id: str = Field(examples=["nba:2"])
    team: str = Field(description="The team's own name.", examples=["Boston Celtics"])
    name: str = Field(examples=["C's"])
    added_by: str = Field(examples=["key admin"])
    added_at: datetime


class ForgottenAnswer(Answer):
    """A name that is no longer in the book."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"team_id": "nba:2", "name": "C's", "is_known_until": "the next start"}}
    )

    team_id: str
    name: str
    is_known_until: Literal["the next start"] = Field(
        "the next start", description="Processes that run now have learned the name, and go on knowing it."
    )


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


@router.delete(
    "", summary="Take a taught name back", responses=problems(401, 403, 404, 422, 503), dependencies=[needs("match")]
)
async def forget_name(
    question: Annotated[ForgetQuestion, Query()], opened: Opened, request: Request
) -> ForgottenAnswer:
    """Out of the book for good. Processes that run now have learned the name, and forget it when they start again."""
    team_id = TeamId(question.team_id) if question.team_id else _find_team(opened.matching, question).id
    if not await remove_alias(opened.history, team_id, question.name):
        raise NotFound(
            f"nobody taught '{question.name}' as a name of {team_id}",
            remedy="GET /match/aliases lists the names that were taught; packaged names are not taken back.",
        )
    caller: Caller = request.state.caller
    told = {"team_id": team_id, "name": question.name}
    await write_down(opened.history, Deed(at=wall_clock(), who=caller.name, what="alias.removed", detail=told))
    return ForgottenAnswer(team_id=team_id, name=question.name)


def _refuse_taken_name(matching: TeamMatcher, question: AliasQuestion, team: Team) -> None:
    others = [bearer for bearer in _bearers(matching, question) if bearer.id != team.id]
    if others:
        raise Conflict(
            f"'{question.name}' already means {' and '.join(other.name for other in others[:5])}",
            remedy="Teach a longer name, or give a context (opponent, start) when you ask.",
        )


def _bearers(matching: TeamMatcher, question: AliasQuestion) -> Sequence[Team]:
    """Who is called so already: by this very name, with other affixes, or with the league beside it."""
    known = matching.bearers(question.name, question.sport)
    bare = " ".join(word for word in question.name.split() if find_league(word) is None)
    found = [matching.resolve(name, question.sport) for name in (question.name, bare) if name]
    return [*known, *(each.team for each in found if each.team and each.method in KNOWN_BY and each.team not in known)]


def _find_team(matching: TeamMatcher, question: TeamQuestion) -> Team:
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


KNOWN_BY: frozenset[Method] = frozenset({"exact", "alias"})  # the registry, not likeness
_TEAM_REMEDY = "Ask POST /match/resolve for the team's id and give it as team_id."


def _answer(team_id: TeamId, team: Team | None, name: str, added_by: str, added_at: datetime) -> AliasAnswer:
    own_name = team.name if team else team_id  # a team may have left the registry since
    return AliasAnswer(team_id=team_id, team=own_name, name=name, added_by=added_by, added_at=added_at)


def _pool_of(sport: str) -> Pool:
    return LEAGUES[LeagueCode(sport)].pool
