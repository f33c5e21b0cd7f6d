"""`crosscourt bench`: the matcher measured on labelled names."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from app.cli.output import AsJson, errors, print_facts, print_json, print_table, told
from app.cli.stores import has_stores, open_stores, stored
from app.corrections import taught_matcher
from app.errors import BadInput, CrosscourtError
from app.matching.registry import Registry
from app.matching.scoring import Line, Scores, score_aliases, score_ambiguous, score_pairs, score_resolve
from app.matching.unified import TeamMatcher
from app.settings import Settings, load_settings

bench = typer.Typer(help="Measure the matcher on labelled names.", no_args_is_help=True)

_File = Annotated[Path, typer.Argument(help="Labelled names, one JSON object a line.")]
_Pairs = Annotated[Path | None, typer.Argument(help="Labelled pairs, one JSON object a line; none: the aliases alone.")]
_Disputed = Annotated[
    Path | None, typer.Option(help="Rows {sport, a, b, same, evidence} to leave out of a second set of figures; 1 %.")
]
_DataDir = Annotated[Path | None, typer.Option(help="Of the platform whose alias book is tried too; DATA_DIR.")]


@bench.command("match")
@told
def bench_match(
    file: _Pairs = None, disputed: _Disputed = None, data_dir: _DataDir = None, as_json: AsJson = False
) -> None:
    """Pairs `{sport, a, b, same, kind}`: accuracy, precision, recall, f1, by sport and kind, microseconds a pair.

    Each name of the alias book is a case of its own, under `aliases`: it still means the team it was taught for."""
    if file is None and disputed is not None:
        raise BadInput("--disputed rows are rows of a FILE", remedy="Name the file of pairs, too.")
    excluded = _lines(disputed) if disputed else []
    scores = score_pairs(Registry.load(), _lines(file), excluded) if file else {}
    aliases = _score_book(data_dir, is_needed=file is None)
    _print("Team against team", scores if aliases is None else {**scores, "aliases": aliases}, as_json)


@bench.command("resolve")
@told
def bench_resolve(file: _File, as_json: AsJson = False) -> None:
    """Queries `{sport, query, team_id}`: top-1, wrong, abstained, by sport, microseconds a query."""
    _run("Name to team", file, score_resolve, as_json)


@bench.command("ambiguous")
@told
def bench_ambiguous(file: _File, as_json: AsJson = False) -> None:
    """Names of several teams `{sport, spelling, candidates: [{team_id}]}`: how often they are left open, and named."""
    _run("Names of several teams", file, score_ambiguous, as_json)


def _run(title: str, file: Path, score: Callable[[Registry, Iterable[Line]], Scores], as_json: bool) -> None:
    _print(title, score(Registry.load(), _lines(file)), as_json)


def _score_book(data_dir: Path | None, *, is_needed: bool) -> Scores | None:
    """The alias book's cases, if there is a book; one that is not asked for and cannot be opened stops nothing."""
    given: dict[str, object] = {"data_dir": data_dir} if data_dir else {}
    is_needed = is_needed or data_dir is not None
    if not is_needed and not has_stores(load_settings(**given)):
        return None
    try:
        with stored(data_dir) as settings:
            return asyncio.run(_score_taught(settings))
    except CrosscourtError as error:
        if is_needed:
            raise
        errors.print(f"the alias book was not tried: {error}", style="yellow", markup=False, soft_wrap=True)
        return None


async def _score_taught(settings: Settings) -> Scores:
    matching = TeamMatcher(Registry.load())
    async with open_stores(settings) as (hot, history):
        book = await taught_matcher(matching, hot, history)
    return score_aliases(matching.registry, [(alias.team_id, alias.name) for alias in book])


def _print(title: str, scores: Scores, as_json: bool) -> None:
    if as_json:
        print_json(scores)
        return
    facts = {name: value for name, value in scores.items() if not isinstance(value, Mapping)}
    if facts:
        print_facts(title, facts)
    for name, groups in scores.items():
        if isinstance(groups, Mapping):
            print_table(name.replace("_", " "), ("what", "value"), groups.items())


def _lines(file: Path) -> list[Line]:
    try:
        return [msgspec.json.decode(line, type=dict[str, object]) for line in file.read_bytes().splitlines() if line]
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}") from None
    except msgspec.MsgspecError as error:
        raise BadInput(f"{file} is not one JSON object a line: {error}") from None
