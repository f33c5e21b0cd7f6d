"""Keys of the API: who has one, and for what; made, replaced and taken back."""

from datetime import datetime
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Path, Request, Response
from pydantic import ConfigDict, Field

from app.history.keys import ApiKey, create_key, list_keys
from app.keyrings import replace, take_back
from app.resources import Resources
from routers.access import Caller, needs
from routers.answers import Answer
from routers.dependencies import History, Opened
from routers.errors import problems
from routers.questions import Moment, Name, Question

router = APIRouter(prefix="/keys", tags=["access"], dependencies=[needs("admin")])

KeyScope = Literal["read", "match", "paper", "live", "admin"]
KeyId = Annotated[
    str,
    Path(max_length=40, pattern=r"^[0-9a-z]+$", description="The part that may be shown.", examples=["0f3a9c2b7d51"]),
]


class KeyQuestion(Question):
    """A key that is to be made."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"name": "my bot", "scopes": ["read", "match", "paper"], "expires_at": "2027-01-01T00:00:00Z"}
        }
    )

    name: Name = Field(description="Whose it is: a bot, a person.")
    scopes: list[KeyScope] = Field(min_length=1, max_length=5)
    expires_at: Moment | None = Field(
        None, description="From then on it opens nothing. Not given: until it is taken back."
    )


class KeyAnswer(Answer):
    """A key without its secret."""

    id: str = Field(description="The part that may be shown.", examples=["0f3a9c2b7d51"])
    name: str = Field(examples=["my bot"])
    scopes: list[KeyScope]
    created_at: datetime
    last_used_at: datetime | None = Field(description="To the minute.")
    revoked_at: datetime | None
    expires_at: datetime | None

    @classmethod
    def of(cls, key: ApiKey) -> Self:
        return cls.model_validate({name: getattr(key, name) for name in ApiKey.__struct_fields__})


class NewKeyAnswer(KeyAnswer):
    """A key with its secret, this once."""

    key: str = Field(description="Send it in `X-API-Key`. Nobody can show it again.")


@router.get("", summary="Keys", responses=problems(401, 403, 503))
async def list_all_keys(history: History) -> list[KeyAnswer]:
    """Every key ever made, those that are over too, the oldest first."""
    return [KeyAnswer.of(key) for key in await list_keys(history)]


@router.post("", summary="Make a key", status_code=201, responses=problems(401, 403, 422, 503))
async def make_key(question: KeyQuestion, opened: Opened, request: Request, response: Response) -> NewKeyAnswer:
    """It is shown in this answer and never again."""
    caller: Caller = request.state.caller
    made = await create_key(
        opened.history, question.name, question.scopes, expires_at=question.expires_at, by=caller.name
    )
    return await _shown_once(opened, made, response)


@router.post("/{key_id}/rotate", summary="Replace a key", status_code=201, responses=problems(401, 403, 404, 422, 503))
async def rotate_key(key_id: KeyId, opened: Opened, request: Request, response: Response) -> NewKeyAnswer:
    """Another one for the same and as long; every process refuses the old one at once."""
    caller: Caller = request.state.caller
    return await _shown_once(opened, await replace(opened.hot, opened.history, key_id, by=caller.name), response)


@router.delete("/{key_id}", summary="Take a key back", status_code=204, responses=problems(401, 403, 404, 422, 503))
async def revoke(key_id: KeyId, opened: Opened, request: Request) -> None:
    """Every process refuses it at once; it stays listed."""
    caller: Caller = request.state.caller
    await take_back(opened.hot, opened.history, key_id, by=caller.name)


async def _shown_once(opened: Resources, plain: str, response: Response) -> NewKeyAnswer:
    key_id = plain.split("_")[1]
    made = next(key for key in await list_keys(opened.history) if key.id == key_id)
    response.headers["cache-control"] = "no-store"
    return NewKeyAnswer.model_validate({**KeyAnswer.of(made).model_dump(), "key": plain})
