"""The `crosscourt` command."""

from importlib.metadata import version
from typing import Annotated

import typer

from app.cli.asking import match
from app.cli.benches import bench
from app.cli.checks import doctor
from app.cli.keyring import keys
from app.cli.linking import link
from app.cli.playing import sandbox
from app.cli.up import up

command = typer.Typer(
    name="crosscourt",
    help="Live sports on prediction markets: games, the contracts that speak about them, and the proof.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)
command.command()(up)
command.command()(match)
command.command()(link)
command.add_typer(bench, name="bench")
command.add_typer(keys, name="keys")
command.command()(sandbox)
command.command()(doctor)


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(version("crosscourt"))
        raise typer.Exit


@command.callback()
def start(
    shows_version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say the version and end.")
    ] = False,
) -> None:
    """Live sports on prediction markets: games, the contracts that speak about them, and the proof."""


def main() -> None:
    """Run the command."""
    command()
