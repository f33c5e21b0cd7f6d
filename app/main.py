"""The application: opens the house, runs the workers of this process beside the routers, closes in reverse."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from fastapi import FastAPI
from starlette.middleware import Middleware

from app.clock import nanos_clock
from app.domain.prices import SECOND
from app.resources import open_resources
from app.settings import Settings
from routers import (
    accounts,
    aliases,
    analytics,
    api_keys,
    audit,
    discovery,
    fills,
    games,
    health,
    instructions,
    ledger,
    listings,
    markets,
    match,
    metrics,
    orders,
    overrides,
    pages,
    payoffs,
    portfolio,
    positions,
    price_paths,
    prices,
    risk,
    rules,
    sessions,
    signals,
    unmatched,
)
from routers.beats import Expected
from routers.buckets import Rates, shared
from routers.documents import openapi_of
from routers.errors import answer_errors
from routers.etags import Etags
from routers.gates import Gate
from routers.heads import Heads
from routers.keys import callers_of, ensure_admin_key, forgetting, refuse_open_door
from routers.measures.readings import Readings
from routers.sockets import doors
from routers.sockets.hubs import open_hub
from workers.roster import pick, roster
from workers.supervisor import supervised

ROUTERS = (
    listings,
    aliases,
    overrides,
    unmatched,
    discovery,
    games,
    prices,
    price_paths,
    payoffs,
    markets,
    signals,
    orders,
    fills,
    instructions,
    positions,
    portfolio,
    accounts,
    ledger,
    risk,
    rules,
    health,
    metrics,
    audit,
    api_keys,
    sessions,
    pages,
    analytics,
)

DESCRIPTION = """
Which contracts on Polymarket and Kalshi speak about which live game, and why we think so.

Errors are `application/problem+json` with a `remedy`. Times are UTC, lines are numbers in points. Lists come in pages:
give `next_cursor` as `cursor`. On this machine reading and asking need no key; what changes state needs one in
`X-API-Key`. Every answer says in `RateLimit-*` how many calls of its kind are left.

Prices as they move, signals, orders and fills come over `WS /ws`, which this document cannot describe: each message is
in `docs/websocket.md`, and `examples/price_follower.py` is a bot that follows a game.
"""

TAGS = [
    {"name": "match", "description": "The unified team matcher: names, pairs, listings, aliases, and the radar."},
    {"name": "discovery", "description": "Games with their markets, as published to Redis."},
    {"name": "games", "description": "The slate, and every contract tied to a game."},
    {"name": "prices", "description": "What contracts cost now, and the ladders behind it. `WS /ws` tells what moves."},
    {"name": "signals", "description": "Edges that survive fees, depth, age and rules; and why the others did not."},
    {"name": "orders", "description": "What was asked of the venues and what came of it: orders, fills, trades."},
    {
        "name": "reports",
        "description": "What each day was like, how good fair values were, whether a run is fit to be trusted.",
    },
    {"name": "money", "description": "Positions, what they are worth, accounts, and the ledger behind every figure."},
    {"name": "risk", "description": "Limits, the kill switch, and what is used of each limit."},
    {"name": "rules", "description": "What contracts pay when: rule cards, texts that wait for a person, approvals."},
    {"name": "health", "description": "Is it alive, is it ready, how is each worker."},
    {"name": "access", "description": "Who calls, and how a browser is let in."},
]

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[dict[str, object]]]


def create_app(settings: Settings, worker_names: Sequence[str] = ()) -> FastAPI:
    """The API with these workers beside it. Raises BadInput for a worker that does not exist."""
    rates = Rates(settings.api)
    app = FastAPI(
        title="Crosscourt",
        summary="Live sports on prediction markets: one matcher, linked contracts, reasons for everything.",
        description=DESCRIPTION,
        version=_version(),
        license_info={"name": "MIT"},
        openapi_tags=TAGS,
        docs_url=None,  # our own page reads the document: the usual ones need a CDN
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # whether it is on is asked in every call
        lifespan=_lifespan(settings, worker_names, rates),
        middleware=[
            Middleware(Gate, settings=settings.api, rates=rates),
            Middleware(Heads),
            Middleware(Etags),
        ],
    )
    first = (*match.router.routes, *doors.routes)  # asked most; what is included is looked for twice in every call
    app.router.routes[:0] = first
    for room in ROUTERS:
        app.include_router(room.router)
    answer_errors(app)
    app.openapi = cache(lambda: openapi_of(app))  # type: ignore[method-assign]  # to write it holds up prices for a second
    return app


def _lifespan(settings: Settings, worker_names: Sequence[str], rates: Rates) -> Lifespan:
    workers = roster(settings)
    chosen = pick(workers, worker_names)
    expected = tuple(Expected(worker.name, worker.every, worker.process) for worker in workers)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, object]]:
        async with open_resources(settings) as resources:
            await ensure_admin_key(resources.history, settings.data_dir)
            await refuse_open_door(resources.history, settings)
            callers = callers_of(resources.history, resources.hot, is_loopback=settings.api.is_loopback)
            now, fresh_within = nanos_clock(resources.clock), round(settings.prices.fresh * SECOND)
            async with (
                forgetting(resources.hot, callers),
                shared(rates, resources.hot),
                supervised(chosen, resources),
                open_hub(resources.hot, now, fresh_within) as hub,
            ):
                gc.freeze()  # the registry is here to stay: the collector need not walk its indexes again and again
                readings = Readings(resources, expected, _version())
                told = {"resources": resources, "callers": callers, "expected_workers": expected}
                yield {**told, "hub": hub, "readings": readings}

    return lifespan


def worker_names(settings: Settings, process: str | None = None) -> tuple[str, ...]:
    """The workers that exist, or those that run in one process (`discovery`, `trading`) by default."""
    return tuple(worker.name for worker in roster(settings) if process in (None, worker.process))


def ask_names(settings: Settings, names: Sequence[str]) -> bool:
    """Whether any of these workers asks the matcher. Raises BadInput for a worker that does not exist."""
    return any(worker.asks_names for worker in pick(roster(settings), names))


async def run_workers(settings: Settings, names: Sequence[str]) -> None:
    """These workers without an API, until cancelled. Raises BadInput for a worker that does not exist."""
    chosen, asks = pick(roster(settings), names), ask_names(settings, names)
    async with open_resources(settings, asks_names=asks) as resources, supervised(chosen, resources):
        await asyncio.Event().wait()


def _version() -> str:
    try:
        return version("crosscourt")
    except PackageNotFoundError:
        return "0"  # run from a folder that was never installed
