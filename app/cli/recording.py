"""`crosscourt record`: a tape that can be given away, cut out of what a platform has written, or is writing."""

import asyncio
import time
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from app.archive.tapes import SUFFIX
from app.cli.endings import ending_well
from app.cli.output import AsJson, console, print_json, told
from app.cli.spans import read_span
from app.clock import nanos_of, wall_clock
from app.domain.games import GameId
from app.domain.prices import SECOND, Nanos
from app.errors import BadInput, CrosscourtError
from app.replay.cuts import Recorded, Wanted, cut_tape
from app.replay.listening import Write, listen, live_games
from app.settings import load_settings

DEFAULT = "10m"  # that prices are followed
GRACE = 2.0  # seconds until what was told is on disk


@told
def record(
    out: Annotated[Path, typer.Argument(help=f"Where it goes: a file, {SUFFIX} by custom.")],
    data_dir: Annotated[Path | None, typer.Option(help="Of the platform; else DATA_DIR.")] = None,
    run: Annotated[str | None, typer.Option(help="A folder below `tape` there; else the newest run.")] = None,
    game: Annotated[str | None, typer.Option(help="Nothing but this game, by its id.")] = None,
    first: Annotated[str | None, typer.Option(help="The run's first so long: 90s, 10m, 2h.")] = None,
    last: Annotated[str | None, typer.Option(help="The run's last so long: 90s, 10m, 2h.")] = None,
    lasting: Annotated[
        str | None, typer.Option("--for", help="From now on so long, while the platform is running.")
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(help="Follow the prices of the platform there instead: a tape of quotes."),
    ] = None,
    api_key: Annotated[str | None, typer.Option(help="For a platform that is open to other hosts.")] = None,
    as_json: AsJson = False,
) -> None:
    """Cut a tape out of a run. It holds what the trading core was told, and no keys, no names of people."""
    with ending_well():
        if url is not None:
            heard = _listen(url, api_key, game, read_span(lasting or DEFAULT), out)
            print_json(heard) if as_json else console.print(f"{out}: {heard['quotes']:,} quotes", highlight=False)
            return
        tapes = (data_dir or load_settings().data_dir) / "tape"
        chosen = tapes / run if run else newest_run(tapes)
        if sum(each is not None for each in (first, last, lasting)) > 1:
            raise BadInput("--first, --last and --for are different times", remedy="Name one of them.")
        since = until = None
        if lasting is not None:
            since = nanos_of(wall_clock())
            until = Nanos(since + round(read_span(lasting) * SECOND))
            time.sleep(read_span(lasting) + GRACE)
        wanted = Wanted(GameId(game) if game else None, _seconds(first), _seconds(last), since, until)
        found = cut_tape(chosen, out, wanted)
        print_json(msgspec.to_builtins(found)) if as_json else _show(found, chosen)


def _listen(url: str, key: str | None, game: str | None, seconds: float, out: Path) -> dict[str, str | int]:
    if out.exists():
        raise BadInput(f"{out} is there already", remedy="Name a file that is not.")
    out.parent.mkdir(parents=True, exist_ok=True)
    try:
        with out.open("x", encoding="utf-8") as file:
            return {"path": str(out), "quotes": asyncio.run(_listened(url, key, game, seconds, file.write))}
    except CrosscourtError:
        out.unlink()
        raise


async def _listened(url: str, key: str | None, game: str | None, seconds: float, write: Write) -> int:
    return await listen(url, key, [GameId(game)] if game else await live_games(url, key), seconds, write)


def _seconds(span: str | None) -> float | None:
    return None if span is None else read_span(span)


def newest_run(tapes: Path) -> Path:
    """The run that was written to last. Raises BadInput."""
    runs = [folder for folder in tapes.glob("*") if folder.is_dir() and any(folder.glob(f"*{SUFFIX}"))]
    if not runs:
        raise BadInput(
            f"there is no tape below {tapes}",
            remedy="Name the platform's data directory with --data-dir; TAPE__IS_ON must be true there.",
        )
    return max(runs, key=lambda folder: max(part.stat().st_mtime for part in folder.glob(f"*{SUFFIX}")))


def _show(found: Recorded, run: Path) -> None:
    console.print(
        f"{found.path}: {found.inputs:,} inputs of {run.name}, {found.lasted:,.0f} s, {found.bytes / 1024:,.0f} kB",
        highlight=False,
    )
    console.print(f"crosscourt replay {found.path}", highlight=False)
