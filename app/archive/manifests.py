"""What is in the archive: one line for each step that was carried out, and nothing counts that no line names.

A step is one line, written and synced before anything is taken away because of it; a line that was cut off is a step
that was not carried out. So a part of a tape is in the archive or it is not, and never twice.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Literal

import msgspec

from app.domain.parsing import NOT_READABLE
from app.errors import BadInput

MANIFEST = "manifest.jsonl"
MOST_LINES = 2_000  # then it is written anew, as one
SCHEMA = 1  # version of the files' columns

Dataset = Literal["inputs", "quotes", "signals", "decisions", "checks", "frames"]
Why = Literal["archived", "merged", "pruned", "carried", "summary"]


class Span(msgspec.Struct, frozen=True):
    """Rows of one run in a file, by their number; those between that are not there are in other files."""

    run: str
    first: int
    last: int
    rows: int


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A file that counts. `name`: its path in the archive; `began`, `ended`: of its first and last row; `since`: when
    the newest of its rows came into the archive; all in nanoseconds."""

    name: str
    dataset: Dataset
    date: str
    league: str
    spans: tuple[Span, ...]
    rows: int
    began: int
    ended: int
    since: int
    bytes: int
    hash: str  # SHA-256, hexadecimal
    schema: int = SCHEMA


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a tape that is in the archive, with what its header says. `first`, `last`: numbers of its inputs;
    `gaps`: those that are missing before and in it; `tape_format`: of the tape that it was."""

    run: str
    part: int
    tape_format: int
    world: str
    patience: int
    pieces: int
    inputs: int
    first: int
    last: int  # -1: there are none up to here
    gaps: tuple[tuple[int, int], ...] = ()


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line. `gone`: files that no longer count, here or at `target`, which is named by its fingerprint; `carried`:
    those that are there."""

    number: int
    why: Why
    at: str
    files: tuple[File, ...] = ()
    parts: tuple[Part, ...] = ()
    gone: tuple[str, ...] = ()
    carried: tuple[str, ...] = ()
    target: str = ""


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Step)


class Contents:
    """What all steps together have left."""

    def __init__(self, steps: Iterable[Step] = ()) -> None:
        self.last_step = -1
        self.lines = 0
        self.files: dict[str, File] = {}
        self.parts: defaultdict[str, dict[int, Part]] = defaultdict(dict)  # by run and number
        self.carried: defaultdict[str, set[str]] = defaultdict(set)  # by target
        self.merged_away: defaultdict[str, set[str]] = defaultdict(set)  # of those, the ones to be taken away there
        for step in steps:
            self.take(step)

    def take(self, step: Step) -> None:
        """This came next."""
        if step.why == "summary":
            self.files.clear()
            self.parts.clear()
        self.last_step = step.number
        self.lines += 1
        self.files.update({file.name: file for file in step.files})
        for part in step.parts:
            self.parts[part.run][part.part] = part
        if step.why == "carried":
            self.carried[step.target].update(step.carried)
            self.merged_away[step.target].difference_update(step.gone)
        else:
            self._let_go(step)

    def _let_go(self, step: Step) -> None:
        for name in step.gone:
            self.files.pop(name, None)
            for target, names in self.carried.items():
                if name in names and step.why == "merged":
                    self.merged_away[target].add(name)
                names.discard(name)

    @property
    def bytes(self) -> int:
        """Of all files."""
        return sum(file.bytes for file in self.files.values())

    def of_run(self, dataset: Dataset, run: str) -> list[tuple[File, Span]]:
        """Files with rows of it, the first ones first."""
        spans = [(file, span) for file in self.files.values() for span in file.spans if file.dataset == dataset]
        return sorted(((file, span) for file, span in spans if span.run == run), key=lambda found: found[1].first)


class Manifest:
    """The steps of one archive; one process at a time writes it, and holds the archive's lock."""

    def __init__(self, folder: Path) -> None:
        """Raises BadInput when a line is no step of ours."""
        self._path = folder / MANIFEST
        steps, self._size = _lines(self._path)
        self.contents = Contents(steps)

    @property
    def next_number(self) -> int:
        """Of the next step; the files that it will name are called so."""
        return self.contents.last_step + 1

    def take(self, step: Step) -> None:
        """Carry it out: from here on it has happened."""
        with self._path.open("r+b" if self._path.exists() else "xb") as file:
            file.truncate(self._size)  # what was cut off
            file.seek(self._size)
            self._size += file.write(_ENCODER.encode(step) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        sync_folder(self._path.parent)
        self.contents.take(step)

    def shorten(self, at: str, reached: Callable[[str], None]) -> None:
        """Write all of it as a few lines, when it has become long. Parts of which nothing is left are forgotten."""
        now = self.contents
        if now.lines <= MOST_LINES or any(now.merged_away.values()):
            return
        runs = {span.run for file in now.files.values() for span in file.spans}
        parts = tuple(part for run in sorted(runs) for part in now.parts[run].values())
        steps = [Step(number=self.next_number, why="summary", at=at, files=tuple(now.files.values()), parts=parts)]
        for target, names in now.carried.items():
            number = steps[-1].number + 1
            steps.append(Step(number=number, why="carried", at=at, carried=tuple(sorted(names)), target=target))
        new = self._path.with_suffix(".new")
        with new.open("wb") as file:
            self._size = file.write(b"".join(_ENCODER.encode(step) + b"\n" for step in steps))
            file.flush()
            os.fsync(file.fileno())
        reached("shorter manifest written")
        new.rename(self._path)
        sync_folder(self._path.parent)
        reached("shorter manifest named")
        self.contents = Contents(steps)


def read_manifest(folder: Path) -> Contents:
    """What is in an archive; nothing where there is none. Raises BadInput."""
    return Contents(_lines(folder / MANIFEST)[0])


def archived_parts(folder: Path, run: str) -> Mapping[int, Part]:
    """The parts of a run that are in the archive, by number."""
    return read_manifest(folder).parts.get(run, {})


def holes(spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """What lies between spans of numbers, which are given in order."""
    between = ((before[1] + 1, after[0] - 1) for before, after in pairwise(spans))
    return tuple((first, last) for first, last in between if first <= last)


def sync_folder(folder: Path) -> None:
    """Names that were given or taken away in it last from here on."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _lines(path: Path) -> tuple[list[Step], int]:
    """The whole lines, and how many bytes they have."""
    if not path.is_file():
        return [], 0
    content = path.read_bytes()
    size = content.rfind(b"\n") + 1
    try:
        return [_DECODER.decode(line) for line in content[:size].split(b"\n")[:-1]], size
    except NOT_READABLE as error:
        raise BadInput(f"{path} is no manifest that this version can read: {error}") from None
