"""`crosscourt up`: everything that is needed, started in order, and stopped in reverse."""

import asyncio
import resource
import socket
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Annotated

import msgspec
import typer
import uvicorn
import uvloop
from fastapi import FastAPI

from app.cli.children import Child, accompanied
from app.cli.copies import CAN_COPY, copy_of_this
from app.cli.endings import ASKED_TO_END, ending_well, until_asked_to_end, until_parent_is_gone
from app.cli.frames import PushedFrames
from app.cli.output import told
from app.cli.slates import MOST_GAMES, Groups, Play, played_slate
from app.cli.stores import with_servers
from app.cli.welcome import greet
from app.cli.wires import GuardedHttp
from app.embedded.places import refusing
from app.errors import BadInput, StartRefused
from app.logs import LogStyle, write_logs
from app.main import ask_names, create_app, run_workers, worker_names
from app.matching.registry import Registry
from app.settings import Settings, as_environment, load_settings

DISCOVERY = "discovery"
LARGEST_FRAME = 64 * 1024  # bytes that a WebSocket client may send at once; /ws refuses far less, in words
MOST_FILES = 16_384
KEPT_OPEN = 75  # seconds without a request; longer than clients keep theirs, or one lets go while the other asks
STALLED_FOR = 30_000  # milliseconds in which a caller takes nothing of what it is sent, after which it is cut off


class Plan(msgspec.Struct, frozen=True):
    """What this process runs itself, and what it starts beside itself."""

    here: tuple[str, ...]
    beside: tuple[str, ...]  # workers of the discovery process; empty: no such process
    serves_api: bool
    leaves_with_parent: bool


class ApiServer(uvicorn.Server):
    """Says when it listens, and takes being asked to end for no error: uvicorn would send itself the signal again."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self.listening.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        for number in ASKED_TO_END:
            asyncio.get_running_loop().add_signal_handler(number, self._end)
        yield

    def _end(self) -> None:
        self.should_exit = True  # a second Ctrl-C changes nothing: what was opened is closed in order


@told
def up(
    sandbox: Annotated[bool, typer.Option("--sandbox", help="Play a simulated slate; no keys, no network.")] = False,
    slate: Annotated[Path | None, typer.Option(help="Play a recorded slate: a folder with slate.json.")] = None,
    script: Annotated[
        Path | None, typer.Option("--plan", help="What is to happen on the simulated slate: docs/sandbox.md.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the simulated slate: the same seed plays the same games.")] = 1,
    speed: Annotated[float, typer.Option(min=1, max=100, help="Of the simulated games; clocks stay real.")] = 1.0,
    games: Annotated[
        int | None, typer.Option(min=1, max=MOST_GAMES, help="Of the simulated slate: so many, all active at once.")
    ] = None,
    workers: Annotated[str, typer.Option(help="Names with commas, `all` or `none`, all in this process.")] = "",
    port: Annotated[int | None, typer.Option(help="Of the API; API__PORT.")] = None,
    host: Annotated[str | None, typer.Option(help="Of the API; other than loopback needs a key; API__HOST.")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Databases, logs and the admin key; DATA_DIR.")] = None,
    no_api: Annotated[bool, typer.Option("--no-api", help="Run workers only.")] = False,
    log: Annotated[str, typer.Option(help="text: a status line here, lines in a file; json: lines here.")] = "text",
    leave_with_parent: Annotated[bool, typer.Option("--leave-with-parent", hidden=True)] = False,
) -> None:
    """Start the platform: API, page, workers, and whatever servers are not configured."""
    settings = load_settings(**_given(port, host, data_dir))
    style = _log_style(log)
    for option, given in (("--plan", script), ("--games", games)):
        if given is not None and (slate is not None or not sandbox):
            raise BadInput(f"{option} is for a simulated slate", remedy="Use it with --sandbox, and without --slate.")
    plan = _plan(workers, settings, serves_api=not no_api, leaves_with_parent=leave_with_parent)
    _allow_many_connections()
    with ending_well(), ExitStack() as stack:
        listener = stack.enter_context(_take_port(settings.api.host, settings.api.port)) if plan.serves_api else None
        indexing = Thread(target=_index_names, args=(settings, plan), daemon=True)
        indexing.start()  # while the servers start
        groups: Groups = {}
        log_dir = _open_logs(settings.data_dir, plan, style)
        if sandbox or slate is not None:
            play = Play(slate, script, seed, speed, games)
            groups |= stack.enter_context(played_slate(play, settings.data_dir, log_dir / "sandbox.log"))
        groups |= stack.enter_context(with_servers(settings))
        settings = load_settings(**{**_given(port, host, data_dir), **groups})
        indexing.join()
        _run(settings, plan, as_environment(groups), style, listener)


def _index_names(settings: Settings, plan: Plan) -> None:
    if plan.serves_api or ask_names(settings, plan.here):
        Registry.load().warm()


def _plan(workers: str, settings: Settings, *, serves_api: bool, leaves_with_parent: bool) -> Plan:
    if not workers:
        here = worker_names(settings, "trading")
        return Plan(here, worker_names(settings, DISCOVERY) if serves_api else (), serves_api, leaves_with_parent)
    if workers == "none":
        return Plan((), (), serves_api, leaves_with_parent)
    every = worker_names(settings)
    named = every if workers == "all" else tuple(name.strip() for name in workers.split(",") if name.strip())
    unknown = [name for name in named if name not in every]
    if unknown:
        raise BadInput(f"there is no worker '{unknown[0]}'", remedy=f"Use some of {', '.join(every)}; or all, or none.")
    return Plan(named, (), serves_api, leaves_with_parent)


def _run(
    settings: Settings, plan: Plan, environment: dict[str, str], style: LogStyle, listener: socket.socket | None
) -> None:
    if listener is None:
        _work(settings, plan)
        return
    children = _children(settings, plan, environment, style)
    uvloop.run(_serve(settings, plan, children, style, listener))


def _work(settings: Settings, plan: Plan) -> None:
    """Workers without an API."""
    uvloop.run(_until_ended(run_workers(settings, plan.here), plan))


def _children(settings: Settings, plan: Plan, environment: dict[str, str], style: LogStyle) -> Sequence[Child]:
    """The processes beside this one. They begin as copies of it, where that can be, and only here: no loop runs yet."""
    if not plan.beside:
        return ()
    arguments = ["up", "--workers", ",".join(plan.beside), "--no-api", "--leave-with-parent", "--log", style]
    arguments += ["--data-dir", str(settings.data_dir)]
    first = copy_of_this(DISCOVERY, partial(_work_beside, settings, plan, style)) if CAN_COPY else None
    return [Child(DISCOVERY, arguments, environment, first)]


@told
def _work_beside(settings: Settings, plan: Plan, style: LogStyle) -> None:
    beside = Plan(plan.beside, (), serves_api=False, leaves_with_parent=True)
    _open_logs(settings.data_dir, beside, style)
    _work(settings, beside)


async def _serve(
    settings: Settings, plan: Plan, children: Sequence[Child], style: LogStyle, listener: socket.socket
) -> None:
    app = create_app(settings, plan.here)
    server = ApiServer(served(app))
    async with accompanied(children), _opened(app):
        speaking = asyncio.create_task(_speak(settings, server, style))
        try:
            await server.serve([listener])
        finally:
            speaking.cancel()
            await asyncio.gather(speaking, return_exceptions=True)


@asynccontextmanager
async def _opened(app: FastAPI) -> AsyncIterator[None]:
    """Open the app before uvicorn would: what refuses to open is then an error like any other, not its traceback."""
    async with app.router.lifespan_context(app) as state:

        @asynccontextmanager
        async def is_open(_: FastAPI) -> AsyncIterator[Mapping[str, object]]:
            yield state or {}

        app.router.lifespan_context = is_open
        yield


def served(app: FastAPI) -> uvicorn.Config:
    """How an app that is open is served."""
    return uvicorn.Config(
        app,
        loop="none",
        lifespan="on",
        http=GuardedHttp,
        ws=PushedFrames,
        ws_max_size=LARGEST_FRAME,
        ws_per_message_deflate=False,  # would cost more than all else that a message costs
        log_config=None,
        log_level="warning",  # it would note each connection with its whole address, a key that stands there included
        access_log=False,
        server_header=False,
        proxy_headers=False,  # who calls is who connects: a header must not buy a new allowance
        date_header=True,
        timeout_graceful_shutdown=5,
        timeout_keep_alive=KEPT_OPEN,
    )


async def _speak(settings: Settings, server: ApiServer, style: LogStyle) -> None:
    """The first minute: where to look, then one line that renews itself."""
    await server.listening.wait()
    if style == "json":
        return
    await greet(settings)


async def _until_ended(work: Awaitable[None], plan: Plan) -> None:
    """Run until asked to end, or the parent is gone, or the work itself fails."""
    endings = [work, until_asked_to_end(), *([until_parent_is_gone()] if plan.leaves_with_parent else [])]
    tasks = [asyncio.ensure_future(ending) for ending in endings]
    done, waiting = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    for task in done:
        task.result()


def _given(port: int | None, host: str | None, data_dir: Path | None) -> dict[str, object]:
    api = {name: value for name, value in (("port", port), ("host", host)) if value is not None}
    given: dict[str, object] = {"api": api} if api else {}
    return given | ({"data_dir": data_dir} if data_dir else {})


def _log_style(text: str) -> LogStyle:
    if text == "json":
        return "json"
    if text == "text":
        return "text"
    raise BadInput(f"--log {text} is not known", remedy="Use --log text or --log json.")


def _take_port(host: str, port: int) -> socket.socket:
    """Ours from now on, so that nobody takes it while the servers start; callers wait until the API answers."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # what is accepted here has it too
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STALLED_FOR)
    try:
        listener.bind((host, port))
        listener.listen()  # two may bind to a port on which nobody listens
    except OSError as error:
        listener.close()
        raise StartRefused(
            f"{host}:{port} cannot be used: {error.strerror}",
            remedy=f"Stop what listens there, or choose another port: --port {port + 1}.",
        ) from None
    return listener


def _allow_many_connections() -> None:
    """Shells often allow 1,024 open files, and each connection is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _open_logs(data_dir: Path, plan: Plan, style: LogStyle) -> Path:
    """The folder of the logs. A child leaves the terminal to its parent, but machines get every line."""
    log_dir = data_dir / "logs"
    is_quiet = plan.leaves_with_parent and style == "text"
    with refusing(data_dir):
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        log_dir.mkdir(mode=0o700, exist_ok=True)
        write_logs(log_dir, "api" if plan.serves_api else DISCOVERY, style, is_quiet=is_quiet)
    return log_dir
