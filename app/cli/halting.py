"""`crosscourt halt`, `resume`: the kill switch, whether the platform runs or not."""

import asyncio
from pathlib import Path
from typing import Annotated, get_args

import typer

from app.cli.output import AsJson, console, print_json, told
from app.cli.stores import open_stores, stored
from app.domain.risks import Halt, HaltScope
from app.errors import BadInput
from app.restraints import Restraint
from app.restraints import halt as halt_there
from app.restraints import resume as resume_there
from app.settings import Settings

BY = "cli"

_SCOPES: tuple[HaltScope, ...] = get_args(HaltScope)
_DataDir = Annotated[Path | None, typer.Option(help="Of the platform; DATA_DIR.")]
_Scope = Annotated[str, typer.Option(help=f"One of {', '.join(_SCOPES)}.")]
_Name = Annotated[str, typer.Option(help="Of the venue, league or game; nothing for `all`.")]


@told
def halt(
    reason: Annotated[str, typer.Option(help="Why; everybody sees it.")],
    scope: _Scope = "all",
    name: _Name = "",
    data_dir: _DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Open nothing there any more, until it is resumed. A running platform stops at once; what is open stays open."""
    with stored(data_dir) as settings:
        done = asyncio.run(_halt(settings, _read_scope(scope), name, reason))
    was = "is" if done.is_new else "was already"
    _say(done, f"{_named(done.halt)} {was} halted: {done.halt.reason} ({done.halt.halted_by})", as_json)


@told
def resume(scope: _Scope = "all", name: _Name = "", data_dir: _DataDir = None, as_json: AsJson = False) -> None:
    """Take one halt back; another that covers the same still holds."""
    with stored(data_dir) as settings:
        done = asyncio.run(_resume(settings, _read_scope(scope), name))
    left = f"; still halted: {', '.join(map(_named, done.halts))}" if done.halts else ""
    _say(done, f"{_named(done.halt)} goes on{left}", as_json)


def _say(done: Restraint, words: str, as_json: bool) -> None:
    print_json(done._asdict()) if as_json else console.print(words, markup=False, soft_wrap=True)


def _named(halt: Halt) -> str:
    return "everything" if halt.scope == "all" else f"{halt.scope} {halt.name}"


def _read_scope(text: str) -> HaltScope:
    found = next((scope for scope in _SCOPES if scope == text.strip().lower()), None)
    if found is None:
        raise BadInput(f"'{text}' is nothing that can be halted", remedy=f"Say one of {', '.join(_SCOPES)}.")
    return found


async def _halt(settings: Settings, scope: HaltScope, name: str, reason: str) -> Restraint:
    async with open_stores(settings) as (hot, history):
        return await halt_there(hot, history, scope, name, reason, by=BY)


async def _resume(settings: Settings, scope: HaltScope, name: str) -> Restraint:
    async with open_stores(settings) as (hot, history):
        return await resume_there(hot, history, scope, name, by=BY)
