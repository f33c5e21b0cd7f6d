"""Raw frames that were kept come to the very inputs that are on the tape beside them."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.archive.frames import frames_of
from app.archive.keeping import keep_archive
from app.archive.proofs import prove
from app.clock import moment_of
from app.domain.prices import Nanos
from app.errors import BadInput
from app.replay.frames import reread
from app.settings import ArchiveSettings
from tests.app.replay.framed import BEGAN, frames, keep

LATER = moment_of(Nanos(BEGAN)) + timedelta(hours=1)
SAID = frames(changes=50)


def test_frames_come_to_the_inputs_that_were_told(tmp_path: Path) -> None:
    found = reread(keep(tmp_path / "tape", SAID))
    assert (found.frames, found.connections, found.differing, found.untaped) == (len(SAID), 1, 0, 0)
    assert found.same == found.inputs > 100


def test_frames_lie_in_the_archive_as_they_came(tmp_path: Path) -> None:
    run = keep(tmp_path / "tape", SAID)
    before, read = list(frames_of(run)), reread(run)
    assert [each.payload for each in before] == SAID
    assert [each.number for each in before] == list(range(len(SAID)))
    keep_archive(tmp_path, ArchiveSettings(), LATER)
    assert list(run.glob("*")) == []
    assert list(frames_of(run)) == before
    again = reread(run)
    assert (again.inputs, again.same, again.differing) == (read.inputs, read.same, 0)
    assert prove(tmp_path / "archive").is_right


def test_a_frame_of_which_something_else_came_is_named(tmp_path: Path) -> None:
    run = keep(tmp_path / "tape", SAID)
    other = keep(tmp_path / "other", [each.replace(b'"0.3300"', b'"0.3400"') for each in SAID])
    for part in other.glob("*.frames"):
        part.replace(run / part.name)
    found = reread(run)
    assert found.differing == sum(b'"0.3300"' in each for each in SAID) > 5
    assert found.first[0].startswith("frame ")


def test_a_run_without_frames_says_so(tmp_path: Path) -> None:
    run = keep(tmp_path / "tape", SAID)
    for part in run.glob("*.frames"):
        part.unlink()
    with pytest.raises(BadInput, match="has kept no frames"):
        reread(run)
