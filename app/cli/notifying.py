"""`crosscourt notify test`: do those who are to be told hear anything?"""

import asyncio
from collections.abc import Sequence

import typer

from app.cli.output import AsJson, print_json, print_table, told
from app.clock import wall_clock
from app.errors import BadInput
from app.notifications.notes import Note, message_of
from app.notifications.targets import Target, TargetUnavailable
from app.settings import Settings, load_settings

notify = typer.Typer(help="Whom Crosscourt tells what happens: NOTIFICATIONS__RULES.", no_args_is_help=True)


@notify.callback()
def begin() -> None:
    """Kept a group, so that `test` is named."""


@notify.command("test")
@told
def try_all(as_json: AsJson = False) -> None:
    """Send one message to each target, and say which have taken it; exit code 1 when one has not."""
    settings = load_settings()
    if not settings.notifications.rules:
        raise BadInput("NOTIFICATIONS__RULES names nobody", remedy=".env.example shows how a rule is written.")
    found = asyncio.run(_ask_all(settings))
    if as_json:
        print_json([{"target": name, "trouble": trouble} for name, trouble in found])
    else:
        print_table("Targets", ("target", "what it said"), [(name, trouble or "taken") for name, trouble in found])
    if any(trouble for _, trouble in found):
        raise typer.Exit(1)


async def _ask_all(settings: Settings) -> Sequence[tuple[str, str]]:
    given = settings.notifications
    targets = [Target(rule.to.get_secret_value(), given.timeout, at) for at, rule in enumerate(given.rules, 1)]
    return await asyncio.gather(*(_try(target) for target in targets))


async def _try(target: Target) -> tuple[str, str]:
    message = message_of([Note("test", "`crosscourt notify test`: it works", wall_clock())], 0, "")
    try:
        await target.send(message)
    except TargetUnavailable as error:
        return target.name, str(error)
    return target.name, ""
