"""`crosscourt doctor`: what this machine has, what is configured, and whether each real host answers."""

import asyncio
import platform
import socket
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Literal

import httpx
import msgspec
import typer
from rich.text import Text

from app.cli.output import AsJson, print_json, print_table, told
from app.cli.stores import has_stores, open_stores, stored
from app.errors import CrosscourtError
from app.matching.registry import Registry
from app.settings import Settings, load_settings

State = Literal["ok", "warning", "failed"]
_MARKS = {"ok": Text("✓", "green"), "warning": Text("!", "yellow"), "failed": Text("✗", "red")}


class Finding(msgspec.Struct):
    """One check: what came of it, and what to do."""

    check: str
    state: State
    detail: str
    remedy: str = ""


@told
def doctor(
    venues: Annotated[bool, typer.Option("--venues", help="Try each real host, too.")] = False,
    data_dir: Annotated[Path | None, typer.Option(help="DATA_DIR.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check this machine, the settings, both stores, and (--venues) every outside host. Exit code 1 when one failed."""
    settings = load_settings(**({"data_dir": data_dir} if data_dir else {}))
    found = [*_machine(settings), *_stores(data_dir)]
    if venues:
        found += asyncio.run(_hosts(settings))
    if as_json:
        print_json(found)
    else:
        print_table(
            "Doctor", ("", "check", "found", "do"), [(_MARKS[f.state], f.check, f.detail, f.remedy) for f in found]
        )
    if any(finding.state == "failed" for finding in found):
        raise typer.Exit(1)


def _machine(settings: Settings) -> Iterator[Finding]:
    yield Finding("python", "ok", f"{platform.python_version()} on {sys.platform}")
    yield Finding("crosscourt", "ok", version("crosscourt"))
    registry = Registry.load()
    yield Finding("registry", "ok", f"version {registry.version}")
    yield _check_port(settings)
    folder = settings.data_dir.resolve()
    yield Finding("data", "ok", f"{folder}{'' if folder.exists() else ' (made at the first start)'}")


def _check_port(settings: Settings) -> Finding:
    place = f"{settings.api.host}:{settings.api.port}"
    with socket.socket() as probe:
        probe.settimeout(0.5)
        is_taken = probe.connect_ex((settings.api.host, settings.api.port)) == 0
    if is_taken:
        return Finding("port", "warning", f"{place} is in use", "By Crosscourt itself? Else choose another: --port.")
    return Finding("port", "ok", f"{place} is free")


def _stores(data_dir: Path | None) -> Iterator[Finding]:
    if not has_stores(load_settings(**({"data_dir": data_dir} if data_dir else {}))):
        yield Finding("stores", "ok", "embedded ones are made at the first `crosscourt up`")
        return
    try:
        with stored(data_dir) as settings:
            asyncio.run(_open_stores(settings))
        yield Finding("redis", "ok", "answers")
        yield Finding("postgres", "ok", "answers, schema is current")
    except CrosscourtError as error:
        yield Finding("stores", "failed", str(error), error.remedy)


async def _open_stores(settings: Settings) -> None:
    async with open_stores(settings) as (hot, history):
        await hot.ping()
        await history.ping()


async def _hosts(settings: Settings) -> list[Finding]:
    """One small request to each host; what it answered, how fast, and what a failure most likely means."""
    asked = {
        "ESPN scoreboard": f"{settings.espn.base_url}/basketball/nba/scoreboard",
        "Polymarket Gamma": f"{settings.polymarket.gamma_url}/events/keyset?limit=1",
        "Polymarket CLOB": f"{settings.polymarket.clob_url}/time",
        "Polymarket location": "https://polymarket.com/api/geoblock",
        "Kalshi events": f"{settings.kalshi.base_url}/events?limit=1",
        "Kalshi exchange": f"{settings.kalshi.base_url}/exchange/status",
    }
    async with httpx.AsyncClient(
        timeout=settings.espn.timeout, headers={"User-Agent": "Mozilla/5.0 (Crosscourt)"}
    ) as client:
        return list(await asyncio.gather(*(_ask(client, name, url) for name, url in asked.items())))


async def _ask(client: httpx.AsyncClient, name: str, url: str) -> Finding:
    host = httpx.URL(url).host
    began = time.perf_counter()
    try:
        answer = await client.get(url)
    except httpx.TimeoutException:
        return Finding(name, "failed", f"{host} did not answer in time", "Try again; check the network and any proxy.")
    except httpx.HTTPError as error:
        return Finding(
            name, "failed", f"{host}: {error or type(error).__name__}", "No network, no DNS, or it is blocked here."
        )
    took = f"{(time.perf_counter() - began) * 1000:.0f} ms"
    if answer.status_code in (403, 429):
        return Finding(
            name, "warning", f"{host} answered {answer.status_code} in {took}", "It turns us away now; ask less often."
        )
    if not answer.is_success:
        return Finding(
            name, "failed", f"{host} answered {answer.status_code} in {took}", "Its API may have moved or be down."
        )
    if "json" not in answer.headers.get("content-type", "") and answer.content[:1] not in (b"{", b"["):
        return Finding(name, "warning", f"{host} answered {took}, not JSON", "A portal or proxy may stand in between.")
    return _read(name, host, took, answer)


def _read(name: str, host: str, took: str, answer: httpx.Response) -> Finding:
    if name == "Polymarket location" and b'"blocked":true' in answer.content.replace(b" ", b""):
        return Finding(
            name, "warning", "this location may not trade on Polymarket", "Reading is fine; live trading stays off."
        )
    return Finding(name, "ok", f"{host} answered in {took}")
