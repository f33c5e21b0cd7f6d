"""Every error leaves as a problem that says what to do."""

import httpx
import pytest
from fastapi import FastAPI

from app.errors import (
    AccessDenied,
    BadInput,
    Conflict,
    CrosscourtError,
    FeedUnavailable,
    HistoryUnavailable,
    HotStoreUnavailable,
    KeyRequired,
    NotFound,
    PayloadRefused,
    PayloadTooLarge,
    StartRefused,
    TooManyCalls,
)
from routers.errors import answer_errors, problem_of, status_of

RAISED: dict[str, Exception] = {
    "ours": NotFound("no game 7", remedy="GET /games"),
    "away": HotStoreUnavailable(),
    "feed": FeedUnavailable("slow down", retry_after=7.2),
    "key": KeyRequired(),
    "bug": ZeroDivisionError("secret words"),
}


def application() -> FastAPI:
    app = FastAPI()
    answer_errors(app)

    @app.get("/raise/{name}")
    async def fall(name: str) -> None:
        raise RAISED[name]

    return app


async def ask(method: str, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(application(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await client.request(method, path)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (KeyRequired(), 401),
        (AccessDenied(), 403),
        (NotFound(), 404),
        (Conflict(), 409),
        (BadInput("?"), 422),
        (PayloadRefused(), 502),
        (PayloadTooLarge(), 502),
        (TooManyCalls(), 429),
        (HotStoreUnavailable(), 503),
        (HistoryUnavailable(), 503),
        (FeedUnavailable(), 503),
        (StartRefused(), 500),
        (CrosscourtError(), 500),
    ],
)
def test_each_error_has_its_status(error: CrosscourtError, status: int) -> None:
    assert status_of(error) == status


def test_a_docstring_is_the_title() -> None:
    problem = problem_of(HotStoreUnavailable("Redis at /tmp/x does not answer"), "/games")
    assert problem.title == "Redis does not answer."
    assert problem.type == "urn:crosscourt:hot-store-unavailable"
    assert problem.detail == "Redis at /tmp/x does not answer"
    assert problem.remedy


async def test_an_error_of_ours_keeps_its_remedy() -> None:
    answer = await ask("GET", "/raise/ours")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:crosscourt:not-found",
        "title": "There is no such thing here (any more).",
        "status": 404,
        "detail": "no game 7",
        "remedy": "GET /games",
        "instance": "/raise/ours",
        "errors": [],
    }


@pytest.mark.parametrize(("name", "wait"), [("away", "2"), ("feed", "8")])
async def test_what_may_come_back_says_when_to_ask_again(name: str, wait: str) -> None:
    assert (await ask("GET", f"/raise/{name}")).headers["retry-after"] == wait


async def test_a_missing_key_is_challenged() -> None:
    assert "ApiKey" in (await ask("GET", "/raise/key")).headers["www-authenticate"]


async def test_a_bug_is_answered_without_its_words() -> None:
    answer = await ask("GET", "/raise/bug")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("POST", "/raise/ours", 405)])
async def test_errors_of_http_itself_are_problems_too(method: str, path: str, status: int) -> None:
    answer = await ask(method, path)
    assert answer.status_code == answer.json()["status"] == status
    assert answer.json()["remedy"]
    assert answer.headers["content-type"] == "application/problem+json"
