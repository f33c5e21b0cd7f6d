"""Every error as problem+json (RFC 9457), with what to do about it. Status codes live here and nowhere else."""

import math
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import ErrorDetails
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Match

from app.domain.questions import QuestionRefused
from app.errors import (
    AccessDenied,
    BadInput,
    Conflict,
    CrosscourtError,
    FeedUnavailable,
    KeyRequired,
    NotFound,
    OrderRejected,
    PayloadRefused,
    TooManyCalls,
    Unavailable,
)

PROBLEM_JSON: Final = "application/problem+json"
TRY_AGAIN_AFTER = 2  # seconds: a restarting Redis or Postgres is usually back by then

OF_THE_GATE = (421, 429)  # what any route may answer: a host of nobody's, and too many calls

STATUSES: tuple[tuple[type[CrosscourtError], int], ...] = (  # the first that fits
    (KeyRequired, 401),
    (AccessDenied, 403),
    (NotFound, 404),
    (Conflict, 409),
    (BadInput, 422),
    (OrderRejected, 422),
    (TooManyCalls, 429),
    (PayloadRefused, 502),
    (Unavailable, 503),
)

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

NOT_JSON_REMEDY = "Send the header `content-type: application/json`."
REMEDIES = {
    400: "Send JSON that is not nested hundreds of levels deep and has no number of thousands of digits.",
    404: "GET /openapi.json lists every path there is.",
    405: "Use one of the methods in the Allow header.",
    413: "Split it: /match/batch takes up to 1,000 pairs a call.",
    422: "Mend the fields named in `errors` and send it again; /docs shows an example of every call.",
    500: "Look at the server's log at this moment; the call may be repeated.",
}


class FieldProblem(BaseModel):
    """One field that could not be read."""

    field: str = Field(examples=["body.sport"])
    expected: str = Field(examples=["one of nba, wnba, ncaab"])


class Problem(BaseModel):
    """What went wrong, and what to do about it (RFC 9457)."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "urn:crosscourt:not-found",
                "title": "There is no such thing here (any more).",
                "status": 404,
                "detail": "no game 401809243",
                "remedy": "GET /games lists the games there are.",
                "instance": "/games/401809243",
                "errors": [],
            }
        }
    )

    type: str = Field(description="A name for this kind of problem that stays the same.")
    title: str
    status: int
    detail: str
    remedy: str = Field(description="What to do about it.")
    instance: str = Field(description="The path that was called.")
    errors: list[FieldProblem] = []


class ProblemResponse(Response):
    """A problem on its way out."""

    media_type = PROBLEM_JSON

    def __init__(self, problem: Problem, headers: Mapping[str, str] | None = None) -> None:
        kept = {"cache-control": "no-store", **(headers or {})}
        super().__init__(problem.model_dump_json(), status_code=problem.status, headers=kept)


def answer_of(error: CrosscourtError, path: str, place: str = "") -> ProblemResponse:
    """The answer that an error of ours is to the caller: when to come back, or what to show."""
    headers = {}
    if isinstance(error, TooManyCalls):
        headers["retry-after"] = str(math.ceil(error.retry_after))
    if isinstance(error, Unavailable):
        wait = error.retry_after if isinstance(error, FeedUnavailable) else None
        headers["retry-after"] = str(math.ceil(wait or TRY_AGAIN_AFTER))
    if isinstance(error, KeyRequired):
        headers["www-authenticate"] = 'ApiKey realm="crosscourt"'
    return ProblemResponse(problem_of(error, path, place), headers)


def unexpected_answer(path: str) -> ProblemResponse:
    """The answer to a call that met a bug: nothing of it is told."""
    return ProblemResponse(problem_for(500, "something failed here that should not; it was logged", path))


def problem_of(error: CrosscourtError, path: str, place: str = "") -> Problem:
    """The problem that an error of ours is to the caller. `place`: where its question was, `body` or `query`."""
    if isinstance(error, QuestionRefused):
        return _refused(
            [FieldProblem(field=_joined(place, each.field), expected=each.expected) for each in error.faults], path
        )
    return Problem(
        type=f"urn:crosscourt:{_name(type(error))}",
        title=_first_line(type(error)),
        status=status_of(error),
        detail=str(error),
        remedy=error.remedy,
        instance=path,
    )


def status_of(error: CrosscourtError) -> int:
    """The HTTP status of an error; 500 for one that no call should meet."""
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 500)


def problem_for(status: int, detail: str, path: str, remedy: str = "", name: str = "") -> Problem:
    """A problem that is about HTTP itself and has no error of ours behind it."""
    title = HTTPStatus(status).phrase
    return Problem(
        type=f"urn:crosscourt:{name or title.lower().replace(' ', '-')}",
        title=title,
        status=status,
        detail=detail or title,
        remedy=remedy or REMEDIES.get(status, CrosscourtError.remedy),
        instance=path,
    )


def field_problems(errors: Sequence[ErrorDetails]) -> list[FieldProblem]:
    """Each field with what was expected of it; what was sent is not repeated."""
    return [FieldProblem(field=_place(error), expected=_expectation(error)) for error in errors]


def validation_problem(errors: Sequence[ErrorDetails], path: str) -> Problem:
    """A call whose fields cannot be read."""
    return _refused(field_problems(errors), path)


def _refused(fields: list[FieldProblem], path: str) -> Problem:
    detail = "; ".join(f"{field.field}: {field.expected}" for field in fields[:3])
    problem = problem_for(422, detail, path, name="validation")
    return problem.model_copy(update={"title": _first_line(BadInput), "errors": fields})


def problems(*statuses: int) -> dict[int | str, dict[str, object]]:
    """OpenAPI's `responses` of a route that may answer with these problems, and with those of the gate."""
    content = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    named: dict[int | str, dict[str, object]] = {
        status: {"description": HTTPStatus(status).phrase, "content": content}
        for status in sorted({*statuses, *OF_THE_GATE})
    }
    return {**named, "default": {"description": "What went wrong, and what to do about it.", "content": content}}


def answer_errors(app: FastAPI) -> None:
    """Every error of this app leaves as a problem."""
    app.add_exception_handler(CrosscourtError, _answer_ours)
    app.add_exception_handler(RequestValidationError, _answer_validation)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(Exception, _answer_unexpected)


async def _answer_ours(request: Request, error: Exception) -> Response:
    if not isinstance(error, CrosscourtError):
        raise error
    return answer_of(error, request.url.path, "query" if request.method == "GET" else "body")


async def _answer_validation(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    problem = validation_problem(error.errors(), request.url.path)
    if _is_unread_json(request, error):
        problem = problem.model_copy(update={"detail": "the body is not said to be JSON", "remedy": NOT_JSON_REMEDY})
    return ProblemResponse(problem)


async def _answer_http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    path = request.url.path
    detail = f"there is nothing at {path}" if error.status_code == 404 else error.detail
    headers = {"allow": ", ".join(_methods_at(request))} if error.status_code == 405 else error.headers
    return ProblemResponse(problem_for(error.status_code, detail, path), headers)


def _methods_at(request: Request) -> list[str]:
    """Of all routes with this path: a router names those of the first alone."""
    routes: Sequence[BaseRoute] = request.app.routes
    called = [
        method
        for method in METHODS
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in routes)
    ]
    return ["HEAD", *called] if "GET" in called else called


async def _answer_unexpected(request: Request, _: Exception) -> Response:
    return unexpected_answer(request.url.path)


def _is_unread_json(request: Request, error: RequestValidationError) -> bool:
    """FastAPI takes a body of another type for a string, and would say only that it is none of ours."""
    return isinstance(error.body, (bytes, str)) and "json" not in request.headers.get("content-type", "").lower()


def _name(kind: type[CrosscourtError]) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", kind.__name__).lower()


def _first_line(kind: type[CrosscourtError]) -> str:
    return (kind.__doc__ or "").strip().partition("\n")[0]


def _joined(place: str, field: str) -> str:
    return ".".join(part for part in (place, field) if part) or "body"


def _place(error: ErrorDetails) -> str:
    first, *rest = error["loc"] or ("body",)
    if error["type"] == "json_invalid" and first == "body":
        return "body"  # FastAPI adds the offset as if it were a field
    return str(first) + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in rest)


def _expectation(error: ErrorDetails) -> str:
    if error["type"] == "json_invalid":
        return f"JSON ({error.get('ctx', {}).get('error', 'cut off')})"
    if error["type"] == "missing":
        return "must be given"
    if error["type"] == "extra_forbidden":
        return "no such field is known"
    return error["msg"].removeprefix("Value error, ")
