"""The raw frames of a run, wherever they lie by now: beside the parts of its tape, or in the archive."""

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import cast

from app.archive.manifests import MANIFEST
from app.archive.tapes import FRAMES_SUFFIX, SUFFIX, read_said, shelf_of
from app.domain.frames import RawFrame


def frames_of(run: Path) -> Iterator[RawFrame]:
    """In the order in which they came: those in the archive are the older ones."""
    shelf, number = shelf_of(run), -1
    if (shelf / MANIFEST).is_file():
        for frame in _archived(shelf, run.name):
            number = frame.number
            yield frame
    for beside in sorted(run.glob(f"*{FRAMES_SUFFIX}")):
        for said in read_said(beside.with_suffix(SUFFIX)):
            yield from (frame for frame in said if frame.number > number)


def _archived(shelf: Path, run: str) -> Iterator[RawFrame]:
    """The archive's library is loaded with the first one."""
    read = cast("Callable[[Path, str], Iterator[RawFrame]]", import_module("app.archive.readings").read_frames)
    return read(shelf, run)
