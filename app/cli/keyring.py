"""`crosscourt keys`: who may call the API, and for what."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from app.cli.output import AsJson, console, errors, print_json, print_table, told
from app.cli.stores import open_stores, stored
from app.clock import wall_clock
from app.errors import BadInput
from app.history.keys import SCOPES, ApiKey, create_key, list_keys
from app.keyrings import replace, replace_admin, take_back
from app.settings import ApiSettings, Settings, Span

keys = typer.Typer(help="Keys of the API: hashed in Postgres, shown once.", no_args_is_help=True)

_COLUMNS = ("id", "name", "scopes", "created", "last used", "expires", "revoked")

_SPAN: TypeAdapter[timedelta] = TypeAdapter(Span)
LONGEST_LIFE = timedelta(days=3_650)
_ONCE = "Send it in X-API-Key. It is not shown again."

_DataDir = Annotated[Path | None, typer.Option(help="Of the platform; DATA_DIR.")]
_Scopes = Annotated[str, typer.Option("--scopes", "--scope", help=f"Some of {', '.join(SCOPES)}, with commas.")]


@keys.command("create")
@told
def create(
    name: Annotated[str, typer.Argument(help="Whose key: a bot, a person.")],
    scopes: _Scopes = "read,match",
    expires: Annotated[str, typer.Option("--expires", help="After so long: 12h, 30d. Without it: never.")] = "",
    data_dir: _DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make a key and show it once."""
    wanted = tuple(scope.strip() for scope in scopes.split(",") if scope.strip())
    ends = wall_clock() + _span(expires) if expires else None
    with stored(data_dir) as settings:
        key = asyncio.run(_create(settings, name, wanted, ends))
    if as_json:
        print_json({"name": name, "scopes": wanted, "expires_at": ends, "key": key})
    else:
        _show_once(key)


@keys.command("list")
@told
def show(data_dir: _DataDir = None, as_json: AsJson = False) -> None:
    """Every key: its name, scopes and last use; never the key itself."""
    with stored(data_dir) as settings:
        found = asyncio.run(_list(settings))
    if as_json:
        print_json(found)
        return
    print_table("Keys", _COLUMNS, [(key.id, key.name, ", ".join(key.scopes), *_moments(key)) for key in found])


@keys.command("revoke")
@told
def revoke(
    key_id: Annotated[str, typer.Argument(help="As `keys list` shows it.")],
    data_dir: _DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Take a key back; every process refuses it at once."""
    with stored(data_dir) as settings:
        asyncio.run(_revoke(settings, key_id))
    print_json({"revoked": key_id}) if as_json else console.print("revoked")


@keys.command("rotate")
@told
def rotate(
    key_id: Annotated[str, typer.Argument(help="As `keys list` shows it; without it the admin key of the file.")] = "",
    data_dir: _DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Put another key in the place of one, for the same and as long; the old one is refused at once."""
    with stored(data_dir) as settings:
        if not key_id:
            path = asyncio.run(_rotate_admin(settings))
            print_json({"file": str(path)}) if as_json else console.print(f"the new key is in {path}", soft_wrap=True)
            return
        key = asyncio.run(_rotate(settings, key_id))
    print_json({"key": key}) if as_json else _show_once(key)


@keys.command("link")
@told
def make_link(
    port: Annotated[int | None, typer.Option(help="Of the running API; API__PORT.")] = None,
    data_dir: _DataDir = None,
    as_json: AsJson = False,
) -> None:
    """A link that opens the page once, with every right, within ten minutes."""
    with stored(data_dir) as settings:
        api = settings.api.model_copy(update={"port": port or settings.api.port})
        url = page_link(api, asyncio.run(_offer_code(settings)))
    print_json({"url": url}) if as_json else console.print(url, highlight=False, soft_wrap=True)


def _show_once(key: str) -> None:
    """The key alone goes to the output: `> my-bot.key` makes a file that holds nothing else."""
    console.print(key, highlight=False, soft_wrap=True)
    errors.print(_ONCE, highlight=False)


async def _create(settings: Settings, name: str, scopes: tuple[str, ...], ends: datetime | None) -> str:
    async with open_stores(settings) as (_, history):
        return await create_key(history, name, scopes, expires_at=ends)


async def _list(settings: Settings) -> Sequence[ApiKey]:
    async with open_stores(settings) as (_, history):
        return await list_keys(history)


async def _revoke(settings: Settings, key_id: str) -> None:
    async with open_stores(settings) as (hot, history):
        await take_back(hot, history, key_id, by="cli")


async def _rotate(settings: Settings, key_id: str) -> str:
    async with open_stores(settings) as (hot, history):
        return await replace(hot, history, key_id, by="cli")


async def _rotate_admin(settings: Settings) -> Path:
    async with open_stores(settings) as (hot, history):
        return await replace_admin(hot, history, settings.data_dir, by="cli")


async def _offer_code(settings: Settings) -> str:
    async with open_stores(settings) as (hot, _):
        return await hot.offer_code()


def _moments(key: ApiKey) -> tuple[str, ...]:
    return tuple(map(_minute, (key.created_at, key.last_used_at, key.expires_at, key.revoked_at)))


def _span(text: str) -> timedelta:
    """Raises BadInput."""
    try:
        found = _SPAN.validate_python(text)
    except ValidationError:
        found = timedelta()
    if not timedelta() < found <= LONGEST_LIFE:
        raise BadInput(f"--expires {text} is no length of time", remedy="Write it as 12h, 30d, up to 3650d.")
    return found


def _minute(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""


def page_link(api: ApiSettings, code: str) -> str:
    """The page with a one-time code: the only secret that ever stands in a URL, and it works once."""
    return f"http://{'localhost' if api.is_loopback else api.host}:{api.port}/open?code={code}"
