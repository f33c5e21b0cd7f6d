"""Files of the archive: whole and proved before they have their name, and counted only when the manifest names them."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock
from hashlib import file_digest
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from app.archive.layouts import LAYOUTS
from app.archive.manifests import Dataset, File, Manifest, Span, sync_folder
from app.errors import Conflict, CrosscourtError

COMPRESSION_LEVEL = 3  # of zstd
NEW = ".new"
WRITING, READING = ".writing", ".reading"  # locks: one writes; while somebody reads nothing is taken away


class Spoilt(CrosscourtError):
    """What was written to the archive is not what was read from it again."""

    remedy = "Look at the disk: nothing was counted, and the tape it was made from is where it was."


class Partition(NamedTuple):
    """Where rows of one kind lie together."""

    dataset: Dataset
    date: str
    league: str

    @property
    def folder(self) -> str:
        """As its name says what is in it, and tools know."""
        return f"{self.dataset}/date={self.date}/league={self.league}"


class Shelf:
    """The archive as one process writes it. `reached`: is told of each thing that lasts from there on."""

    def __init__(self, folder: Path, reached: Callable[[str], None] = lambda _: None) -> None:
        self.folder = folder
        self.manifest = Manifest(folder)
        self.reached = reached
        self._files = 0

    def put(self, partition: Partition, table: pa.Table, since: int) -> File:
        """A file of rows of one run, in order of their number. `since`: nanoseconds. Raises Spoilt, OSError."""
        return self.put_tables(partition, lambda: iter((table,)), since)

    def put_tables(self, partition: Partition, tables: Callable[[], Iterator[pa.Table]], since: int) -> File:
        """The same of several tables, which are read twice: to write them, and to compare."""
        name = f"{partition.folder}/{self.manifest.next_number:08d}-{self._files:04d}.parquet"
        self._files += 1
        place = self.folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        new = place.with_name(place.name + NEW)
        _write(new, partition.dataset, tables())
        self.reached(f"written {name}")
        file = _proved(new, name, partition, tables(), since)
        new.rename(place)
        sync_folder(place.parent)
        self.reached(f"named {name}")
        return file

    def sweep(self) -> int:
        """Take away what no line names, unless somebody reads now; how many files."""
        with suppress(BlockingIOError), locked(self.folder / READING, LOCK_EX | LOCK_NB):
            known = self.manifest.contents.files
            found = [path for dataset in LAYOUTS for path in self.folder.glob(f"{dataset}/date=*/league=*/*")]
            lost = [path for path in found if path.relative_to(self.folder).as_posix() not in known]
            for path in lost:
                path.unlink()
                self.reached(f"swept {path.name}")
                with suppress(OSError):  # others lie there
                    path.parent.rmdir()
                    path.parent.parent.rmdir()
            return len(lost)
        return 0


@contextmanager
def locked(path: Path, kind: int) -> Iterator[None]:
    """Hold a lock while the block lasts; who is killed lets it go too. Raises BlockingIOError when another has it."""
    with path.open("ab") as file:
        flock(file, kind)
        yield


@contextmanager
def opened_shelf(folder: Path, reached: Callable[[str], None] = lambda _: None) -> Iterator[Shelf]:
    """The archive, for the one process that writes it. Raises Conflict when another one does."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with locked(folder / WRITING, LOCK_EX | LOCK_NB):
            yield Shelf(folder, reached)
    except BlockingIOError:
        raise Conflict("another process writes this archive now", remedy="Wait until it has ended.") from None


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """No file is taken away while the block lasts. Nothing was put away yet: an empty archive reads as one."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(folder / READING, LOCK_SH):
        yield


class Group(NamedTuple):
    """A row group, whose rows are all of one run."""

    run: str
    first: int
    last: int
    place: int  # in its file


def groups_of(file: pq.ParquetFile) -> list[Group]:
    """All of a file, in its order."""
    found = []
    for index in range(file.metadata.num_row_groups):
        run, number = (file.metadata.row_group(index).column(place).statistics for place in (0, 1))
        found.append(Group(run.min, number.min, number.max, index))
    return found


def _write(new: Path, dataset: Dataset, tables: Iterator[pa.Table]) -> None:
    layout = LAYOUTS[dataset]
    with new.open("wb") as file:
        with pq.ParquetWriter(
            file,
            layout.schema,
            compression="zstd",
            compression_level=COMPRESSION_LEVEL,
            use_dictionary=layout.words,
            column_encoding=layout.counting,
            write_page_checksum=True,
        ) as writer:
            for table in tables:
                writer.write_table(table, row_group_size=table.num_rows)
        file.flush()
        os.fsync(file.fileno())


def _proved(new: Path, name: str, partition: Partition, tables: Iterator[pa.Table], since: int) -> File:
    """Read again, every column of every row, and described."""
    layout, spans, ends = LAYOUTS[partition.dataset], dict[str, Span](), list[int]()
    with pq.ParquetFile(new, page_checksum_verification=True) as read:
        for group, table in enumerate(tables):
            if not read.read_row_group(group).equals(table):
                raise Spoilt(f"{name} does not hold what was written to it")
            _extend(spans, table, layout.number)
            ends += pc.min_max(table[layout.moment].cast(pa.int64())).as_py().values()
        rows = read.metadata.num_rows
    if rows != sum(span.rows for span in spans.values()):
        raise Spoilt(f"{name} holds more than was written to it")
    with new.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    return File(
        name=name,
        **partition._asdict(),
        spans=tuple(spans.values()),
        rows=rows,
        began=min(ends),
        ended=max(ends),
        since=since,
        bytes=new.stat().st_size,
        hash=digest,
    )


def _extend(spans: dict[str, Span], table: pa.Table, number: str) -> None:
    """By a table, whose rows are all of one run."""
    run, numbers = table["run"][0].as_py(), table[number]
    first, last = numbers[0].as_py(), numbers[-1].as_py()
    before = spans.get(run)
    if before is not None:
        spans[run] = Span(run, before.first, last, before.rows + table.num_rows)
    else:
        spans[run] = Span(run, first, last, table.num_rows)
