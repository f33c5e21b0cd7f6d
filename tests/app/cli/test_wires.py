"""Requests that are too slow, and heads that are too large, at a real server."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from app.cli import up, wires
from app.cli.wires import LARGEST_HEAD, GuardedHttp
from app.venues import roster
from tests.routers.browsers import Server


async def _answer(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


@pytest.fixture(autouse=True)
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wires, "LOOKS_EVERY", 0.02)


@pytest.fixture
async def port() -> AsyncIterator[int]:
    app = Starlette(routes=[Route("/", _answer, methods=["GET", "POST"])])
    server = Server(uvicorn.Config(app, port=0, lifespan="off", log_level="error", http=GuardedHttp))
    task = asyncio.create_task(server.serve())
    await server.listening.wait()
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await task


async def said(port: int, *pieces: bytes) -> bytes:
    """What comes back until the connection is closed from there."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
    async with asyncio.timeout(5):
        heard = await reader.read()
    writer.close()
    return heard


BEGUN = (
    b"",
    b"GET / HTTP/1.1\r\nhost: x\r\n",
    b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nabc",
    b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n",
)


@pytest.mark.parametrize("begun", BEGUN)
async def test_who_does_not_go_on_is_told_so_and_cut_off(
    port: int, begun: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wires, "SENT_WITHIN", 0.05)
    heard = await said(port, begun)
    assert heard.startswith(b"HTTP/1.1 408 ")
    assert b"application/problem+json" in heard
    assert json.loads(heard.partition(b"\r\n\r\n")[2])["remedy"]


async def test_a_head_without_end_is_cut_off(port: int) -> None:
    heard = await said(port, b"GET / HTTP/1.1\r\nhost: x\r\nlong: " + b"x" * (LARGEST_HEAD + 1_000))
    assert heard.startswith(b"HTTP/1.1 431 ")


async def test_large_bodies_and_many_calls_over_one_connection_are_none_of_its_affair(port: int) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as ask:
        for _ in range(3):
            assert (await ask.post("/", content=b"x" * (4 * LARGEST_HEAD))).text == str(4 * LARGEST_HEAD)


def test_a_connection_is_kept_for_longer_than_by_any_client_of_ours() -> None:
    config = up.served(FastAPI())
    assert config.timeout_keep_alive > max(roster.KEPT_OPEN, httpx.Limits().keepalive_expiry or 0)
