"""The sandbox's own process: every simulated host under one loopback port."""

import contextlib
import socket
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypedDict, Unpack

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, WebSocketRoute

from app.errors import StartRefused
from app.sandbox.answers import refusal
from app.sandbox.clob import clob_routes, location_routes
from app.sandbox.clob_frames import Summaries
from app.sandbox.clob_sockets import clob_socket
from app.sandbox.espn import espn_routes
from app.sandbox.exchanges import Exchange
from app.sandbox.faults import Fault, Faults, FaultyMiddleware
from app.sandbox.gamma import gamma_routes
from app.sandbox.kalshi import kalshi_routes
from app.sandbox.ladders import Truth
from app.sandbox.marks import HashMarks, SequenceMarks
from app.sandbox.messages import Message, iso_fine
from app.sandbox.plans import entries_of, read_plan
from app.sandbox.recordings import Recording
from app.sandbox.signatures import PublicKey, read_public_key
from app.sandbox.simulations import Simulation
from app.sandbox.stages import Stage
from app.sandbox.trading import Trading
from app.sandbox.wires import Wire

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
LONGEST_GOODBYE = 1  # seconds: an answer that a fault holds back must not hold back the end
KEPT_OPEN = 75  # seconds without a request; longer than clients keep theirs, or one lets go while the other asks

ESPN = "/espn/apis/site/v2/sports"
GAMMA = "/gamma"
KALSHI = "/kalshi/trade-api/v2"
KALSHI_SOCKET = "/kalshi/trade-api/ws/v2"
CLOB = "/clob"
CLOB_SOCKET = "/clob/ws/market"
USER_SOCKET = "/clob/ws/user"
DATA = "/data-api"
POLYMARKET = "/polymarket"


class Options(TypedDict, total=False):
    """How the sandbox is played."""

    seed: int
    speed: float  # of the games; clocks stay real
    slate: Path | None  # recorded, instead of a simulated one
    plan: Path | None
    games: int | None  # so many, all listed from the start; none: a round, and others after it
    kalshi_public_key: Path | None  # whose signatures Kalshi's socket takes; none: anybody may listen


def build(**options: Unpack[Options]) -> Starlette:
    """The sandbox as an ASGI application. Raises StartRefused when slate, plan or key cannot be read."""
    speed, slate, plan = options.get("speed", 1.0), options.get("slate"), options.get("plan")
    if speed <= 0:
        raise StartRefused(f"A speed of {speed} stands still.", remedy="Give a speed above 0; 1 is real time.")
    if slate and (plan or options.get("games")):
        raise StartRefused(
            "A plan, or a number of games, is for a simulated slate; a recorded one stays as it was.",
            remedy="Leave out --slate, or --plan and --games.",
        )
    key_file = options.get("kalshi_public_key")
    key = read_public_key(key_file) if key_file else None
    if slate:
        return build_on(Recording(slate), key)
    entries, games = read_plan(plan) if plan else (), options.get("games")
    return build_on(Simulation(options.get("seed", 1), speed, plan=entries, games=games), key)


def build_on(stage: Stage, kalshi_key: PublicKey | None = None) -> Starlette:
    """The sandbox over a stage. With a key Kalshi's socket opens to those alone who sign with its other half."""
    faults = Faults()
    _plant(stage, faults, stage.faults())
    kalshi = Exchange(stage.quoting("kalshi"), stage.now, stage.kalshi_events, stage.is_recorded)
    polymarket = Exchange(stage.quoting("polymarket"), stage.now, stage.gamma_events, stage.is_recorded)
    sequences, hashes = SequenceMarks(), HashMarks()
    summaries = Summaries(hashes)
    trading = Trading(kalshi, polymarket, faults, stage.now)
    return Starlette(
        routes=[
            Mount(ESPN, routes=espn_routes(stage)),
            Mount(GAMMA, routes=gamma_routes(stage)),
            WebSocketRoute(KALSHI_SOCKET, trading.kalshi_socket(sequences, kalshi_key)),
            Mount(KALSHI, routes=[*trading.kalshi_routes(), *kalshi_routes(stage, kalshi)]),
            WebSocketRoute(USER_SOCKET, trading.user_socket()),
            WebSocketRoute(CLOB_SOCKET, clob_socket(polymarket, summaries, faults)),
            Mount(CLOB, routes=[*trading.clob_routes(), *clob_routes(stage, polymarket, summaries)]),
            Mount(DATA, routes=trading.data_routes()),
            Mount(POLYMARKET, routes=location_routes(faults)),
            *trading.control_routes(),
            *Truth({"kalshi": kalshi, "polymarket": polymarket}, sequences, hashes).routes(),
            *_own_routes(stage),
            *_fault_routes(faults),
            *_plan_routes(stage, faults, (kalshi, polymarket)),
        ],
        middleware=[Middleware(FaultyMiddleware, faults=faults)],
    )


def serve(host: str, port: int, *, ready: Callable[[str], None] | None = None, **options: Unpack[Options]) -> None:
    """Serve until a signal ends it. `ready` is called with the base URL once it listens; port 0 takes a free one.

    Raises StartRefused when the address is not loopback or taken, or slate, plan or key cannot be read.
    """
    app = build(**options)
    with contextlib.closing(_listen(host, port)) as listener:
        taken = listener.getsockname()[1]
        shown = f"[{host}]" if ":" in host else host
        config = uvicorn.Config(
            app,
            log_level="warning",
            lifespan="off",
            ws=Wire,
            ws_ping_interval=None,  # the venues ping, or do not, as they really do
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=LONGEST_GOODBYE,
            timeout_keep_alive=KEPT_OPEN,
        )
        server = _Announcing(config, f"http://{shown}:{taken}", ready)
        server.run(sockets=[listener])


class _Announcing(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, url: str, ready: Callable[[str], None] | None) -> None:
        super().__init__(config)
        self._url = url
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._ready and self.started:
            self._ready(self._url)


def _listen(host: str, port: int) -> socket.socket:
    if host not in LOOPBACK:
        raise StartRefused(f"The sandbox listens on loopback only, not on {host}.", remedy="Leave --host out.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise StartRefused(
            f"Port {port} cannot be had: {error.strerror}.", remedy="Stop what listens there, or give another --port."
        ) from error


def _own_routes(stage: Stage) -> list[Route]:
    async def clock(request: Request) -> Response:
        return _json({"now": iso_fine(stage.now()), "simulated": True, "slate": stage.name})

    async def index(request: Request) -> Response:
        hosts = {"espn": ESPN, "gamma": GAMMA, "clob": CLOB, "kalshi": KALSHI, "data_api": DATA}
        location = {"location": f"{POLYMARKET}/api/geoblock"}
        sockets = {"kalshi_socket": KALSHI_SOCKET, "clob_socket": CLOB_SOCKET, "clob_user_socket": USER_SOCKET}
        own = {
            "clock": "/clock",
            "traps": "/traps",
            "games": "/games",
            "faults": "/faults",
            "plan": "/plan",
            "accounts": "/accounts",
            "ladders": "/ladders/{venue}/{market}",
        }
        others = {**location, **sockets, **own}
        return _json({"sandbox": stage.name, "simulated": True, "now": iso_fine(stage.now()), **hosts, **others})

    async def traps(request: Request) -> Response:
        return _json({"traps": stage.traps()})

    async def games(request: Request) -> Response:
        return _json({"games": stage.games()})

    return [Route("/", index), Route("/clock", clock), Route("/traps", traps), Route("/games", games)]


def _plan_routes(stage: Stage, faults: Faults, exchanges: Sequence[Exchange]) -> list[Route]:
    async def act(request: Request) -> Response:
        try:
            entries = entries_of(await request.body(), "plan")
            _plant(stage, faults, stage.act(entries))
        except StartRefused as error:
            return refusal(422, {"error": str(error)})
        for exchange in exchanges:
            exchange.look_anew()
        return _json({"entries": len(entries)})

    return [Route("/plan", act, methods=["POST"])]


def _plant(stage: Stage, faults: Faults, planned: Sequence[tuple[datetime, Fault]]) -> None:
    for at, fault in planned:
        delay = (at - stage.now()).total_seconds()
        faults.plant(msgspec.structs.replace(fault, after=max(0.0, delay) + fault.after))


def _fault_routes(faults: Faults) -> list[Route]:
    async def plant(request: Request) -> Response:
        try:
            planted = faults.plant(msgspec.json.decode(await request.body(), type=Fault))
        except msgspec.DecodeError as error:
            return refusal(422, {"error": str(error)})
        return _json(planted)

    async def show(request: Request) -> Response:
        return _json({"faults": faults.in_force()})

    async def clear(request: Request) -> Response:
        faults.clear()
        return _json({"faults": []})

    return [
        Route("/faults", plant, methods=["POST"]),
        Route("/faults", show, methods=["GET"]),
        Route("/faults", clear, methods=["DELETE"]),
    ]


def _json(payload: Message | object) -> Response:
    return Response(msgspec.json.encode(payload), media_type="application/json")
