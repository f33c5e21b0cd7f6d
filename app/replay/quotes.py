"""Tapes of quotes: somebody's record of the tops of books, in Parquet, CSV or JSON lines.

A row is `contract, bid, ask, bid_size, ask_size, time`: prices and sizes as decimal numbers, the time in ISO 8601 or in
nanoseconds since 1970; what nobody bids or asks is empty. The contract is named as everywhere here: `kalshi:...:yes`.
"""

import csv
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from pyarrow import ArrowInvalid, parquet

from app.clock import nanos_of
from app.domain.inputs import Followed, Snapshot
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.money import price, size
from app.domain.prices import FINEST_GRID, LaneId, Level, Listed, Nanos, book_id
from app.errors import BadInput
from app.replay.recordings import UNTOLD, Heard, Listener

COLUMNS = frozenset({"contract", "bid", "ask", "time"})
SUFFIXES = frozenset({".csv", ".jsonl", ".ndjson", ".parquet"})
ENOUGH = "1"  # contracts, where the tape says no size

Row = Mapping[str, object]


def is_of_quotes(tape: Path) -> bool:
    """Whether this is a tape of quotes, by its name and its first row."""
    if not tape.is_file() or tape.suffix not in SUFFIXES:
        return False
    try:
        return next(iter(_rows(tape)), {}).keys() >= COLUMNS
    except (msgspec.MsgspecError, ArrowInvalid, UnicodeDecodeError):
        return False


def play_quotes(tape: Path) -> Heard:
    """Tell them to an empty core. Raises BadInput naming the row that cannot be read."""
    listener, began, known = Listener(), time.perf_counter(), dict[str, Listed]()
    for number, row in enumerate(_rows(tape), 1):
        try:
            _tell(listener, row, known)
        except (KeyError, ValueError) as error:
            raise BadInput(f"{tape}: row {number} cannot be read: {error}", remedy="See docs/replay.md.") from None
    found = listener.heard(tape.name, "", time.perf_counter() - began)
    found.frames = found.snapshots
    return found


def _tell(listener: Listener, row: Row, known: dict[str, Listed]) -> None:
    at, name = _moment(row["time"]), str(row["contract"])
    listener.pass_time(at)
    listed = known.get(name)
    if listed is None:
        venue, _, market = name.partition(":")
        market_id = MarketId(market or name)
        book = book_id(VenueId(venue), market_id)
        listed = known[name] = Listed(book, VenueId(venue), market_id, UNTOLD, ContractId(name), None)
        listener.put(Followed(listed, FINEST_GRID, at))
    bids, asks = _level(row, "bid"), _level(row, "ask")
    listener.put(Snapshot(listed.book_id, LaneId(listed.venue), bids, asks, at, at))


def _level(row: Row, side: str) -> tuple[Level, ...]:
    written = row.get(side)
    if written in (None, ""):
        return ()
    return ((price(str(written)), size(str(row.get(f"{side}_size") or ENOUGH))),)


def _moment(written: object) -> Nanos:
    if isinstance(written, datetime):
        return nanos_of(written if written.tzinfo else written.replace(tzinfo=UTC))
    if isinstance(written, int) or str(written).isdecimal():
        return Nanos(int(str(written)))
    moment = datetime.fromisoformat(str(written))
    return nanos_of(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _rows(tape: Path) -> Iterator[Row]:
    if tape.suffix == ".parquet":
        yield from _rows_of_parquet(tape)
    elif tape.suffix == ".csv":
        with tape.open(newline="", encoding="utf-8") as file:
            yield from csv.DictReader(file)
    else:
        with tape.open("rb") as lines:
            yield from _decoded(lines)


def _rows_of_parquet(tape: Path) -> Iterator[Row]:
    for batch in parquet.ParquetFile(tape).iter_batches():
        yield from batch.to_pylist()


def _decoded(lines: Iterable[bytes]) -> Iterator[Row]:
    for line in lines:
        if line.strip():
            yield msgspec.json.decode(line, type=dict[str, object])
