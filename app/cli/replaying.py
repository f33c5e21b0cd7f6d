"""`crosscourt replay`: a tape through an empty trading core, as it went then."""

import time
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from app.archive.tapes import FORMAT, DecisionHash, Header, Piece, read_tape
from app.cli.endings import ending_well
from app.cli.output import AsJson, console, print_json, told
from app.errors import BadInput
from app.pipeline import Pipeline


class Replayed(msgspec.Struct, kw_only=True):
    """What came of a tape. `same`: everything was decided as it was then; None when the tape is not whole."""

    tape: str
    world: str
    inputs: int = 0
    decisions: int = 0
    hash: str = ""
    same: bool | None = True
    differs_at: int | None = None  # the number of the first input of the first piece that was decided otherwise
    missed: int = 0
    seconds: float = 0.0


@told
def replay(
    tape: Annotated[Path, typer.Argument(help="A folder below `tape` in the data directory, or one part of it.")],
    as_json: AsJson = False,
) -> None:
    """Tell an empty trading core everything that is on a tape, and say whether it decides the same."""
    with ending_well():
        found = replayed(tape)
    if as_json:
        print_json(msgspec.to_builtins(found))
    else:
        _show(found)
    if found.same is False:
        raise typer.Exit(1)


def replayed(tape: Path) -> Replayed:
    """Raises BadInput for what is no tape."""
    frames = read_tape(tape)
    header = next(frames, None)
    if not isinstance(header, Header):
        raise BadInput(f"{tape} does not begin as a tape does", remedy="Was it copied whole?")
    if header.format != FORMAT:
        raise BadInput(
            f"{tape} is of format {header.format}, and this version plays format {FORMAT}",
            remedy="Replay it with the version that wrote it.",
        )
    core, decided, found = Pipeline(header.patience), DecisionHash(), Replayed(tape=header.began, world=header.world)
    found.same = True if header.part == 0 else None  # its beginning was let go
    began = time.perf_counter()
    for frame in frames:
        if isinstance(frame, Piece):
            _play(frame, core, decided, found)
    found.seconds = round(time.perf_counter() - began, 3)
    return found


def _play(piece: Piece, core: Pipeline, decided: DecisionHash, found: Replayed) -> None:
    found.missed = piece.first - found.inputs
    if found.missed:
        found.same = None
    for told_then in piece.inputs:
        decisions = core.apply(told_then)
        found.decisions += len(decisions)
        found.hash = decided.take(decisions)
    found.inputs += len(piece.inputs)
    found.hash = decided.take(())
    if found.same and found.hash != piece.decided:
        found.same, found.differs_at = False, piece.first


def _show(found: Replayed) -> None:
    pace = f"{found.inputs / found.seconds:,.0f} a second" if found.seconds else "at once"
    console.print(f"{found.inputs:,} inputs, {found.decisions:,} decisions, {pace} ({found.world})", highlight=False)
    console.print(f"hash {found.hash}", highlight=False)
    if found.same is None:
        console.print(f"The tape is not whole ({found.missed:,} inputs are missing): nothing to compare with.")
    elif found.same:
        console.print("Everything was decided as it was then.")
    else:
        console.print(f"Decided otherwise from input {found.differs_at:,} on.", style="red")
