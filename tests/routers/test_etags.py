"""What has not changed is not sent again."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from routers.etags import Etags


async def same(_: Request) -> Response:
    return JSONResponse({"n": 1})


async def missing(_: Request) -> Response:
    return JSONResponse({}, status_code=404)


async def in_pieces(_: Request) -> Response:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"a"
        yield b"b"

    return StreamingResponse(pieces())


APP = Etags(
    Starlette(
        routes=[Route("/same", same, methods=["GET", "POST"]), Route("/pieces", in_pieces), Route("/missing", missing)]
    )
)


async def ask(method: str, path: str, known: str = "") -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(APP), base_url="http://localhost") as client:
        return await client.request(method, path, headers={"if-none-match": known} if known else {})


async def test_an_answer_that_is_known_is_not_sent_again() -> None:
    first = await ask("GET", "/same")
    again = await ask("GET", "/same", first.headers["etag"])
    assert first.json() == {"n": 1}
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize("form", ["W/{}", '"other", {}', '"other",{} , W/"more"', "*", "{}"])
async def test_the_ways_a_client_names_what_it_knows(form: str) -> None:
    tag = (await ask("GET", "/same")).headers["etag"]
    assert (await ask("GET", "/same", form.format(tag))).status_code == 304


async def test_another_answer_is_sent() -> None:
    assert (await ask("GET", "/same", '"other"')).json() == {"n": 1}


@pytest.mark.parametrize(("method", "path"), [("POST", "/same"), ("GET", "/missing"), ("GET", "/pieces")])
async def test_only_whole_answers_to_a_get_are_tagged(method: str, path: str) -> None:
    assert "etag" not in (await ask(method, path)).headers


async def test_an_answer_in_pieces_arrives_whole() -> None:
    assert (await ask("GET", "/pieces")).content == b"ab"
