from pathlib import Path

import pytest

from app.archive.tapes import TapeWriter
from app.cli.replaying import Replayed, replayed
from app.domain.decisions import Decision, Taped
from app.domain.inputs import Input
from app.domain.prices import SECOND
from app.errors import BadInput
from app.pipeline import Pipeline
from tests.app.prices.boards import added, followed, levels, snapshot

INPUTS: tuple[Input, ...] = (
    followed(),
    snapshot(levels((40, 10)), levels((45, 10)), now=1),
    *(added(True, 40 + number % 5, 1, now=number) for number in range(40)),
)


def decided(inputs: tuple[Input, ...]) -> list[list[Decision]]:
    core = Pipeline(5 * SECOND)
    return [list(core.apply(told)) for told in inputs]


def taped(folder: Path, pieces: list[Taped]) -> Path:
    writer = TapeWriter(folder, "run", "simulated", 5 * SECOND, 1_000_000)
    for piece in pieces:
        writer.write(piece)
    writer.close()
    return folder / "run"


def cut(at: int, said: list[list[Decision]]) -> list[Taped]:
    """The same run in two pieces."""
    return [
        Taped(0, INPUTS[:at], [one for each in said[:at] for one in each]),
        Taped(at, INPUTS[at:], [one for each in said[at:] for one in each]),
    ]


def read(found: Replayed) -> tuple[bool | None, int, int]:
    return found.same, found.inputs, found.missed


@pytest.mark.parametrize("at", [1, 20, len(INPUTS)])
def test_however_a_tape_is_cut_it_replays_to_one_hash(tmp_path: Path, at: int) -> None:
    found = [replayed(taped(tmp_path / str(number), cut(at, decided(INPUTS)))) for number in range(3)]
    assert {read(one) for one in found} == {(True, len(INPUTS), 0)}
    assert len({one.hash for one in found} | {replayed(taped(tmp_path, cut(7, decided(INPUTS)))).hash}) == 1


def test_another_decision_is_found_at_its_piece(tmp_path: Path) -> None:
    said = decided(INPUTS)
    said[30].append(said[1][0])
    found = replayed(taped(tmp_path, cut(20, said)))
    assert (found.same, found.differs_at) == (False, 20)


def test_a_hole_leaves_nothing_to_compare_with(tmp_path: Path) -> None:
    found = replayed(taped(tmp_path, cut(20, decided(INPUTS))[1:]))
    assert read(found) == (None, len(INPUTS) - 20, 20)


def test_a_part_of_words_is_no_tape(tmp_path: Path) -> None:
    (tmp_path / "letter.tape").write_text("Dear core,")
    with pytest.raises(BadInput, match="letter"):
        replayed(tmp_path / "letter.tape")
