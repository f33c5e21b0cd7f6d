"""`crosscourt doctor`: what this machine has, what is configured, and whether each real host answers."""

import asyncio
import platform
import socket
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.text import Text

from app.cli.faults import (
    Finding,
    check_beats,
    check_clock,
    check_disk_of,
    check_dotenv,
    check_folder,
    check_leftovers,
    check_postgres_version,
    check_redis_version,
    check_schema,
    check_secrets,
    check_tape,
    check_world,
    now_of,
)
from app.cli.output import AsJson, print_json, print_table, told
from app.cli.stores import has_stores, open_stores, stored
from app.clock import wall_clock
from app.errors import CrosscourtError
from app.history.database import Database
from app.history.migrations import Age
from app.matching.registry import Registry
from app.settings import Settings, load_settings
from app.venues.roster import venues_of

DATE_SKEW = timedelta(seconds=3)  # a header says whole seconds, and travels
SELDOM = 3_600.0  # seconds: a daily round says nothing of how it is now
_ASKED_OF_POSTGRES = "SELECT current_setting('server_version_num'), clock_timestamp()"
_MARKS = {"ok": Text("✓", "green"), "warning": Text("!", "yellow"), "failed": Text("✗", "red")}


@told
def doctor(
    venues: Annotated[bool, typer.Option("--venues", help="Try each real host, too.")] = False,
    data_dir: Annotated[Path | None, typer.Option(help="DATA_DIR.")] = None,
    as_json: AsJson = False,
) -> None:
    """Look for the usual faults of this machine, the settings, both stores, a platform that runs, and (--venues) every
    outside host. Exit code 1 when one failed."""
    found = [*check_dotenv(Path(".env"))]
    try:
        settings = load_settings(**({"data_dir": data_dir} if data_dir else {}))
    except CrosscourtError as error:
        found.append(Finding("settings", "failed", str(error), error.remedy))
    else:
        found += [*_machine(settings), *_stores(data_dir)]
        found += asyncio.run(_hosts(settings)) if venues else []
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
    yield check_folder(settings.data_dir)
    yield check_disk_of(settings.data_dir)
    yield from check_secrets(settings)
    yield from check_leftovers(settings.data_dir)


def _check_port(settings: Settings) -> Finding:
    place = f"{settings.api.host}:{settings.api.port}"
    with socket.socket() as probe:
        probe.settimeout(0.5)
        is_taken = probe.connect_ex((settings.api.host, settings.api.port)) == 0
    if is_taken and _is_ours(place):
        return Finding("port", "ok", f"Crosscourt listens at {place}")
    if is_taken:
        words = f"another program listens at {place}: `crosscourt up` would be refused"
        return Finding("port", "warning", words, f"Stop it, or choose another: --port {settings.api.port + 1}.")
    return Finding("port", "ok", f"{place} is free")


def _is_ours(place: str) -> bool:
    try:
        answer = httpx.get(f"http://{place}/health/live", timeout=1.0, trust_env=False)
        return answer.is_success and answer.json().get("status") == "alive"
    except (httpx.HTTPError, ValueError, AttributeError):
        return False


def _stores(data_dir: Path | None) -> Iterator[Finding]:
    if not has_stores(load_settings(**({"data_dir": data_dir} if data_dir else {}))):
        yield Finding("stores", "ok", "embedded ones are made at the first `crosscourt up`")
        return
    try:
        with stored(data_dir) as settings:
            yield from asyncio.run(_look_into(settings))
    except CrosscourtError as error:
        yield Finding("stores", "failed", str(error), error.remedy)


async def _look_into(settings: Settings) -> list[Finding]:
    schema = check_schema(await _age(settings))
    if schema.state == "failed":
        return [schema]
    async with open_stores(settings) as (hot, history):
        began = wall_clock()
        ((version, theirs),) = await history.run(_ASKED_OF_POSTGRES)
        found = [check_redis_version(await hot.version()), check_postgres_version(int(str(version)))]
        if isinstance(theirs, datetime):
            found.append(check_clock("Postgres", theirs, began + (wall_clock() - began) / 2))
        found.append(check_world(await hot.world(), settings))
        beats = [beat for beat in await hot.beats() if beat.every < SELDOM]
        found += check_beats(beats, await hot.lanes(), now_of(beats, wall_clock()))
        found += check_tape(settings.data_dir, beats, time.time())
        return [schema, *found]


async def _age(settings: Settings) -> Age:
    """Asked before the tables are brought up to date."""
    history = Database(settings.database.url.get_secret_value() if settings.database.url else "")
    try:
        return await history.age()
    finally:
        await history.close()


async def _hosts(settings: Settings) -> list[Finding]:
    """One small request to each host; what it answered, how fast, and what a failure most likely means."""
    asked = {
        "ESPN scoreboard": f"{settings.espn.base_url}/basketball/nba/scoreboard",
        **{name: url for venue in venues_of(settings) for name, url in venue.questions(settings).items()},
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
    skewed = _skewed(host, answer)
    return Finding(name, "ok", f"{host} answered in {took}") if skewed is None else skewed


def _skewed(host: str, answer: httpx.Response) -> Finding | None:
    """What is wrong with its clock, or with ours."""
    try:
        theirs = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return None
    found = check_clock(host, theirs, wall_clock(), within=DATE_SKEW)
    return None if found.state == "ok" else found
