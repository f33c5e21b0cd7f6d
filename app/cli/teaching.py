"""`crosscourt aliases`: the names that people have taught the matcher."""

import asyncio
import csv
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from app.cli.output import AsJson, console, print_json, print_table, told
from app.cli.stores import open_stores, stored
from app.corrections import taught_matcher, teach, unteach
from app.domain.teams import Team, TeamId
from app.errors import BadInput, Conflict
from app.history.aliases import Alias, list_aliases
from app.history.database import Database
from app.matching.lessons import team_meant
from app.matching.registry import Registry
from app.matching.unified import TeamMatcher, league_named
from app.settings import Settings

aliases = typer.Typer(
    help="Names that people have taught the matcher; a running platform follows within seconds.", no_args_is_help=True
)

COLUMNS = ("sport", "team", "name")  # of a file; further ones are passed over
BY = "cli"

_DataDir = Annotated[Path | None, typer.Option(help="Of the platform; DATA_DIR.")]
_Sport = Annotated[str, typer.Option(help="nba, nfl, ncaab (cbb), ncaaf (cfb), mlb, epl, soccer, ...")]
_Team = Annotated[str, typer.Argument(help="The team's id (`nba:2`), or a name of it that is known.")]


class Taken(msgspec.Struct, frozen=True):
    """What came of one row of a file."""

    line: int
    name: str
    team_id: TeamId | None = None
    refused: str = ""  # why, when it was


@aliases.command("list")
@told
def show(
    sport: Annotated[str, typer.Option(help="Only names of this sport's teams.")] = "",
    data_dir: _DataDir = None,
    as_json: AsJson = False,
) -> None:
    """The alias book."""
    pool = league_named(sport).pool if sport else None
    with stored(data_dir) as settings:
        book = asyncio.run(_list(settings))
    chosen = [alias for alias in book if pool in (None, alias.pool)]
    if as_json:
        print_json(chosen)
        return
    rows = [(each.team_id, each.name, each.added_by, f"{each.added_at:%Y-%m-%d %H:%M}") for each in chosen]
    print_table("Taught names", ("team", "name", "added by", "added"), rows)


@aliases.command("add")
@told
def add(
    team: _Team,
    name: Annotated[str, typer.Argument(help="What it is also called.")],
    sport: _Sport,
    data_dir: _DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Teach a further name of a team. Refused when it means another team already."""
    with stored(data_dir) as settings:
        taught = asyncio.run(_add(settings, sport, team, name))
    print_json(taught) if as_json else console.print(f"'{taught.name}' is {taught.team_id}", markup=False)


@aliases.command("remove")
@told
def remove(
    team: _Team,
    name: Annotated[str, typer.Argument(help="As `aliases list` shows it.")],
    sport: _Sport,
    data_dir: _DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Take a taught name back."""
    with stored(data_dir) as settings:
        team_id, called = asyncio.run(_remove(settings, sport, team, name))
    said = {"team_id": team_id, "name": called}
    print_json(said) if as_json else console.print(f"'{called}' is {team_id} no more", markup=False)


@aliases.command("import")
@told
def take_in(
    file: Annotated[Path, typer.Argument(help=f"CSV with the columns {', '.join(COLUMNS)}.")],
    data_dir: _DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Teach every name of a file. A row that is refused costs only itself, and makes the exit code 1."""
    rows = list(_rows(file))
    with stored(data_dir) as settings:
        taken = asyncio.run(_take_in(settings, rows))
    refused = [each for each in taken if each.refused]
    if as_json:
        print_json({"taught": len(taken) - len(refused), "refused": refused})
    else:
        print_table(f"Taught {len(taken) - len(refused)} names", ("line", "name", "refused"), map(_cells, refused))
    if refused:
        raise typer.Exit(1)


def _cells(refused: Taken) -> tuple[int, str, str]:
    return refused.line, refused.name, refused.refused


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, restval="", strict=True)
            if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
                raise BadInput(f"{file} has no column '{missing[0]}'", remedy=f"Its first line is {','.join(COLUMNS)}.")
            yield from ((reader.line_num, row) for row in reader)
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}") from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise BadInput(f"{file} is not CSV in UTF-8: {error}") from None


async def _list(settings: Settings) -> Sequence[Alias]:
    async with open_stores(settings) as (_, history):
        return await list_aliases(history)


@asynccontextmanager
async def _open_book(settings: Settings) -> AsyncIterator[tuple[TeamMatcher, Database]]:
    """A matcher that knows what the platform has learned, and where to write down what it learns next."""
    matching = TeamMatcher(Registry.load())
    async with open_stores(settings) as (hot, history):
        await taught_matcher(matching, hot, history)
        yield matching, history


async def _add(settings: Settings, sport: str, team: str, name: str) -> Alias:
    async with _open_book(settings) as (matching, history):
        return await teach(matching, history, sport, team_meant(matching, sport, team), name, by=BY)


async def _remove(settings: Settings, sport: str, team: str, name: str) -> tuple[TeamId, str]:
    async with _open_book(settings) as (matching, history):
        is_id = team.startswith(f"{league_named(sport).pool}:")  # also one of a team that is no more
        team_id = TeamId(team) if is_id else team_meant(matching, sport, team).id
        return team_id, await unteach(history, team_id, name, by=BY)


async def _take_in(settings: Settings, rows: Sequence[tuple[int, dict[str, str]]]) -> Sequence[Taken]:
    async with _open_book(settings) as (matching, history):
        lesson = _Lesson(matching, history)
        return [await lesson.take(line, row) for line, row in rows]


class _Lesson:
    """A file taught row by row. What the rows before said counts too, without a registry made anew for each."""

    def __init__(self, matching: TeamMatcher, history: Database) -> None:
        self._matching = matching
        self._history = history
        self._said: dict[tuple[str, str], Team] = {}

    async def take(self, line: int, row: dict[str, str]) -> Taken:
        sport, team, name = (row[column].strip() for column in COLUMNS)
        try:
            meant = team_meant(self._matching, sport, team)
            key = (meant.pool, self._matching.key(name, sport))
            if self._said.get(key, meant).id != meant.id:
                raise Conflict(f"an earlier line says that '{name}' is {self._said[key].name}")
            taught = await teach(self._matching, self._history, sport, meant, name, by=BY)
            self._said[key] = meant
        except (BadInput, Conflict) as error:
            return Taken(line, name, refused=str(error))
        return Taken(line, taught.name, taught.team_id)
