"""How the command speaks: JSON for machines, tables for people, errors that say what to do."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from typing import Annotated, ParamSpec, TypeVar

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.errors import CrosscourtError

P = ParamSpec("P")
T = TypeVar("T")

AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable: one JSON value, or one a line.")]

console = Console()
errors = Console(stderr=True)


def print_json(value: object) -> None:
    """One JSON value on one line."""
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")


def print_lines(values: Iterable[object]) -> None:
    """One JSON value a line."""
    for value in values:
        print_json(value)


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table for people; empty cells are a dot. What venues and people write is text, never markup."""
    table = Table(title=title, title_justify="left", header_style="bold", expand=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(_shown(cell)) for cell in row))
    console.print(table)


def _shown(cell: object) -> str:
    return "·" if cell in (None, "") else str(cell)


def print_facts(title: str, facts: Mapping[str, object]) -> None:
    """Names and values, one a row."""
    print_table(title, ("what", "value"), facts.items())


def told(command: Callable[P, T]) -> Callable[P, T]:
    """A command whose errors are said as what happened and what to do about it, with exit code 1."""

    @wraps(command)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return command(*args, **kwargs)
        except CrosscourtError as error:
            said = Text.assemble((type(error).__name__, "bold red"), f": {error}")
            errors.print(said, highlight=False, soft_wrap=True)
            errors.print(f"  → {error.remedy}", markup=False, highlight=False, soft_wrap=True)
            raise typer.Exit(1) from None

    return guarded
