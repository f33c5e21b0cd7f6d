"""`crosscourt replay`: a tape once more, as it went then or with something another way; or what a venue said, alone."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from app.cli.endings import ending_well
from app.cli.output import AsJson, console, print_facts, print_json, print_table, told
from app.cli.spans import read_pace, read_span
from app.clock import moment_of
from app.domain.ledgers import Balances
from app.domain.money import money_text
from app.domain.prices import SECOND, Nanos
from app.replay.changes import changes_of
from app.replay.frames import Reread, reread
from app.replay.outcomes import Played
from app.replay.plays import Playing, play
from app.replay.quotes import is_of_quotes, play_quotes
from app.replay.recordings import Heard, hear

SHOWN_EVERY = 1.0  # seconds between two words about how far it is
OF_FRAMES = frozenset({".json", ".jsonl", ".ndjson"})
SIMULATED = "simulated: nobody has paid or earned any of it"


@told
def replay(
    tape: Annotated[
        Path,
        typer.Argument(help="A folder below `tape` in the data directory, or a part of it; frames in JSON; quotes."),
    ],
    changed: Annotated[
        list[str] | None, typer.Option("--set", help="What is to be another way: risk.kelly=0.1. Repeatable.")
    ] = None,
    own: Annotated[
        bool, typer.Option("--own", help="The core hears what the replay's accounts hold, as with --set.")
    ] = False,
    speed: Annotated[str, typer.Option(help="`max`, or times real time: 1x, 10x.")] = "max",
    until: Annotated[str | None, typer.Option(help="So far into the tape and no further: 90s, 15m, 2h.")] = None,
    frames: Annotated[
        bool, typer.Option("--frames", help="Read the raw frames that the run has kept: do they come to its inputs?")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Tell an empty trading core everything that is on a tape, and trade on paper what it sends."""
    with ending_well():
        if frames:
            _show_reread(reread(tape), as_json)
            return
        heard = _heard(tape)
        if heard is not None:
            print_json(shown_heard(heard)) if as_json else _show_heard(heard)
            return
        playing = Playing(
            changes_of(changed or ()),
            is_own=own,
            speed=read_pace(speed),
            until=None if until is None else read_span(until),
            watching=_Progress(Console(stderr=True, quiet=as_json)).look,
        )
        found = play(tape, playing)
        print_json(shown(found)) if as_json else _show(found)
        if found.same is False:
            raise typer.Exit(1)


def _show_reread(found: Reread, as_json: bool) -> None:
    """Exit code 1 when something else came of a frame."""
    counted = {name: value for name, value in msgspec.to_builtins(found).items() if isinstance(value, int | float)}
    print_json(found) if as_json else print_facts(f"Frames of {found.run}", counted)
    for each in () if as_json else found.first:
        console.print(each, highlight=False, markup=False)
    if found.differing:
        raise typer.Exit(1)


def shown(found: Played) -> Mapping[str, object]:
    """As machines read it: money as decimal strings, moments in ISO 8601."""
    return {
        **msgspec.to_builtins(found),
        "began": moment_of(found.began).isoformat(),
        "accounts": [
            {
                "account": each.account,
                **{name: money_text(getattr(each.balances, name)) for name in Balances.__struct_fields__},
                "value": money_text(each.value),
                "gain": money_text(each.gain),
                "simulated": each.simulated,
            }
            for each in found.accounts
        ],
        "games": [{**msgspec.to_builtins(each), "gain": money_text(each.gain)} for each in found.games],
        "fell": money_text(found.fell),
        "gain": money_text(found.gain),
        "curve": [{"at": moment_of(each.at).isoformat(), "gain": money_text(each.gain)} for each in found.curve],
        **_pace(found.inputs, found.quotes, found.lasted, found.seconds),
    }


def shown_heard(found: Heard) -> Mapping[str, object]:
    """The same of what a venue said, or of quotes."""
    took = max(found.seconds, 1e-9)
    paces = {"quotes_per_second": round(found.quotes / took), "frames_per_second": round(found.frames / took)}
    return {**msgspec.to_builtins(found), **paces}


def _heard(tape: Path) -> Heard | None:
    """What came of frames or quotes; None: it is a tape of a core's inputs, or nothing."""
    if is_of_quotes(tape):
        return play_quotes(tape)
    return hear(tape) if tape.is_file() and tape.suffix in OF_FRAMES else None


class _Progress:
    """Says now and then how far it is."""

    def __init__(self, out: Console) -> None:
        self._out = out
        self._began = self._said = time.monotonic()

    def look(self, found: Played, now: Nanos) -> None:
        at = time.monotonic()
        if at - self._said < SHOWN_EVERY:
            return
        self._said = at
        lasted = (now - found.began) / SECOND
        self._out.print(
            f"{moment_of(now):%H:%M:%S}  {_paced(found.inputs, found.quotes, lasted, at - self._began)}",
            highlight=False,
        )


def _pace(inputs: int, quotes: int, lasted: float, seconds: float) -> dict[str, float]:
    took = max(seconds, 1e-9)
    return {
        "inputs_per_second": round(inputs / took),
        "quotes_per_second": round(quotes / took),
        "times_real_time": round(lasted / took, 1),
    }


def _paced(inputs: int, quotes: int, lasted: float, seconds: float) -> str:
    pace = _pace(inputs, quotes, lasted, seconds)
    return (
        f"{inputs:,} inputs, {quotes:,} quotes: {pace['inputs_per_second']:,} and {pace['quotes_per_second']:,} a"
        f" second, {pace['times_real_time']:,} x real time"
    )


def _show(found: Played) -> None:
    console.print(f"{found.tape} ({found.world}), {found.lasted:,.0f} s", highlight=False)
    console.print(_paced(found.inputs, found.quotes, found.lasted, found.seconds), highlight=False)
    for name, value in found.settings.items():
        console.print(f"  {name} = {value}", highlight=False)
    facts = {
        "decisions": f"{found.decisions:,}",
        "signals sent": found.signals,
        "signals let go": _counted(found.refused, most=6),
        "orders": _counted(found.orders),
        "fills": found.fills,
        "trades": _counted(found.trades),
        "exits": _counted(found.exits),
        "decisions hash": found.hash,
        "trades hash": found.trades_hash,
    }
    print_facts("What came of it", facts)
    rows = [
        (
            each.account,
            *map(money_text, (each.gain, each.balances.realised, each.balances.fees, each.value, each.balances.cash)),
        )
        for each in found.accounts
    ]
    print_table(f"Accounts ({SIMULATED})", ("account", "gain", "realised", "fees", "holds", "cash"), rows)
    if found.is_own:
        console.print("The core heard what these accounts hold: nothing to compare with.")
    elif found.same is None:
        console.print(f"The tape is not whole ({found.missed:,} inputs are missing): nothing to compare with.")
    elif found.same:
        console.print("Everything was decided as it was then.")
    else:
        console.print(f"Decided otherwise from input {found.differs_at:,} on.", style="red")


def _counted(counts: Mapping[str, int], most: int = 20) -> str:
    told = [f"{name} {count:,}" for name, count in list(counts.items())[:most]]
    return ", ".join([*told, "…"] if len(counts) > most else told)


def _show_heard(found: Heard) -> None:
    paces = shown_heard(found)
    facts = {
        "frames": found.frames,
        "snapshots": found.snapshots,
        "changes of levels": found.changes,
        "quotes": found.quotes,
        "books": found.books,
        "decisions": found.decisions,
        "decisions hash": found.hash,
        "quotes a second": f"{paces['quotes_per_second']:,}",
        "frames a second": f"{paces['frames_per_second']:,}",
        "counted by the feed": _counted(found.counts),
    }
    print_facts(f"{found.source} ({found.lasted:,.0f} s)", facts)
