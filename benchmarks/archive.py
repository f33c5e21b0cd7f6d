"""G10: rows put into the archive, beside the same rows copied into Postgres.

Ours takes a complete part of a tape, reads it, sorts what was told and decided into Parquet files, writes, syncs, reads
and compares them, and takes the part away. The other side is asyncpg's COPY of the very same rows, ready as tuples,
into tables with the same columns and no index. Both in turn; microseconds of CPU a row, with those of Postgres.
"""

import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import process_time

import asyncpg
import psutil
import pyarrow.parquet as pq
import uvloop
from _rows import report
from sqlalchemy import make_url

from app.archive.keeping import keep_archive
from app.archive.manifests import read_manifest
from app.archive.tapes import TapeWriter
from app.domain.decisions import Taped
from app.domain.games import GameId
from app.domain.inputs import Added, Followed, Input, Snapshot
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.money import Price, Size
from app.domain.prices import CENT_GRID, MILLISECOND, SECOND, BookId, LaneId, Listed, Nanos
from app.embedded import embedded_servers
from app.pipeline import Pipeline
from app.settings import ArchiveSettings

BOOKS = 200
INPUTS = 100_000  # of one part
ROUNDS = 7
BEGAN = Nanos(1_764_000_000 * SECOND)
PATIENCE = 3_600 * SECOND
NOW = datetime(2025, 11, 25, tzinfo=UTC)
TYPES = {"int64": "bigint", "int32": "int", "string": "text", "binary": "bytea", "double": "float8", "bool": "bool"}


def told() -> list[Input]:
    """Books that are followed, and change."""
    found: list[Input] = []
    for number in range(BOOKS):
        book, yes, no = (f"kalshi:KXNBAGAME-26NOV22LALBOS-{number}{end}" for end in ("", ":yes", ":no"))
        market = MarketId(book.removeprefix("kalshi:"))
        listed = Listed(BookId(book), VenueId("kalshi"), market, GameId(f"{number}"), ContractId(yes), ContractId(no))
        levels = ((Price(4_000), Size(10**7)),), ((Price(4_500), Size(10**7)),)
        found.append(Followed(listed, CENT_GRID, BEGAN))
        found.append(Snapshot(BookId(book), LaneId("kalshi:1:19a"), *levels, BEGAN, BEGAN))
    for number in range(INPUTS):
        at = Nanos(BEGAN + number * MILLISECOND)
        cents = 35 + number % 6 if number % 3 else 40
        found.append(Added(found[2 * (number % BOOKS)].listed.book_id, True, Price(cents * 100), 10**6, at, at, number))  # type: ignore[union-attr]
    return found


def tape(data: Path, name: str, inputs: Sequence[Input], decisions: Sequence[object]) -> None:
    writer = TapeWriter(data / "tape", name, "simulated", PATIENCE, 10**10, keeps_decisions=True)
    writer.write(Taped(0, inputs, decisions))  # type: ignore[arg-type]
    writer.close()


def archived_rows(data: Path) -> Mapping[str, tuple[Mapping[str, str], list[tuple[object, ...]]]]:
    """Columns and rows of each dataset, as they are in the archive: times as nanoseconds."""
    found = {}
    for file in read_manifest(data / "archive").files.values():
        read = pq.read_table(data / "archive" / file.name, partitioning=None)
        columns = {field.name: TYPES.get(str(field.type), "bigint") for field in read.schema}
        values = [column.cast("int64") if "timestamp" in str(column.type) else column for column in read.columns]
        rows = list(zip(*(column.to_pylist() for column in values), strict=True))
        found.setdefault(file.dataset, (columns, []))[1].extend(rows)
    return found


async def copied(connection: asyncpg.Connection, rows: Mapping[str, tuple[object, list[tuple[object, ...]]]]) -> None:
    for dataset, (_, records) in rows.items():
        await connection.copy_records_to_table(dataset, records=records)


def spent(process: psutil.Process) -> float:
    """CPU seconds of Postgres, with whoever brings its rows to the disk."""
    times = [each.cpu_times() for each in (process, *process.children())]
    return float(sum(each.user + each.system for each in times))


async def compare(url: str, data: Path) -> None:
    core, inputs = Pipeline(PATIENCE), told()
    decisions = [said for one in inputs for said in core.apply(one)]
    tape(data, "first", inputs, decisions)
    keep_archive(data, ArchiveSettings(), NOW)  # uncounted, as the first of the others
    rows, address = archived_rows(data), make_url(url)
    many = sum(len(records) for _, records in rows.values())
    connection = await asyncpg.connect(user=address.username, database=address.database, host=address.query["host"])
    for dataset, (columns, _) in rows.items():
        await connection.execute(
            f"CREATE TABLE {dataset} ({', '.join(f'{name} {kind}' for name, kind in columns.items())})"
        )
    await copied(connection, rows)
    server = psutil.Process(await connection.fetchval("SELECT pg_backend_pid()")).parent()
    assert server is not None
    ours, theirs = [], []
    for number in range(ROUNDS):
        tape(data, f"run-{number}", inputs, decisions)
        began = process_time()
        keep_archive(data, ArchiveSettings(), NOW)
        ours.append(process_time() - began)
        began = process_time() + spent(server)
        await copied(connection, rows)
        theirs.append(process_time() + spent(server) - began)
    await connection.close()
    mine, others = (median(times) / many * 1e6 for times in (ours, theirs))
    report("G10", f"a row of {many:,} into the archive / copied into Postgres", mine, others, 2.0)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="crosscourt-bench-") as folder:
        data = Path(folder) / "data"
        with embedded_servers(data / "servers", postgres=True, valkey=False) as servers:
            assert servers.database_url is not None
            uvloop.run(compare(servers.database_url, data))
