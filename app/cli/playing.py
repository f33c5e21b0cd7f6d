"""`crosscourt sandbox`: the simulated venues alone, for the platform or for anybody's client."""

import os
import threading
from pathlib import Path
from typing import Annotated

import typer

from app.cli.endings import ending_well
from app.cli.output import AsJson, console, print_json, told
from app.cli.signing_keys import make_signing_key
from app.cli.slates import MOST_GAMES, Groups, settings_of
from app.sandbox.server import serve
from app.settings import as_environment


@told
def sandbox(
    slate: Annotated[Path | None, typer.Option(help="Serve a recorded slate: a folder with slate.json.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed plays the same games.")] = 1,
    port: Annotated[int, typer.Option(help="0 takes a free one.")] = 8100,
    speed: Annotated[float, typer.Option(min=1, max=100, help="Of the games; clocks stay real.")] = 1.0,
    plan: Annotated[Path | None, typer.Option(help="What is to happen, and when: JSON, see docs/sandbox.md.")] = None,
    games: Annotated[
        int | None, typer.Option(min=1, max=MOST_GAMES, help="So many, all listed from the start.")
    ] = None,
    kalshi_public_key: Annotated[
        Path | None, typer.Option(help="PEM: Kalshi's socket opens to those alone who sign with its other half.")
    ] = None,
    env: Annotated[
        Path | None, typer.Option(help="Write here, as lines for the environment, what points a platform at it.")
    ] = None,
    leave_with_parent: Annotated[bool, typer.Option("--leave-with-parent", hidden=True)] = False,
    as_json: AsJson = False,
) -> None:
    """Serve ESPN, Polymarket and Kalshi in their own formats over a simulated or recorded slate, here only."""
    key = make_signing_key(env.parent) if env is not None and slate is None else None

    def say_where(url: str) -> None:
        if env is not None:
            _write(env, settings_of(url, key, is_long=games is not None))
        _say(url, as_json)

    if leave_with_parent:
        threading.Thread(target=_leave_with_parent, daemon=True).start()
    with ending_well():
        serve(
            "127.0.0.1",
            port,
            ready=say_where,
            seed=seed,
            speed=speed,
            slate=slate,
            plan=plan,
            games=games,
            kalshi_public_key=key.public_file if key is not None else kalshi_public_key,
        )


def _say(url: str, as_json: bool) -> None:
    if as_json:
        print_json({"url": url})
    else:
        console.print(f"Sandbox at {url} (simulated); Ctrl-C stops it.", highlight=False)


def _write(env: Path, settings: Groups) -> None:
    lines = (f"{name}={value}\n" for name, value in as_environment(settings).items())
    env.write_text("".join(lines), encoding="utf-8")


def _leave_with_parent() -> None:
    while os.read(0, 1024):
        continue
    os._exit(0)
