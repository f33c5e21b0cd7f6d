"""Makes few large files out of many small ones of the same partition, when enough have come together."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from itertools import groupby

import pyarrow as pa
import pyarrow.parquet as pq

from app.archive.manifests import File, Step
from app.archive.shelves import Partition, Shelf, groups_of

FEWEST = 8  # files of one partition
MOST = 256  # at once
LARGE = 64 * 1024 * 1024  # bytes; a file of this size stays as it is
GROUP_ROWS = 131_072  # of a row group, unless its run ends


def merge_small(shelf: Shelf, at: datetime) -> int:
    """Merge where there are as many, one partition a step; how many files are no more. Raises Spoilt, OSError."""
    small: defaultdict[Partition, list[File]] = defaultdict(list)
    for file in shelf.manifest.contents.files.values():
        if file.bytes < LARGE:
            small[Partition(file.dataset, file.date, file.league)].append(file)
    many = 0
    for partition, files in sorted(small.items()):
        if len(files) >= FEWEST:
            _merge(shelf, partition, files[:MOST], at)
            many += len(files[:MOST])
    return many


def _merge(shelf: Shelf, partition: Partition, files: Sequence[File], at: datetime) -> None:
    since = max(file.since for file in files)
    merged = shelf.put_tables(partition, lambda: _tables(shelf, files), since)
    gone = tuple(file.name for file in files)
    number = shelf.manifest.next_number
    shelf.manifest.take(Step(number=number, why="merged", at=at.isoformat(), files=(merged,), gone=gone))
    shelf.reached(f"merged {merged.name}")


def _tables(shelf: Shelf, files: Sequence[File]) -> Iterator[pa.Table]:
    """Their rows by run and number, in large groups of one run each."""
    with ExitStack() as opened:
        read = [opened.enter_context(pq.ParquetFile(shelf.folder / file.name)) for file in files]
        groups = sorted((group, number) for number, file in enumerate(read) for group in groups_of(file))
        for _, of_run in groupby(groups, key=lambda found: found[0].run):
            yield from _gathered(read[number].read_row_group(group.place) for group, number in of_run)


def _gathered(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    some: list[pa.Table] = []
    for table in tables:
        some.append(table)
        if sum(one.num_rows for one in some) >= GROUP_ROWS:
            yield pa.concat_tables(some)
            some = []
    if some:
        yield pa.concat_tables(some)
