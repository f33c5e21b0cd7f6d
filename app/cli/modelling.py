"""`crosscourt models`: learn how likely a side is to win from what was seen, and use only what beats the market."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from app.analytics.models.cards import Card
from app.analytics.models.learners import trained
from app.analytics.models.pages import card_page, card_text
from app.analytics.models.studies import Study, World
from app.analytics.models.trained import Trained
from app.cli.output import AsJson, console, print_json, print_table, told
from app.cli.stores import has_stores, open_stores, stored, with_servers
from app.clock import wall_clock
from app.domain.leagues import LeagueCode, find_league
from app.domain.models import ModelId
from app.domain.signals import Haircut
from app.errors import BadInput, Conflict, NotFound
from app.harvests.promises import measured_haircuts
from app.harvests.recordings import recorded_games
from app.harvests.studies import archived_games, studies_of
from app.harvests.tapes import games_taped, runs_of
from app.history.database import Database
from app.history.haircuts import keep_haircuts
from app.history.models import (
    KeptModel,
    find_model,
    keep_model,
    list_models,
    next_version,
    promote_model,
    withdraw_model,
)
from app.history.queries import ended_games
from app.matching.registry import Registry
from app.settings import Settings, load_settings

models = typer.Typer(
    help="Win probability in play, learned from the archive and tested on later games.", no_args_is_help=True
)

BY = "cli"
FOLDER = "models"  # in the data directory: the cards, as JSON, Markdown and HTML

_DataDir = Annotated[Path | None, typer.Option(help="Of the platform; DATA_DIR.")]
_Simulated = Annotated[
    bool, typer.Option("--simulated", help="Of games of the sandbox, which say nothing of real ones.")
]
_Name = Annotated[str, typer.Argument(help="League and version: nba/3.")]


@models.command("train")
@told
def train(
    recordings: Annotated[
        list[Path] | None,
        typer.Option(help="A folder of recordings to learn from, besides the archive. Repeatable."),
    ] = None,
    league: Annotated[str | None, typer.Option(help="Only of this league.")] = None,
    simulated: _Simulated = False,
    data_dir: _DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Learn from everything that was seen, a model for each league, and write their cards."""
    only = None if league is None else _league(league)
    world: World = "simulated" if simulated else "real"
    folders = [path for path in recordings or () if _is_folder(path)]
    given: dict[str, object] = {"data_dir": data_dir} if data_dir else {}
    settings = load_settings(**given)
    if not folders and not has_stores(settings):
        raise BadInput("there is nothing to learn from here", remedy="Name the platform's --data-dir, or --recordings.")
    with with_servers(settings) as groups:
        cards = asyncio.run(_train(load_settings(**given, **groups), folders, only, world))
    if as_json:
        print_json([msgspec.to_builtins(card) for card in cards])
        return
    for card in cards:
        console.print(card_text(card), markup=False, highlight=False, soft_wrap=True)


@models.command("list")
@told
def list_all(data_dir: _DataDir = None, as_json: AsJson = False) -> None:
    """Every model that was made, the newest of each league first."""
    with stored(data_dir) as settings:
        found = asyncio.run(_list(settings))
    if as_json:
        print_json([_brief(each) for each in found])
        return
    rows = [
        (each.id, each.verdict, f"{each.made_at:%Y-%m-%d %H:%M}", _use(each), each.card.get("why")) for each in found
    ]
    print_table("Models", ("model", "verdict", "made (UTC)", "in use", "why"), rows)


@models.command("show")
@told
def show(
    name: _Name,
    page: Annotated[Path | None, typer.Option(help="Write the card there, as a page.")] = None,
    data_dir: _DataDir = None,
    as_json: AsJson = False,
) -> None:
    """The card of a model."""
    with stored(data_dir) as settings:
        found = asyncio.run(_find(settings, ModelId(name)))
    card = msgspec.convert(found.card, Card)
    if page is not None:
        page.write_text(card_page(card), encoding="utf-8")
    if as_json:
        print_json({**_brief(found), "card": found.card, "learned": found.learned})
    else:
        console.print(card_text(card), markup=False, highlight=False, soft_wrap=True)


@models.command("promote")
@told
def promote(name: _Name, data_dir: _DataDir = None, as_json: AsJson = False) -> None:
    """Let a model value the games of its league from now on. Refused unless it has beaten the market."""
    with stored(data_dir) as settings:
        found = asyncio.run(_promote(settings, ModelId(name)))
    _say(found, as_json)


@models.command("withdraw")
@told
def withdraw(
    league: Annotated[str, typer.Argument(help="Its games are valued as before: nba.")],
    data_dir: _DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Let no learned model speak of a league any more."""
    code = _league(league)
    with stored(data_dir) as settings:
        was_used = asyncio.run(_withdraw(settings, code))
    if as_json:
        print_json({"league": code, "was_in_use": was_used})
    else:
        console.print(f"No learned model values {code}{'' if was_used else ', and none did before'}.", highlight=False)


@models.command("haircuts")
@told
def haircuts(
    keep: Annotated[bool, typer.Option("--keep", help="Let them be in force: Kelly reckons with them.")] = False,
    simulated: _Simulated = False,
    data_dir: _DataDir = None,
    as_json: AsJson = False,
) -> None:
    """How much of each detector's edges to believe, by what its signals of the last month promised and brought."""
    with stored(data_dir) as settings:
        found = asyncio.run(_measure(settings, "simulated" if simulated else "real", keeps=keep))
    if as_json:
        print_json(found)
    else:
        rows = [(each.detector, f"{each.factor:.2f}", each.n, each.reason) for each in found]
        print_table("Believed of an edge", ("detector", "factor", "trades", "why"), rows)


async def _measure(settings: Settings, world: World, *, keeps: bool) -> Sequence[Haircut]:
    async with open_stores(settings) as (_, history):
        found = await measured_haircuts(history, world, wall_clock())
        if keeps:
            await keep_haircuts(history, found, world, wall_clock())
        return found


async def _train(settings: Settings, folders: Sequence[Path], only: LeagueCode | None, world: World) -> Sequence[Card]:
    async with open_stores(settings) as (_, history):
        studies = await _studies(settings, history, folders, world)
        wanted = [study for study in studies if only in (None, study.league)]
        if not wanted:
            raise BadInput(
                f"no game that is over was seen{'' if only is None else f' of {only}'}",
                remedy="Let the platform run over whole games, with the tape on; or name --recordings.",
            )
        return [await _keep(settings, history, await trained(study)) for study in wanted]


async def _studies(settings: Settings, history: Database, folders: Sequence[Path], world: World) -> Sequence[Study]:
    seen = games_taped(runs_of(settings.data_dir), world)
    registry = Registry.load() if folders else None
    harvests = [archived_games(seen, await ended_games(history, list(seen)))]
    harvests += [recorded_games(folder, registry) for folder in folders if registry is not None]
    leagues = {league for harvest in harvests for league in harvest}
    versions = {league: await next_version(history, league) for league in leagues}
    return studies_of(harvests, versions, world, wall_clock())


async def _keep(settings: Settings, history: Database, made: Trained) -> Card:
    card = made.card
    kept = KeptModel(
        id=card.id,
        league=card.league,
        version=card.version,
        verdict=card.verdict,
        made_at=wall_clock(),
        card=msgspec.to_builtins(card),
        learned=made.learned,
    )
    await keep_model(history, kept)
    folder = settings.data_dir / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = folder / card.id.replace("/", "-")
    place.with_suffix(".json").write_bytes(msgspec.json.format(msgspec.json.encode(card)))
    place.with_suffix(".md").write_text(card_text(card), encoding="utf-8")
    place.with_suffix(".html").write_text(card_page(card), encoding="utf-8")
    return card


async def _list(settings: Settings) -> Sequence[KeptModel]:
    async with open_stores(settings) as (_, history):
        return await list_models(history)


async def _find(settings: Settings, name: ModelId) -> KeptModel:
    async with open_stores(settings) as (_, history):
        return await _found(history, name)


async def _promote(settings: Settings, name: ModelId) -> KeptModel:
    async with open_stores(settings) as (_, history):
        found = await _found(history, name)
        if found.verdict != "better" or found.learned is None:
            raise Conflict(
                f"{name} is not promoted: {found.card.get('why')}",
                remedy="What has not beaten the market out of sample values nothing. Train it again on more games.",
            )
        await promote_model(history, found, BY, wall_clock())
        return await _found(history, name)


async def _withdraw(settings: Settings, league: LeagueCode) -> bool:
    async with open_stores(settings) as (_, history):
        return await withdraw_model(history, league, BY, wall_clock())


async def _found(history: Database, name: ModelId) -> KeptModel:
    found = await find_model(history, name)
    if found is None:
        raise NotFound(f"there is no model {name}", remedy="`crosscourt models list` names those there are.")
    return found


def _say(found: KeptModel, as_json: bool) -> None:
    if as_json:
        print_json(_brief(found))
    else:
        console.print(f"{found.id} values {found.league} from now on: {found.card.get('why')}", highlight=False)


def _brief(found: KeptModel) -> dict[str, object]:
    told_of = ("id", "league", "version", "verdict", "made_at", "promoted_at", "promoted_by")
    return {**{name: getattr(found, name) for name in told_of}, "why": found.card.get("why")}


def _use(found: KeptModel) -> str:
    return f"since {found.promoted_at:%Y-%m-%d %H:%M}" if found.promoted_at else ""


def _league(name: str) -> LeagueCode:
    league = find_league(name)
    if league is None:
        raise BadInput(
            f"there is no league '{name}'", remedy="Name one as `crosscourt match --sport` does: nba, epl, ..."
        )
    return league.code


def _is_folder(path: Path) -> bool:
    if not path.is_dir():
        raise BadInput(f"{path} is no folder")
    return True
