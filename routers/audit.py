"""Who did what: names taught, links overruled, keys made."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import ConfigDict, Field, JsonValue

from app.history.audit import count_deeds, list_deeds
from routers.access import needs
from routers.answers import Answer
from routers.cursors import Cursor, Limit, Page, cursor_at, number_at
from routers.dependencies import History
from routers.errors import problems

router = APIRouter(prefix="/audit", tags=["access"], dependencies=[needs("admin")])


class DeedAnswer(Answer):
    """One change that a person or a key made."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "at": "2026-01-09T00:40:00Z",
                "who": "key admin",
                "what": "alias.added",
                "detail": {"team_id": "nba:2", "name": "C's"},
            }
        }
    )

    at: datetime
    who: str = Field(description="A key by its name, the page, or `cli`.")
    what: str = Field(examples=["alias.added"])
    detail: dict[str, JsonValue] = Field(description="What it was about; of an override also before and after.")


@router.get("", summary="The audit", responses=problems(401, 403, 422, 503))
async def list_audit(
    history: History,
    what: Annotated[
        str | None,
        Query(
            description="Only deeds of this kind.", max_length=60, pattern=r"^[a-z_.]+$", examples=["link.overridden"]
        ),
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[DeedAnswer]:
    """The newest first."""
    found = await list_deeds(history, limit + 1, number_at(cursor), what)
    page = found[:limit]
    more = len(found) > limit and page[-1].id is not None
    return Page(
        items=[DeedAnswer(at=deed.at, who=deed.who, what=deed.what, detail=deed.detail) for deed in page],
        total=await count_deeds(history, what),
        next_cursor=cursor_at(page[-1].id or 0) if more else None,
    )
