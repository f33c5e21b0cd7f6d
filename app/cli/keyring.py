"""`crosscourt keys`: who may call the API, and for what."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import AsJson, console, print_json, print_table, told
from app.cli.stores import open_stores, stored
from app.errors import NotFound
from app.history.keys import SCOPES, ApiKey, create_key, list_keys, revoke_key
from app.settings import ApiSettings, Settings

keys = typer.Typer(help="Keys of the API: hashed in Postgres, shown once.", no_args_is_help=True)

_COLUMNS = ("id", "name", "scopes", "created", "last used", "revoked")

_DataDir = Annotated[Path | None, typer.Option(help="Of the platform; DATA_DIR.")]
_Scopes = Annotated[str, typer.Option("--scopes", "--scope", help=f"Some of {', '.join(SCOPES)}, with commas.")]


@keys.command("create")
@told
def create(
    name: Annotated[str, typer.Argument(help="Whose key: a bot, a person.")],
    scopes: _Scopes = "read,match",
    data_dir: _DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make a key and show it once."""
    wanted = tuple(scope.strip() for scope in scopes.split(",") if scope.strip())
    with stored(data_dir) as settings:
        key = asyncio.run(_create(settings, name, wanted))
    if as_json:
        print_json({"name": name, "scopes": wanted, "key": key})
    else:
        console.print(f"{key}\nSend it in X-API-Key. It is not shown again.", highlight=False, soft_wrap=True)


@keys.command("list")
@told
def show(data_dir: _DataDir = None, as_json: AsJson = False) -> None:
    """Every key: its name, scopes and last use; never the key itself."""
    with stored(data_dir) as settings:
        found = asyncio.run(_list(settings))
    if as_json:
        print_json(found)
        return
    moments = [(_minute(key.created_at), _minute(key.last_used_at), _minute(key.revoked_at)) for key in found]
    rows = [(key.id, key.name, ", ".join(key.scopes), *at) for key, at in zip(found, moments, strict=True)]
    print_table("Keys", _COLUMNS, rows)


@keys.command("revoke")
@told
def revoke(
    key_id: Annotated[str, typer.Argument(help="As `keys list` shows it.")],
    data_dir: _DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Take a key back; it is refused within seconds."""
    with stored(data_dir) as settings:
        if not asyncio.run(_revoke(settings, key_id)):
            raise NotFound(f"there is no key '{key_id}'", remedy="`crosscourt keys list` shows them.")
    print_json({"revoked": key_id}) if as_json else console.print("revoked")


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


async def _create(settings: Settings, name: str, scopes: tuple[str, ...]) -> str:
    async with open_stores(settings) as (_, history):
        return await create_key(history, name, scopes)


async def _list(settings: Settings) -> Sequence[ApiKey]:
    async with open_stores(settings) as (_, history):
        return await list_keys(history)


async def _revoke(settings: Settings, key_id: str) -> bool:
    async with open_stores(settings) as (_, history):
        return bool(await revoke_key(history, key_id))


async def _offer_code(settings: Settings) -> str:
    async with open_stores(settings) as (hot, _):
        return await hot.offer_code()


def _minute(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""


def page_link(api: ApiSettings, code: str) -> str:
    """The page with a one-time code: the only secret that ever stands in a URL, and it works once."""
    return f"http://{'localhost' if api.is_loopback else api.host}:{api.port}/open?code={code}"
