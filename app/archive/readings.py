"""Reads runs back from the archive: the very frames that were on the tape."""

import heapq
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pyarrow.parquet as pq

from app.archive.manifests import Contents, Dataset, Part, read_manifest
from app.archive.shelves import Group, groups_of, reading
from app.archive.tapes import Frame, Header, Piece
from app.domain.frames import RawFrame
from app.domain.inputs import Input

_INPUT = msgspec.msgpack.Decoder(Input)


class Check(NamedTuple):
    """A piece of the tape, without its inputs."""

    first: int
    inputs: int  # how many
    decided: str


def read_part(folder: Path, run: str, number: int) -> Iterator[Frame]:
    """The header and the pieces of a part that the archive has. A piece of which something was pruned is left out, as a
    hole. Raises FileNotFoundError when a file that the manifest names is not there."""
    with reading(folder):
        contents = read_manifest(folder)
        part = contents.parts[run][number]
        if part.tape_format:
            yield Header(part.tape_format, part.world, run, part.part, part.patience)
            yield from _pieces(folder, contents, part)


def read_frames(folder: Path, run: str) -> Iterator[RawFrame]:
    """What venues said in a run, as far as the archive has it."""
    columns = ("number", "sequence", "received_at", "venue", "connection", "body")
    with reading(folder):
        for described, _ in read_manifest(folder).of_run("frames", run):
            with pq.ParquetFile(folder / described.name) as file:
                for group in groups_of(file):
                    if group.run == run:
                        table = file.read_row_group(group.place, columns=list(columns))
                        table = table.set_column(2, "received_at", table["received_at"].cast("int64"))
                        yield from map(RawFrame, *(table[name].to_pylist() for name in columns))


def checks_of(folder: Path, contents: Contents, part: Part) -> list[Check]:
    """The pieces of a part that are still there, in order."""
    columns = ("first", "count", "decided", "part")
    with _opened(folder, contents, "checks", part) as files:
        rows = [row for file in files for group in groups_in(file, part) for row in values_of(file, group, columns)]
    return sorted(Check(*row[:3]) for row in rows if row[3] == part.part)


def groups_in(file: pq.ParquetFile, part: Part) -> Iterator[Group]:
    """Row groups with rows of a part, and maybe of others of its run."""
    return (one for one in groups_of(file) if one.run == part.run and one.first <= part.last and one.last >= part.first)


def values_of(file: pq.ParquetFile, group: Group, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Rows of a group, with these columns."""
    table = file.read_row_group(group.place, columns=list(columns))
    return zip(*(table[name].to_pylist() for name in columns), strict=True)


def _pieces(folder: Path, contents: Contents, part: Part) -> Iterator[Piece]:
    checks = checks_of(folder, contents, part)
    with _opened(folder, contents, "inputs", part) as files:
        inputs = heapq.merge(*(_inputs_of(file, part) for file in files))
        following = next(inputs, None)
        for check in checks:
            end, bodies = check.first + check.inputs, list[bytes]()
            while following is not None and following[0] < end:
                if following[0] >= check.first:
                    bodies.append(following[1])
                following = next(inputs, None)
            if len(bodies) == check.inputs:
                yield Piece(check.first, tuple(map(_INPUT.decode, bodies)), check.decided)


def _inputs_of(file: pq.ParquetFile, part: Part) -> Iterator[tuple[int, bytes]]:
    """Number and body of each, in order."""
    for group in groups_in(file, part):
        yield from values_of(file, group, ("sequence", "body"))


@contextmanager
def _opened(folder: Path, contents: Contents, dataset: Dataset, part: Part) -> Iterator[list[pq.ParquetFile]]:
    """The files with rows of a part."""
    found = contents.of_run(dataset, part.run)
    names = [file.name for file, span in found if span.first <= part.last and span.last >= part.first]
    with ExitStack() as opened:
        yield [opened.enter_context(pq.ParquetFile(folder / name)) for name in names]
