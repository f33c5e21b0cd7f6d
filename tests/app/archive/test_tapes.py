from pathlib import Path

import pytest

from app.archive.tapes import SUFFIX, DecisionHash, Header, Piece, TapeWriter, read_tape
from app.domain.decisions import Taped
from app.domain.inputs import Input, Tick
from app.domain.prices import SECOND
from app.errors import BadInput
from app.pipeline import Pipeline
from tests.app.prices.boards import added, at, followed, levels, snapshot

INPUTS: tuple[Input, ...] = (
    followed(),
    snapshot(levels((40, 10)), levels((45, 10)), now=1),
    added(True, 41, 2, now=2),
    added(True, 45, 2, now=3),
    Tick(at(9_000)),
)
KEEP = 10_000_000


def writer(folder: Path, name: str = "run", keep: int = KEEP) -> TapeWriter:
    return TapeWriter(folder, name, "simulated", 5 * SECOND, keep)


def taped(first: int = 0) -> Taped:
    core = Pipeline(5 * SECOND)
    return Taped(first, INPUTS, [said for told in INPUTS for said in core.apply(told)])


def test_what_is_written_is_read(tmp_path: Path) -> None:
    tape = writer(tmp_path)
    tape.write(taped())
    tape.write(Taped(5, (Tick(at(9_100)),), ()))
    tape.close()
    header, first, second = read_tape(tmp_path / "run")
    assert isinstance(header, Header)
    assert isinstance(first, Piece)
    assert isinstance(second, Piece)
    assert (header.part, header.patience, header.world) == (0, 5 * SECOND, "simulated")
    assert (first.inputs, second.first, second.inputs) == (INPUTS, 5, (Tick(at(9_100)),))
    assert first.decided == second.decided == DecisionHash().take(taped().decisions)


def test_an_idle_moment_writes_nothing(tmp_path: Path) -> None:
    writer(tmp_path).write(Taped(0, (), ()))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("lost", [1, 3, 40])
def test_a_frame_that_was_cut_off_costs_nothing_before_it(tmp_path: Path, lost: int) -> None:
    tape = writer(tmp_path)
    tape.write(taped())
    tape.write(taped(5))
    tape.close()
    part = tmp_path / "run" / f"00000{SUFFIX}"
    part.write_bytes(part.read_bytes()[:-lost])
    assert [type(frame) for frame in read_tape(part)] == [Header, Piece]


def test_a_part_goes_on_in_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.archive.tapes.PART_BYTES", 100)
    tape = writer(tmp_path)
    for first in (0, 5, 10):
        tape.write(taped(first))
    tape.close()
    assert [part.name for part in sorted((tmp_path / "run").iterdir())] == [f"0000{n}{SUFFIX}" for n in range(3)]
    assert [frame.first for frame in read_tape(tmp_path / "run") if isinstance(frame, Piece)] == [0, 5, 10]


def test_the_oldest_parts_go_first(tmp_path: Path) -> None:
    for name in ("one", "two"):
        tape = writer(tmp_path, name)
        tape.write(taped())
        tape.close()
    tape = writer(tmp_path, "three", keep=1)
    tape.write(taped())
    tape.close()
    assert [folder.name for folder in tmp_path.iterdir()] == ["three"]


def test_a_piece_that_cannot_be_written_is_a_hole_and_the_next_one_is_written(tmp_path: Path) -> None:
    tape = writer(tmp_path)
    (tmp_path / "run").write_text("in the way")
    with pytest.raises(OSError, match="run"):
        tape.write(taped())
    (tmp_path / "run").unlink()
    tape.write(taped(5))
    tape.close()
    assert [frame.first for frame in read_tape(tmp_path / "run") if isinstance(frame, Piece)] == [5]


@pytest.mark.parametrize("content", [b"\x00\x00\x00\x04abcd", b"no tape of ours at all, only words in a row"])
def test_what_is_no_tape_is_refused(tmp_path: Path, content: bytes) -> None:
    (path := tmp_path / "odd.tape").write_bytes(content)
    with pytest.raises(BadInput, match=r"odd\.tape is no tape"):
        list(read_tape(path))


def test_no_tape_at_all_says_where_tapes_are(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no tape"):
        list(read_tape(tmp_path / "nowhere"))
