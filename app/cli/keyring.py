"""`crosscourt keys`: who may call the API, and for what."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import AsJson, console, print_json, print_table, told
from app.cli.stores import open_stores, stored
from app.errors import BadInput, NotFound
from app.history.keys import create_key, list_keys, revoke_key
from app.settings import Settings

keys = typer.Typer(help="Keys of the API: hashed in Postgres, shown once.", no_args_is_help=True)

SCOPES = ("read", "match", "paper", "live", "admin")

_DataDir = Annotated[Path | None, typer.Option(help="Of the platform; DATA_DIR.")]


@keys.command("create")
@told
def create(
    name: Annotated[str, typer.Argument(help="Whose key: a bot, a person.")],
    scopes: Annotated[str, typer.Option(help=f"Some of {', '.join(SCOPES)}, with commas.")] = "read,match",
    data_dir: _DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make a key and show it once."""
    wanted = tuple(scope.strip() for scope in scopes.split(",") if scope.strip())
    unknown = [scope for scope in wanted if scope not in SCOPES]
    if unknown or not wanted:
        raise BadInput(
            f"no such scope: {', '.join(unknown) or 'none given'}", remedy=f"Use some of {', '.join(SCOPES)}."
        )
    with stored(data_dir) as settings:
        key = asyncio.run(_create(settings, name, wanted))
    if as_json:
        print_json({"name": name, "scopes": wanted, "key": key})
    else:
        console.print(f"{key}\nSend it in X-API-Key. It is not shown again.", highlight=False)


@keys.command("list")
@told
def show(data_dir: _DataDir = None, as_json: AsJson = False) -> None:
    """Every key: its name, scopes and last use; never the key itself."""
    with stored(data_dir) as settings:
        rows = asyncio.run(_list(settings))
    if as_json:
        print_json(rows)
    else:
        print_table("Keys", ("id", "name", "scopes", "created", "last used", "revoked"), [row.values() for row in rows])  # type: ignore[misc]


@keys.command("revoke")
@told
def revoke(key_id: Annotated[str, typer.Argument(help="As `keys list` shows it.")], data_dir: _DataDir = None) -> None:
    """Take a key back; it is refused within seconds."""
    with stored(data_dir) as settings:
        if not asyncio.run(_revoke(settings, key_id)):
            raise NotFound(f"there is no key '{key_id}'", remedy="`crosscourt keys list` shows them.")
    console.print("revoked")


@keys.command("link")
@told
def make_link(data_dir: _DataDir = None, as_json: AsJson = False) -> None:
    """A link that opens the page once, with every right, within ten minutes."""
    with stored(data_dir) as settings:
        url = asyncio.run(_link(settings))
    print_json({"url": url}) if as_json else console.print(url, highlight=False, soft_wrap=True)


async def _create(settings: Settings, name: str, scopes: tuple[str, ...]) -> str:
    async with open_stores(settings) as (_, history):
        return await create_key(history, name, scopes)


async def _list(settings: Settings) -> list[dict[str, object]]:
    async with open_stores(settings) as (_, history):
        return [
            {
                "id": str(key.id),
                "name": key.name,
                "scopes": ", ".join(key.scopes),
                "created": str(key.created_at)[:19],
                "last_used": str(key.last_used_at or "")[:19],
                "revoked": str(key.revoked_at or "")[:19],
            }
            for key in await list_keys(history)
        ]


async def _revoke(settings: Settings, key_id: str) -> bool:
    async with open_stores(settings) as (_, history):
        return bool(await revoke_key(history, key_id))


async def _link(settings: Settings) -> str:
    async with open_stores(settings) as (hot, _):
        return page_link(settings, await hot.offer_code())


def page_link(settings: Settings, code: str) -> str:
    """The page with a one-time code: the only secret that ever stands in a URL, and it works once."""
    host = "localhost" if settings.api.is_loopback else settings.api.host
    return f"http://{host}:{settings.api.port}/open?code={code}"
