"""Hot routes: what they meet before their endpoint, and how they read a body."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Request
from starlette.responses import Response

from routers.access import Caller, needs
from routers.direct import DirectRoute, JsonAnswer, json_body
from routers.errors import answer_errors
from tests.routers.houses import House, with_state

KNOWN = Caller("bot", frozenset({"match"}), has_key=True)


async def echo(request: Request) -> Response:
    return JsonAnswer(await json_body(request))


async def turned_away() -> None:
    raise AssertionError("a dependency that nobody met")


def client(**said: object) -> httpx.AsyncClient:
    router = APIRouter(route_class=DirectRoute)
    router.add_api_route("/echo", echo, methods=["POST"], **said)
    app = FastAPI()
    app.router.routes.extend(router.routes)
    answer_errors(app)
    transport = httpx.ASGITransport(with_state(app, {"caller": KNOWN}), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://localhost")


@pytest.mark.parametrize(
    ("content_type", "is_json"),
    [
        ("application/json", True),
        ("application/json; charset=utf-8", True),
        ("Application/JSON ;x=y", True),
        ("application/vnd.api+json", True),
        ("text/plain", False),
        ("text/json", False),
        ("application/x-www-form-urlencoded", False),
        ("multipart/form-data; boundary=application/json", False),
        ("", False),
    ],
)
async def test_only_what_is_said_to_be_json_is_read(content_type: str, is_json: bool) -> None:
    async with client() as ask:
        answer = await ask.post("/echo", content=b"[1]", headers={"content-type": content_type})
    assert answer.status_code == (200 if is_json else 422)
    assert is_json or "content-type: application/json" in answer.json()["remedy"]


async def test_a_body_in_pieces_is_read_whole() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for piece in (b'{"a"', b"", b": 1}"):
            yield piece

    async with client() as ask:
        answer = await ask.post("/echo", content=pieces(), headers={"content-type": "application/json"})
    assert answer.content == b'{"a": 1}'
    assert answer.headers["content-length"] == "8"


@pytest.mark.parametrize(("scope", "status"), [("match", 200), ("admin", 403)])
async def test_what_a_route_needs_is_asked_first(scope: str, status: int) -> None:
    async with client(dependencies=[needs(scope)]) as ask:  # type: ignore[arg-type]
        answer = await ask.post("/echo", content=b"[]", headers={"content-type": "application/json"})
    assert answer.status_code == status


async def test_a_dependency_that_would_not_be_met_lets_nobody_in() -> None:
    async with client(dependencies=[Depends(turned_away)]) as ask:
        answer = await ask.post("/echo", content=b"[]", headers={"content-type": "application/json"})
    assert answer.status_code == 500


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/match", "HEAD, GET, POST"),
        ("GET", "/match/batch", "POST"),
        ("PUT", "/match/resolve", "POST"),
        ("PUT", "/match/aliases", "HEAD, GET, POST, DELETE"),
        ("PUT", "/match/links/kalshi:X:yes/override", "POST, DELETE"),
    ],
)
async def test_a_method_that_a_route_has_not_is_refused(house: House, method: str, path: str, allowed: str) -> None:
    answer = await house.ask.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == allowed
    assert answer.json()["remedy"]
