"""Rounds of the archive that are killed at each step, one after another, by a process that only forks.

`python -m tests.app.archive.killing FOLDER` prints how many steps there were; exit code 1 when anything was lost, or is
there twice.
"""

import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

from pydantic import SecretStr

from app.archive import manifests, merges
from app.archive.keeping import keep_archive
from app.archive.proofs import prove
from app.archive.tapes import Frame
from app.clock import moment_of
from app.settings import ArchiveSettings
from tests.app.archive.evenings import frames, record, replayed
from tests.app.pipeline.cores import START

NOW = moment_of(START) + timedelta(hours=1)
MOST = 500  # steps


class Dies:
    """Kills its own process at one step."""

    def __init__(self, step: int) -> None:
        self.left = step

    def __call__(self, reached: str) -> None:
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1


class Before(NamedTuple):
    """A run before anything was done with it."""

    frames: list[Frame]
    hash: str


def main(folder: Path) -> int:
    """Each step, on a copy of its own."""
    merges.FEWEST, manifests.MOST_LINES = 2, 4
    whole = folder / "whole"
    run = record(whole / "tape", many=60, parts=2, games=1)
    before = Before(frames(run), replayed(run).hash)
    for step in range(MOST):
        data = folder / "killed"
        shutil.copytree(whole, data)
        was_killed = not forked(partial(keep_until, data, step))
        if not forked(partial(is_whole, data, before)):
            print(f"killed at step {step}: something was lost, or is there twice")
            return 1
        if not forked(partial(is_put_away, data, before)):
            print(f"killed at step {step}: it is not done after all")
            return 1
        shutil.rmtree(data)
        if not was_killed:
            print(step)
            return 0
    return 1


def keep_until(data: Path, step: int) -> bool:
    keep_archive(data, settings_of(data), NOW, Dies(step))
    return True


def is_whole(data: Path, before: Before) -> bool:
    """The run is what it was, wherever it lies."""
    run = data / "tape" / "run"
    return before == Before(frames(run), replayed(run).hash)


def is_put_away(data: Path, before: Before) -> bool:
    """After another round it is all in the archive, here and elsewhere, and nothing else is."""
    keep_archive(data, settings_of(data), NOW)
    here, there = (files_of(data / name) for name in ("archive", "elsewhere"))
    is_right = prove(data / "archive").is_right and prove(data / "elsewhere").is_right
    return is_right and here == there and not list((data / "tape" / "run").glob("*")) and is_whole(data, before)


def settings_of(data: Path) -> ArchiveSettings:
    return ArchiveSettings(target=SecretStr(f"file://{data}/elsewhere"))


def files_of(archive: Path) -> dict[str, bytes]:
    return {file.relative_to(archive).as_posix(): file.read_bytes() for file in archive.glob("*/*/*/*")}


def forked(work: Callable[[], bool]) -> bool:
    """Whether it was done, and well, by a process of its own."""
    child = os.fork()
    if child == 0:
        done = False
        try:
            done = work()
        except Exception:
            traceback.print_exc()
        finally:
            os._exit(0 if done else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
