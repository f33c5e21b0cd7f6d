"""`crosscourt live`: whether orders may be sent with real money."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import AsJson, console, errors, print_json, told
from app.cli.stores import open_stores, stored
from app.clock import wall_clock
from app.domain.markets import VenueId
from app.errors import BadInput
from app.history.permissions import Permission, allow_live, current_permission, forbid_live
from app.settings import Settings
from app.venues.roster import direct_client, open_gateways

live = typer.Typer(help="Orders with real money: nothing is sent before `live enable`.", no_args_is_help=True)

BY = "cli"
PHRASE = "trade with real money"

_DataDir = Annotated[Path | None, typer.Option(help="Of the platform; DATA_DIR.")]


@live.command("enable")
@told
def enable(data_dir: _DataDir = None, as_json: AsJson = False) -> None:
    """Allow orders with real money, at every venue that there is a key for, until `live disable`. Asks to type so."""
    with stored(data_dir) as settings:
        venues = asyncio.run(_venues(settings))
        _ask(settings, venues)
        permission = asyncio.run(_enable(settings, venues))
    _say(permission, as_json)


@live.command("disable")
@told
def disable(data_dir: _DataDir = None, as_json: AsJson = False) -> None:
    """Let no order with real money be sent any more: within a second, and after every restart. What rests stays."""
    with stored(data_dir) as settings:
        permission = asyncio.run(_disable(settings))
    _say(permission, as_json)


@live.command("status")
@told
def status(data_dir: _DataDir = None, as_json: AsJson = False) -> None:
    """What was said last."""
    with stored(data_dir) as settings:
        permission = asyncio.run(_current(settings))
    _say(permission, as_json)


def _ask(settings: Settings, venues: Sequence[VenueId]) -> None:
    limits = settings.trading
    errors.print(
        f"Orders at {' and '.join(venues)} will spend real money, without asking again: at most ${limits.max_stake} an "
        f"order and ${limits.max_stake_a_day} a day at each venue.",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    if typer.prompt(f"Type '{PHRASE}' to allow it", err=True).strip().casefold() != PHRASE:
        raise BadInput("nothing was allowed: that was not the phrase", remedy=f"Type {PHRASE}, as it is shown.")


async def _venues(settings: Settings) -> Sequence[VenueId]:
    """Those with a key that can be used. Raises BadInput on paper, SettingsRefused for a key that is of no use."""
    if settings.trading.mode != "live":
        raise BadInput("everything is on paper here", remedy="Set TRADING__MODE=live, and the keys, and start again.")
    async with direct_client() as client:
        return [gateway.venue for gateway in open_gateways(settings, client)]


async def _enable(settings: Settings, venues: Sequence[VenueId]) -> Permission:
    limits = settings.trading
    async with open_stores(settings) as (_, history):
        given = {"max_stake": limits.max_stake, "max_stake_a_day": limits.max_stake_a_day}
        await allow_live(history, venues, BY, wall_clock(), **given)
        return await current_permission(history)


async def _disable(settings: Settings) -> Permission:
    async with open_stores(settings) as (_, history):
        await forbid_live(history, BY, wall_clock())
        return await current_permission(history)


async def _current(settings: Settings) -> Permission:
    async with open_stores(settings) as (_, history):
        return await current_permission(history)


def _say(permission: Permission, as_json: bool) -> None:
    if as_json:
        print_json(permission)
        return
    where = " and ".join(permission.venues)
    said = f" (said by {permission.said_by}, {permission.said_at:%Y-%m-%d %H:%M} UTC)" if permission.said_at else ""
    words = f"real money may be spent at {where}" if where else "no real money may be spent"
    console.print(f"{words}{said}", markup=False, highlight=False, soft_wrap=True)
