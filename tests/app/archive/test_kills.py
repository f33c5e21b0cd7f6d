"""Whatever is killed, and whenever: what was taped is there, once."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.archive.tapes import Piece, read_tape
from tests.app.archive.evenings import frames, record

ROOT = Path(__file__).resolve().parents[3]
IN_MEMORY = Path("/dev/shm")


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where syncing costs nothing, if there is such a place: what is killed is a process, not the machine."""
    with tempfile.TemporaryDirectory(prefix="crosscourt-", dir=IN_MEMORY if IN_MEMORY.is_dir() else None) as name:
        yield Path(name)


@pytest.mark.slow
def test_a_round_that_is_killed_at_any_step_loses_nothing_and_doubles_nothing(folder: Path) -> None:
    command = [sys.executable, "-m", "tests.app.archive.killing", str(folder)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=110, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert int(ran.stdout) > 40


def test_a_compactor_that_is_killed_is_followed_by_one_that_ends(folder: Path) -> None:
    run = record(folder / "tape", many=1_500, parts=6)
    before = frames(run)
    command = [sys.executable, "-m", "app.cli", "archive", "compact", "--data-dir", str(folder)]
    killed = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while killed.poll() is None and not list((folder / "archive").glob("inputs/*/*/*")):
        os.sched_yield()
    killed.kill()
    killed.wait()
    assert frames(run) == before
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    assert list(run.glob("*")) == []
    assert frames(run) == before


def test_an_archiver_that_is_killed_loses_what_it_had_not_written_yet_and_nothing_older(folder: Path) -> None:
    command = [sys.executable, "-m", "tests.workers.archiving", str(folder)]
    archiver = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert archiver.stdout is not None
    written = [int(archiver.stdout.readline()) for _ in range(20)]  # of all inputs, after each round
    archiver.send_signal(signal.SIGKILL)
    written += map(int, archiver.communicate()[0].splitlines())
    (run,) = (folder / "tape").iterdir()
    taped = [frame for frame in read_tape(run) if isinstance(frame, Piece)]
    assert sum(len(piece.inputs) for piece in taped) >= written[-1] > 100
    assert [piece.first for piece in taped[1:]] == [piece.first + len(piece.inputs) for piece in taped[:-1]]
    before = frames(run)
    subprocess.run([*command[:2], "app.cli", "archive", "compact", "--data-dir", str(folder)], cwd=ROOT, check=True)
    assert frames(run) == before
    assert not list(run.glob("*.tape"))
