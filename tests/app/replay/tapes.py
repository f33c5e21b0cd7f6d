"""The tape that ships with the project: one simulated game, from its last quarter to what its contracts paid."""

from pathlib import Path

from app.archive.tapes import Piece, read_tape
from app.domain.prices import SECOND
from app.domain.signals import Judged
from app.pipeline import Pipeline

EVENING = Path(__file__).resolve().parents[3] / "examples" / "evening.tape"

# What the core decides on it, and what comes of it on paper. Whoever changes how edges are found, sized or traded
# changes these, and puts the new ones here: `crosscourt replay examples/evening.tape` says both.
DECISIONS = "70178bee9d54b26409fdfe565dfebbfc"
TRADES = "39664a04f9b92b7f764f46780d3c6b1f"


def as_run(tapes: Path) -> Path:
    """The evening where a platform would have written it."""
    run = tapes / "20261123T091840-4711"
    run.mkdir(parents=True)
    (run / "00000.tape").write_bytes(EVENING.read_bytes())
    return run


def judged_on(tape: Path) -> list[Judged]:
    """Every signal, kept or refused, as the core says it when the tape is told to it."""
    core, said = Pipeline(5 * SECOND), list[Judged]()
    for frame in read_tape(tape):
        for told in frame.inputs if isinstance(frame, Piece) else ():
            said += (each for each in core.apply(told) if isinstance(each, Judged))
    return said
