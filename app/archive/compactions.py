"""Puts the complete parts of tapes into the archive, and takes a part away when it is there, proved and durable."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from time import time

import pyarrow as pa

from app.archive.manifests import File, Part, Step, holes
from app.archive.places import keep_places, read_places
from app.archive.rows import Rows
from app.archive.shelves import Partition, Shelf
from app.archive.tapes import (
    BESIDE,
    NEW_SUFFIX,
    SUFFIX,
    Decided,
    Header,
    number_of,
    read_decided,
    read_part,
    read_said,
)
from app.clock import nanos_of
from app.errors import BadInput

LEFT_BEHIND = 3_600.0  # seconds; what nobody has touched for so long belongs to no writer


def complete_parts(tapes: Path) -> list[Path]:
    """Those that nobody writes any more, in the order in which they must be put into the archive."""
    parts = [part for part in tapes.glob(f"*/*{SUFFIX}") if number_of(part) >= 0]
    return [part for part in sorted(parts) if _is_complete(part)]


def put_away(shelf: Shelf, part: Path, at: datetime, *, keeps_decisions: bool = False) -> Part | None:
    """Put a part into the archive and take it away; None when it is no part of ours, and stays where it is. What is
    there already is only taken away. Raises Spoilt, OSError."""
    known = shelf.manifest.contents.parts[part.parent.name].get(number_of(part))
    try:
        described = known or _archive(shelf, part, at, keeps_decisions)
    except BadInput:  # of another format, or no tape at all
        return None
    for suffix in BESIDE:
        part.with_suffix(suffix).unlink(missing_ok=True)
    shelf.reached(f"let go of what lay beside {part.name}")
    part.unlink(missing_ok=True)
    shelf.reached(f"let go of {part.name}")
    return described


def tidy(tapes: Path, places: Path) -> None:
    """Take away what belongs to no part and no run any more."""
    before = time() - LEFT_BEHIND
    for suffix in (*BESIDE, NEW_SUFFIX):
        for path in tapes.glob(f"*/*{suffix}"):
            if path.stat().st_mtime < before and not path.with_suffix(SUFFIX).exists():
                path.unlink()
    for folder in tapes.glob("*"):
        if folder.is_dir() and folder.stat().st_mtime < before:
            with suppress(OSError):  # something lies in it
                folder.rmdir()
    for path in places.glob("*"):
        if path.stat().st_mtime < before and not (tapes / path.stem).exists():
            path.unlink()


def _archive(shelf: Shelf, part: Path, at: datetime, keeps_decisions: bool) -> Part:
    run, files = part.parent.name, list[File]()
    kept_places = shelf.folder / "places" / f"{run}.json"
    places = read_places(kept_places)

    def put(partition: Partition, table: pa.Table) -> None:
        files.append(shelf.put(partition, table, nanos_of(at)))

    rows = Rows(run, places, put, keeps_decisions=keeps_decisions)
    with _no_collecting():
        described = _describe(shelf, part, rows)
    keep_places(kept_places, places)
    shelf.reached("places kept")
    shelf.manifest.take(
        Step(
            number=shelf.manifest.next_number,
            why="archived",
            at=at.isoformat(),
            files=tuple(files),
            parts=(described,),
        )
    )
    shelf.reached(f"archived {part.name}")
    return described


def _describe(shelf: Shelf, part: Path, rows: Rows) -> Part:
    """Write the rows of a part, and say what it was."""
    frames, run = read_part(part), part.parent.name
    header = next(frames, None)
    if not isinstance(header, Header):
        header = None
    spans, decided = list[tuple[int, int]](), _Beside(read_decided(part))
    for frame in frames:
        if not isinstance(frame, Header):
            rows.take(frame, number_of(part))
            spans.append((frame.first, frame.first + len(frame.inputs) - 1))
            for said in decided.up_to(frame.first):
                rows.take_decided(said)
    for frames_said in read_said(part):
        rows.take_said(frames_said)
    rows.flush()
    before = _last_before(shelf, run, number_of(part))
    return Part(
        run=run,
        part=number_of(part),
        tape_format=header.format if header else 0,
        world=header.world if header else "",
        patience=header.patience if header else 0,
        pieces=len(spans),
        inputs=sum(last - first + 1 for first, last in spans),
        first=spans[0][0] if spans else before + 1,
        last=spans[-1][1] if spans else before,
        gaps=holes([(-1, before), *spans]),
    )


def _last_before(shelf: Shelf, run: str, part: int) -> int:
    """The number of the last input of the parts before this one; -1 when there is none."""
    return max((one.last for number, one in shelf.manifest.contents.parts[run].items() if number < part), default=-1)


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Rows are many and hold no circles: to look through them again and again would take a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Beside:
    """What was decided, beside the pieces. Either may be cut off earlier than the other."""

    def __init__(self, decided: Iterator[Decided]) -> None:
        self._decided = decided
        self._next = next(decided, None)

    def up_to(self, first: int) -> Iterator[Decided]:
        """What was decided upon pieces that begin there or before."""
        while self._next is not None and self._next.first <= first:
            yield self._next
            self._next = next(self._decided, None)


def _is_complete(part: Path) -> bool:
    with suppress(OSError), part.open("rb") as file:  # locked by who writes it; or let go of meanwhile
        flock(file, LOCK_EX | LOCK_NB)
        return True
    return False
