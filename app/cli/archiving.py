"""`crosscourt archive`: complete tapes as Parquet files, kept, carried elsewhere and proved."""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from app.archive.keeping import Kept, keep_archive
from app.archive.manifests import Contents, read_manifest
from app.archive.proofs import Proof, prove
from app.cli.endings import ending_well
from app.cli.output import AsJson, console, print_facts, print_json, print_lines, print_table, told
from app.clock import moment_of, wall_clock
from app.domain.prices import Nanos
from app.settings import Settings, load_settings

archive = typer.Typer(help="Complete tapes as Parquet files: kept, carried elsewhere, proved.", no_args_is_help=True)

_DataDir = Annotated[Path | None, typer.Option(help="Of the platform; DATA_DIR.")]
_COLUMNS = ("dataset", "date", "league", "rows", "MiB", "files", "from", "to")


class Shown(msgspec.Struct, kw_only=True):
    """The files of one partition."""

    dataset: str
    date: str
    league: str
    rows: int = 0
    bytes: int = 0
    files: int = 0
    began: int = 0
    ended: int = 0


@archive.command("compact")
@told
def compact(data_dir: _DataDir = None, as_json: AsJson = False) -> None:
    """Put the complete parts of all tapes away, merge small files, let go of old ones, carry new ones elsewhere."""
    settings = _settings(data_dir)
    with ending_well():
        done = keep_archive(settings.data_dir, settings.archive, wall_clock())
        print_json(done) if as_json else _show_done(done)
        if done.trouble:
            raise typer.Exit(1)


@archive.command("list")
@told
def show(data_dir: _DataDir = None, as_json: AsJson = False) -> None:
    """What is there, by kind, date and league."""
    found = _partitions(read_manifest(_settings(data_dir).data_dir / "archive"))
    if as_json:
        print_lines(found)
        return
    rows = [
        (*each[:3], f"{each[3]:,}", f"{each[4] / 2**20:.1f}", *each[5:6], _minute(each[6]), _minute(each[7]))
        for each in map(msgspec.structs.astuple, found)
    ]
    print_table("Archive", _COLUMNS, rows)


@archive.command("verify")
@told
def verify(data_dir: _DataDir = None, as_json: AsJson = False) -> None:
    """Read everything, and say whether it is as it was written; exit code 1 when it is not."""
    with ending_well():
        proof = prove(_settings(data_dir).data_dir / "archive")
        print_json(proof) if as_json else _show_proof(proof)
        if not proof.is_right:
            raise typer.Exit(1)


def _settings(data_dir: Path | None) -> Settings:
    given: Mapping[str, object] = {"data_dir": data_dir} if data_dir else {}
    return load_settings(**given)


def _partitions(contents: Contents) -> list[Shown]:
    found: defaultdict[tuple[str, str, str], list[tuple[int, int, int, int]]] = defaultdict(list)
    for file in contents.files.values():
        found[file.dataset, file.date, file.league].append((file.rows, file.bytes, file.began, file.ended))
    shown = []
    for (dataset, date, league), files in sorted(found.items()):
        rows, many, began, ended = zip(*files, strict=True)
        sums = {"rows": sum(rows), "bytes": sum(many), "files": len(files), "began": min(began), "ended": max(ended)}
        shown.append(Shown(dataset=dataset, date=date, league=league, **sums))
    return shown


def _show_done(done: Kept) -> None:
    if done.busy:
        console.print("Another process does the same now.")
    else:
        print_facts("Archive", {name: value for name, value in msgspec.structs.asdict(done).items() if value})


def _show_proof(proof: Proof) -> None:
    facts = {"files": proof.files, "rows": proof.rows, "bytes": proof.bytes, "pieces": proof.pieces}
    pruned = {"pieces let go": proof.pruned_pieces, "inputs let go": proof.pruned_inputs}
    gaps = {f"missing on {run}": ", ".join(map(_span, found)) for run, found in proof.gaps.items()}
    print_facts("Archive", {**facts, **{name: many for name, many in pruned.items() if many}, **gaps})
    for wrong in proof.wrong:
        console.print(wrong, style="red", highlight=False, markup=False)
    console.print("Everything is as it was written." if proof.is_right else "Not everything is as it was written.")


def _minute(at: int) -> str:
    return f"{moment_of(Nanos(at)):%H:%M}"


def _span(numbers: tuple[int, int]) -> str:
    return f"{numbers[0]:,} to {numbers[1]:,}"
