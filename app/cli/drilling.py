"""`crosscourt drill`: break something on purpose, on paper, and see how soon it is safe again."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import httpx
import typer

from app.cli.endings import ASKED_TO_END
from app.cli.output import AsJson, console, print_json, print_table, told
from app.cli.stores import open_stores, stored
from app.clock import wall_clock
from app.domain.drills import DrillResult
from app.drills.roster import DRILLS, chosen
from app.drills.scenes import TRIES, Means, Scene
from app.drills.trials import Drill, carry_out
from app.errors import BadInput, DrillRefused, HistoryUnavailable
from app.history.database import Database
from app.history.drills import keep_drill, list_drills
from app.history.permissions import current_permission
from app.hot.state import HotState
from app.settings import Settings
from app.wishes import Who, account_named, ask_lost_answer, word_on

BY = "drill"
ANSWERED_WITHIN = 30.0  # seconds, of one call
OBEYED_WITHIN = 5.0
SHOWN = 60  # of those that were run

_NAMES = ", ".join(each.name for each in DRILLS)

Say = Callable[[str], object]


@told
def drill(
    only: Annotated[list[str] | None, typer.Option(help=f"One of {_NAMES}; may be said again; all, if not.")] = None,
    limit: Annotated[
        float | None, typer.Option(min=0, help="Seconds in which each must be safe, in place of its own.")
    ] = None,
    history: Annotated[bool, typer.Option("--history", help="Break nothing: show those that were run.")] = False,
    url: Annotated[str, typer.Option(help="Of the running platform; as API__HOST and API__PORT say.")] = "",
    api_key: Annotated[str, typer.Option(help="Of an admin; else the data directory's own.")] = "",
    data_dir: Annotated[Path | None, typer.Option(help="Of the platform; DATA_DIR.")] = None,
    as_json: AsJson = False,
) -> None:
    """Mute a feed, kill a shard, lose an answer, fake a wrong link, halt everything: on paper, while it runs.

    Exit code 0: each was safe within its limit, and everything is as it was. Ctrl-C puts back what is broken.
    """
    wanted = chosen(only or ())
    with stored(data_dir) as settings:
        if history:
            _show(asyncio.run(_kept(settings)), as_json)
            return
        say: Say = (lambda _: None) if as_json else _say
        there = (url or f"http://{settings.api.host}:{settings.api.port}", api_key or _key_of(settings))
        results = asyncio.run(_run(settings, wanted, limit, *there, say))
    _show(results, as_json)
    is_safe = len(results) == len(wanted) and all(each.verdict == "safe" for each in results)
    raise typer.Exit(0 if is_safe else 1)


async def _kept(settings: Settings) -> Sequence[DrillResult]:
    async with open_stores(settings) as (_, history):
        return list(reversed(await list_drills(history, SHOWN)))


async def _run(
    settings: Settings, wanted: Sequence[Drill], limit: float | None, url: str, key: str, say: Say
) -> Sequence[DrillResult]:
    """Each is written down as it ends. Raises DrillRefused before anything is broken."""
    results: list[DrillResult] = []
    run = f"{wall_clock():%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"
    async with open_stores(settings) as (hot, history):
        await _refuse_real_money(settings, history)
        world = await hot.world() or "real"
        slate = await hot.slate() if world == "simulated" else None
        _refuse_faults(wanted, has_sandbox=slate is not None)
        async with _scene(settings, hot, history, slate, url, key) as scene:
            for each in wanted:
                if scene.stopped.is_set():
                    break
                say(f"{each.name}: {each.means} ...")
                within = each.within if limit is None else limit
                results.append(await carry_out(each, scene, run, world, within))
                await _keep(history, results[-1], scene)
    return results


async def _keep(history: Database, result: DrillResult, scene: Scene) -> None:
    """Over a moment in which Postgres is busy, too. Raises HistoryUnavailable."""
    for _ in range(TRIES):
        with suppress(HistoryUnavailable):
            return await keep_drill(history, result)
        await scene.pause(1.0)
    return await keep_drill(history, result)


@asynccontextmanager
async def _scene(
    settings: Settings, hot: HotState, history: Database, slate: str | None, url: str, key: str
) -> AsyncGenerator[Scene]:
    """The platform at that address, which must be the one of these stores. `slate`: where the simulated venues tell the
    time; None: they are real. Raises DrillRefused."""
    stopped = asyncio.Event()
    for number in ASKED_TO_END:
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    means = Means(_losing(hot, history), _environment(settings, slate), settings.data_dir)
    async with AsyncExitStack() as stack:
        client = httpx.AsyncClient(base_url=url, headers={"X-API-Key": key}, timeout=ANSWERED_WITHIN, trust_env=False)
        api = await stack.enter_async_context(client)
        sandbox = None
        if slate is not None:
            parts = urlsplit(slate)
            venues = httpx.AsyncClient(base_url=f"{parts.scheme}://{parts.netloc}", timeout=ANSWERED_WITHIN)
            sandbox = await stack.enter_async_context(venues)
        scene = Scene(api, sandbox, means, wall_clock, stopped)
        await scene.hear()
        yield scene


async def _refuse_real_money(settings: Settings, history: Database) -> None:
    if settings.trading.mode == "live" or (await current_permission(history)).venues:
        raise DrillRefused(
            "real money may be traded here, and drills are for paper alone",
            remedy="Run them on a platform of its own: `crosscourt up --sandbox --data-dir DIR`.",
        )


def _refuse_faults(wanted: Sequence[Drill], *, has_sandbox: bool) -> None:
    """Real venues have none on demand."""
    needing = ", ".join(each.name for each in wanted if each.needs_faults)
    if needing and not has_sandbox:
        others = " ".join(f"--only {each.name}" for each in DRILLS if not each.needs_faults)
        raise DrillRefused(
            f"the venues are real, and {needing} need faults of simulated ones",
            remedy=f"Run them with `crosscourt up --sandbox`, or these here: {others}.",
        )


def _losing(hot: HotState, history: Database) -> Callable[[str], Awaitable[None]]:
    async def lose(account: str) -> None:
        row = await account_named(history, account)
        asked = await ask_lost_answer(hot, history, row, Who(BY, wall_clock()))
        said = await word_on(history, asked, OBEYED_WITHIN)
        if said.state != "done":
            raise DrillRefused(
                f"whoever trades for {account} was to lose an answer, and is {said.state} {said.outcome}"
            )

    return lose


def _environment(settings: Settings, slate: str | None) -> dict[str, str]:
    """Of a process that works for the same platform; passwords go by the environment alone."""
    urls = {"DATABASE__URL": settings.database.url, "REDIS__URL": settings.redis.url}
    given = {name: url.get_secret_value() for name, url in urls.items() if url is not None}
    return given | ({"SIMULATION__CLOCK_URL": slate} if slate is not None else {})


def _key_of(settings: Settings) -> str:
    file = settings.data_dir / "admin.key"
    if not file.is_file():
        raise BadInput(f"there is no {file}", remedy="Name an admin's key with --api-key; `crosscourt keys` makes one.")
    return file.read_text(encoding="utf-8").strip()


def _say(words: str) -> None:
    console.print(words, markup=False, highlight=False, soft_wrap=True)


def _show(results: Sequence[DrillResult], as_json: bool) -> None:
    if as_json:
        print_json(results)
        return
    simulated = any(each.world == "simulated" for each in results)
    print_table(
        "Drills (simulated)" if simulated else "Drills",
        ("began", "drill", "verdict", "safe after", "limit", "whole after", "what was broken, and seen"),
        [
            (
                f"{each.began_at:%Y-%m-%d %H:%M:%S}",
                each.name,
                each.verdict.replace("_", " "),
                _seconds(each.safe_after),
                _seconds(each.within),
                _seconds(each.whole_after),
                "; ".join(words for words in (each.detail, each.left_over) if words),
            )
            for each in results
        ],
    )


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.1f} s"
