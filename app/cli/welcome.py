"""The first minute: what a person is told after the start, and the one line that renews itself."""

import asyncio
import os
import shutil
import socket
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import psutil
from rich.live import Live
from rich.text import Text

from app.cli.keyring import page_link
from app.cli.output import console
from app.domain.funnels import Funnel
from app.domain.operations import Beat
from app.errors import HotStoreUnavailable
from app.hot.signals import joined
from app.hot.state import HotState, open_hot_state
from app.settings import Settings

RENEWED = 2.0  # seconds
SETTLED = 15.0  # seconds until a first round has something to tell
SELDOM = 60.0  # seconds, where the output is no terminal


async def greet(settings: Settings) -> None:
    """Say where to look; under 15 lines. Then renew the status line until cancelled."""
    assert settings.redis.url is not None  # the platform runs on it
    async with open_hot_state(settings.redis.url.get_secret_value()) as hot:
        console.print(await _greeting(settings, hot), highlight=False, soft_wrap=True)
        if console.is_terminal:
            with Live(console=console, auto_refresh=False, transient=True) as live:
                while True:
                    live.update(await _status(hot, is_simulated=settings.simulation.is_on), refresh=True)
                    await asyncio.sleep(RENEWED)
        await asyncio.sleep(SETTLED)
        while True:
            console.print(await _status(hot, is_simulated=settings.simulation.is_on), highlight=False, soft_wrap=True)
            await asyncio.sleep(SELDOM)


async def _greeting(settings: Settings, hot: HotState) -> str:
    base = f"http://{'localhost' if settings.api.is_loopback else settings.api.host}:{settings.api.port}"
    kind = (
        "[black on yellow] SIMULATED [/] games and prices, paper money"
        if settings.simulation.is_on
        else "[black on cyan] PAPER [/] real games and listings, no money"
    )
    question = '{"target":"Celtics","candidate":"Boston Celtics","sport":"nba"}'
    address, wish = base.replace("http", "ws", 1) + "/ws", '{"op":"subscribe","channels":["games"]}'
    real = f"  Real venues  {_beside('crosscourt')} up --data-dir .crosscourt-real\n"
    return (
        f"\n[bold]Crosscourt[/]  {kind}\n"
        f"  Page         {page_link(settings.api, await hot.offer_code())}   (works once, for ten minutes)\n"
        f"  API          {base}/docs\n"
        f"  Ask          curl -s {base}/match -H 'content-type: application/json' -d '{question}'\n"
        f"  Games        curl -s {base}/discovery/games\n"
        f"  Follow       {_beside('python')} -m websockets {address}   (then type {wish})\n"
        f"  Data         {settings.data_dir.resolve()}\n"
        f"{real if settings.simulation.is_on else ''}"
        f"  Stop         Ctrl-C\n"
    )


def _beside(command: str) -> str:
    """What to type here for a command that was installed with us."""
    ours = Path(sys.executable).with_name(command)
    found = shutil.which(command)
    return command if found and Path(found) == ours else os.path.relpath(ours)


async def _status(hot: HotState, *, is_simulated: bool) -> Text:
    try:
        games = await hot.discovered_games()
        beats = await hot.beats()
        signals = _signals(joined(await hot.funnels()))
    except HotStoreUnavailable as error:
        return Text(f"waiting for Redis: {error}", style="yellow")
    linked = sum(len(game.markets) >= 2 for game in games.values())
    one = sum(len(game.markets) == 1 for game in games.values())
    tradable = sum(beat.counts.get("contracts_tradable", 0) for beat in beats)
    text = f"{len(games)} games · {linked} on both venues · {one} on one · {tradable} tradable contracts"
    prices, held = _books(beats), _held(beats, is_simulated=is_simulated)
    failing = [beat.worker for beat in beats if beat.last_error]
    trouble = f" · trouble: {', '.join(failing)}" if failing else ""
    return Text(text + prices + signals + held + _elsewhere(beats) + trouble, style="yellow" if failing else "")


def _books(beats: Sequence[Beat]) -> str:
    """How many order books the venues have just proved, how many are paused by them, and how many are in doubt."""
    counts = sum((Counter(beat.counts) for beat in beats), Counter[str]())
    if not counts["books"]:
        return ""
    paused = counts["quarantined_paused"]  # as at the end of every game
    doubted = sum(n for name, n in counts.items() if name.startswith("quarantined_")) - paused
    others = [f", {n} {word}" for n, word in ((paused, "paused"), (doubted, "quarantined")) if n]
    return f" · {counts['fresh']} of {counts['books']} books fresh{''.join(others)}"


def _signals(funnel: Funnel | None) -> str:
    """How many were kept since the start; nothing where nobody looks for any."""
    if funnel is None:
        return ""
    kept = sum(stop.count for stop in funnel.stops if stop.stage == "sent")
    return f" · {kept} signal{'' if kept == 1 else 's'}"


def _held(beats: Sequence[Beat], *, is_simulated: bool) -> str:
    """How many positions are open and what all accounts have won or lost; nothing where nobody has an eye on them."""
    counts = next((beat.counts for beat in beats if "profit_micro_dollars" in beat.counts), None)
    if counts is None:
        return ""
    held, profit = counts.get("positions", 0), counts["profit_micro_dollars"]
    sign = "−" if profit < 0 else "+"
    said = " (simulated)" if is_simulated else ""
    return f" · {held} position{'' if held == 1 else 's'} · P&L {sign}${abs(profit) / 1_000_000:,.2f}{said}"


def _elsewhere(beats: Sequence[Beat]) -> str:
    """Whether another process has the workers: of this data directory, or of another host."""
    here, ours = socket.gethostname(), {os.getpid(), *(child.pid for child in psutil.Process().children())}
    living = [beat for beat in beats if beat.host != here or psutil.pid_exists(beat.process_id)]
    others = sorted(
        {f"{beat.host}:{beat.process_id}" for beat in living if beat.host != here or beat.process_id not in ours}
    )
    return f" · the workers run in {', '.join(others)}; this process answers only" if others else ""
