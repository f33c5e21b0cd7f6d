"""What `api.py` measures, each in a process of its own: `python benchmarks/_served.py bare|naked PORT`.

`bare` is the least that could answer: one Starlette route, msgspec in, msgspec out. `naked` is our application without
our middleware. The application itself is started as everybody starts it, by `crosscourt up`.
"""

import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import msgspec
import uvicorn
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from app.domain.answers import MatchAnswer, TeamAnswer
from app.domain.teams import Reason, TeamId
from app.main import create_app
from app.settings import load_settings
from routers.access import Caller

CELTICS = TeamAnswer(TeamId("nba:2"), "Boston Celtics", "Boston", "Celtics", "BOS")
REASONS = (
    Reason("name", "agrees", "'Celtics' is a name of Boston Celtics"),
    Reason("name", "agrees", "'Boston Celtics' is a name of Boston Celtics"),
    Reason("team", "agrees", "both are Boston Celtics"),
)
SAME = MatchAnswer(True, 0.98, "alias", CELTICS, CELTICS, REASONS, ())


class Pair(msgspec.Struct):
    """What a caller asks."""

    target: str
    candidate: str
    sport: str


def bare_app() -> ASGIApp:
    """The same question and an answer of the same shape, with nothing between."""
    read, written = msgspec.json.Decoder(Pair), msgspec.json.Encoder()

    async def match(request: Request) -> Response:
        read.decode(await request.body())
        return Response(written.encode(SAME), media_type="application/json")

    return Starlette(routes=[Route("/match", match, methods=["POST"])])


def naked_app() -> ASGIApp:
    """Our routes, given straight away what the gate would have found out."""
    app = create_app(load_settings())
    app.user_middleware.clear()
    opened = app.router.lifespan_context
    caller = Caller("127.0.0.1", frozenset({"read"}))

    @asynccontextmanager
    async def lifespan(served: FastAPI) -> AsyncIterator[Mapping[str, object]]:
        async with opened(served) as state:
            yield {**(state or {}), "caller": caller, "charge": lambda calls: None}

    app.router.lifespan_context = lifespan
    return app


def serve(app: ASGIApp, port: int) -> None:
    """As `crosscourt up` serves."""
    uvicorn.run(
        app,
        port=port,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )


if __name__ == "__main__":
    serve({"bare": bare_app, "naked": naked_app}[sys.argv[1]](), int(sys.argv[2]))
