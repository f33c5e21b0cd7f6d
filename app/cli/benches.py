"""`crosscourt bench`: the matcher measured on labelled names."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from app.cli.output import AsJson, print_facts, print_json, print_table, told
from app.errors import BadInput
from app.matching.registry import Registry
from app.matching.scoring import Line, Scores, score_pairs, score_resolve

bench = typer.Typer(help="Measure the matcher on labelled names.", no_args_is_help=True)

_File = Annotated[Path, typer.Argument(help="Labelled names, one JSON object a line.")]


@bench.command("match")
@told
def bench_match(file: _File, as_json: AsJson = False) -> None:
    """Pairs `{sport, a, b, same, kind}`: accuracy, precision, recall, f1, by sport and kind, microseconds a pair."""
    _run("Team against team", file, score_pairs, as_json)


@bench.command("resolve")
@told
def bench_resolve(file: _File, as_json: AsJson = False) -> None:
    """Queries `{sport, query, team_id}`: top-1, wrong, abstained, by sport, microseconds a query."""
    _run("Name to team", file, score_resolve, as_json)


def _run(title: str, file: Path, score: Callable[[Registry, Iterable[Line]], Scores], as_json: bool) -> None:
    scores = score(Registry.load(), _lines(file))
    if as_json:
        print_json(scores)
        return
    print_facts(title, {name: value for name, value in scores.items() if not isinstance(value, Mapping)})
    for name, groups in scores.items():
        if isinstance(groups, Mapping):
            print_table(name.replace("_", " "), ("group", "right"), groups.items())


def _lines(file: Path) -> list[Line]:
    try:
        return [msgspec.json.decode(line, type=dict[str, object]) for line in file.read_bytes().splitlines() if line]
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}") from None
    except msgspec.MsgspecError as error:
        raise BadInput(f"{file} is not one JSON object a line: {error}") from None
