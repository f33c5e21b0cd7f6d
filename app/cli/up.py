"""`crosscourt up`: everything that is needed, started in order, and stopped in reverse."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Awaitable, Coroutine
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import msgspec
import typer
import uvicorn
import uvloop

from app.cli.children import Child, accompanied, until_parent_is_gone
from app.cli.output import told
from app.cli.slates import Groups, played_slate
from app.cli.stores import with_servers
from app.cli.welcome import greet
from app.errors import BadInput, StartRefused
from app.logs import LogStyle, write_logs
from app.main import create_app, run_workers, worker_names
from app.settings import Settings, as_environment, load_settings

DISCOVERY = "discovery"


class Plan(msgspec.Struct, frozen=True):
    """What this process runs itself, and what it starts beside itself."""

    here: tuple[str, ...]
    beside: tuple[str, ...]  # workers of the discovery process; empty: no such process
    serves_api: bool
    leaves_with_parent: bool


class ApiServer(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self.listening.set()


@told
def up(
    sandbox: Annotated[bool, typer.Option("--sandbox", help="Play a simulated slate; no keys, no network.")] = False,
    slate: Annotated[Path | None, typer.Option(help="Play a recorded slate: a folder with slate.json.")] = None,
    seed: Annotated[int, typer.Option(help="Of the simulated slate: the same seed plays the same games.")] = 1,
    speed: Annotated[float, typer.Option(help="Of the simulated games, 1 to 100; clocks stay real.")] = 1.0,
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
    plan = _plan(workers, settings, serves_api=not no_api, leaves_with_parent=leave_with_parent)
    if plan.serves_api:
        _refuse_taken_port(settings.api.host, settings.api.port)
    with ExitStack() as stack:
        groups: Groups = {}
        log_dir = settings.data_dir / "logs"
        if sandbox or slate is not None:
            groups |= stack.enter_context(played_slate(slate, seed, speed, log_dir / "sandbox.log"))
        groups |= stack.enter_context(with_servers(settings))
        settings = load_settings(**_merged(_given(port, host, data_dir), groups))
        write_logs(log_dir, "api" if plan.serves_api else DISCOVERY, style, is_quiet=leave_with_parent)
        _run(_serve(settings, plan, as_environment(groups), style))


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


async def _serve(settings: Settings, plan: Plan, environment: dict[str, str], style: LogStyle) -> None:
    if not plan.serves_api:
        await _until_stopped(run_workers(settings, plan.here), plan)
        return
    arguments = ["up", "--workers", ",".join(plan.beside), "--no-api", "--leave-with-parent", "--log", style]
    arguments += ["--data-dir", str(settings.data_dir)]
    children = [Child(DISCOVERY, arguments, environment)] if plan.beside else []
    server = ApiServer(_uvicorn(settings, plan))
    async with accompanied(children):
        speaking = asyncio.create_task(_speak(settings, server, style))
        try:
            await server.serve()
        finally:
            speaking.cancel()
            await asyncio.gather(speaking, return_exceptions=True)
    if not server.started:
        raise StartRefused("the API did not start", remedy="The lines above say why; `crosscourt doctor` looks deeper.")


def _uvicorn(settings: Settings, plan: Plan) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(settings, plan.here),
        host=settings.api.host,
        port=settings.api.port,
        loop="none",
        http="httptools",
        ws="websockets-sansio",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        timeout_graceful_shutdown=5,
    )


async def _speak(settings: Settings, server: ApiServer, style: LogStyle) -> None:
    """The first minute: where to look, then one line that renews itself."""
    await server.listening.wait()
    if style == "json":
        return
    await greet(settings)


async def _until_stopped(work: Awaitable[None], plan: Plan) -> None:
    """Run until a signal comes, or the parent is gone, or the work itself fails."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    tasks: list[asyncio.Future[object]] = [asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())]
    if plan.leaves_with_parent:
        tasks.append(asyncio.ensure_future(until_parent_is_gone()))
    done, waiting = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    for task in done:
        task.result()


def _run(main: Coroutine[object, object, None]) -> None:
    with contextlib.suppress(KeyboardInterrupt):
        uvloop.run(main)


def _given(port: int | None, host: str | None, data_dir: Path | None) -> dict[str, object]:
    api = {name: value for name, value in (("port", port), ("host", host)) if value is not None}
    given: dict[str, object] = {"api": api} if api else {}
    return given | ({"data_dir": data_dir} if data_dir else {})


def _merged(given: dict[str, object], groups: Groups) -> dict[str, object]:
    return {**given, **groups}


def _log_style(text: str) -> LogStyle:
    if text == "json":
        return "json"
    if text == "text":
        return "text"
    raise BadInput(f"--log {text} is not known", remedy="Use --log text or --log json.")


def _refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise StartRefused(
                f"{host}:{port} cannot be used: {os.strerror(error.errno or 0)}",
                remedy=f"Stop what listens there, or choose another port: --port {port + 1}.",
            ) from None
