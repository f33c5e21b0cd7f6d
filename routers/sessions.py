"""Who am I here, and the one-time link that lets a browser in."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from app.errors import KeyRequired
from app.hot.keys import SESSION_LIFETIME
from routers.access import SESSION_COOKIE, Caller, needs
from routers.dependencies import Opened
from routers.errors import problems

router = APIRouter(tags=["access"])


class CallerAnswer(BaseModel):
    """Who calls, and what it may do."""

    name: str = Field(description="Of the key, the page, or the address.", examples=["key my-bot"])
    scopes: list[str] = Field(examples=[["match", "read"]])
    has_key: bool = Field(description="False: a caller on this machine without key or session.")


@router.get(
    "/open",
    summary="Open the page by its one-time link",
    status_code=303,
    response_class=RedirectResponse,
    responses=problems(401, 503),
)
async def open_page(
    opened: Opened, request: Request, code: Annotated[str, Query(max_length=200, examples=["printed by crosscourt up"])]
) -> Response:
    """The code is used up; the browser gets a session cookie that counts as the admin key for a week."""
    token = await opened.hot.redeem_code(code)
    if token is None:
        raise KeyRequired(
            "this link was used already, or is older than ten minutes",
            remedy="`crosscourt keys link` prints a new one; on this machine the page opens at / without it.",
        )
    answer = RedirectResponse("/", status_code=303)
    answer.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=int(SESSION_LIFETIME),
        httponly=True,
        samesite="strict",
        secure=opened.settings.api.behind_tls or request.url.scheme == "https",
    )
    return answer


@router.get(
    "/access", summary="Who am I here?", responses=problems(401), dependencies=[needs("read", "match", "paper", "live")]
)
async def read_access(request: Request) -> CallerAnswer:
    """The name and scopes that this call came with."""
    caller: Caller = request.state.caller
    return CallerAnswer(name=caller.name, scopes=sorted(caller.scopes), has_key=caller.has_key)
