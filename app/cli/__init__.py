"""The `crosscourt` command."""

import gc
from contextlib import suppress
from importlib import import_module
from importlib.metadata import version
from typing import Annotated

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

COLLECTED_AFTER = (10_000, 20, 50)  # objects, and rounds; with Python's 700 imports and indexes take a fifth longer
WORDS = "Live sports on prediction markets: games, the contracts that speak about them, and the proof."

COMMANDS = {  # as `--help` lists them; a function is a command, a Typer is a group of them
    "up": "app.cli.up",
    "match": "app.cli.asking",
    "link": "app.cli.linking",
    "aliases": "app.cli.teaching",
    "unmatched": "app.cli.correcting",
    "overrides": "app.cli.correcting",
    "decisions": "app.cli.correcting",
    "halt": "app.cli.halting",
    "resume": "app.cli.halting",
    "live": "app.cli.allowing",
    "bench": "app.cli.benches",
    "replay": "app.cli.replaying",
    "record": "app.cli.recording",
    "backtest": "app.cli.backtesting",
    "archive": "app.cli.archiving",
    "report": "app.cli.reporting",
    "models": "app.cli.modelling",
    "keys": "app.cli.keyring",
    "notify": "app.cli.notifying",
    "sandbox": "app.cli.playing",
    "drill": "app.cli.drilling",
    "doctor": "app.cli.checks",
}


class Commands(TyperGroup):
    """Loads a command's module when it is asked for: nobody waits a second for what they do not use."""

    def list_commands(self, ctx: object) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: object, cmd_name: str) -> TyperCommand | TyperGroup | None:
        if cmd_name not in COMMANDS:
            return None
        found = getattr(import_module(COMMANDS[cmd_name]), cmd_name)
        parent = typer.Typer(pretty_exceptions_show_locals=False)
        parent.add_typer(found, name=cmd_name) if isinstance(found, typer.Typer) else parent.command(cmd_name)(found)
        loaded = get_group(parent).commands[cmd_name]
        assert isinstance(loaded, TyperCommand | TyperGroup)  # the two kinds that Typer makes
        return loaded


command = typer.Typer(
    name="crosscourt", help=WORDS, cls=Commands, no_args_is_help=True, pretty_exceptions_show_locals=False
)


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(version("crosscourt"))
        raise typer.Exit


@command.callback(help=WORDS)
def start(
    shows_version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say the version and end.")
    ] = False,
) -> None:
    """What is given before the command."""


def main() -> None:
    """Run the command. Ctrl-C at a moment when nothing is open yet, or no more, is an end like any other."""
    gc.set_threshold(*COLLECTED_AFTER)
    try:
        with suppress(KeyboardInterrupt):
            command()
    finally:
        exec("")  # had Ctrl-C come while such a text ran (a dataclass is made of one), Python would end by a signal
