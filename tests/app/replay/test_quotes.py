"""Somebody's record of the tops of books."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from app.errors import BadInput
from app.replay.quotes import is_of_quotes, play_quotes

COLUMNS = ("contract", "bid", "ask", "bid_size", "ask_size", "time")
ROWS = [
    ("kalshi:KXNBA-A:yes", "0.40", "0.45", "10", "20", "2026-11-22T23:00:00+00:00"),
    ("kalshi:KXNBA-A:yes", "0.41", "0.45", "10", "20", "2026-11-22T23:00:01+00:00"),
    ("polymarket:77", "0.55", "", "10", "", "2026-11-22T23:00:02+00:00"),
]


def written(tape: Path, rows: Sequence[Sequence[str]] = ROWS) -> Path:
    named = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    if tape.suffix == ".parquet":
        parquet.write_table(pa.Table.from_pylist(named), tape)
    elif tape.suffix == ".csv":
        with tape.open("w", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(named)
    else:
        tape.write_text("\n".join(map(json.dumps, named)))
    return tape


def test_every_form_plays_to_one_hash(tmp_path: Path) -> None:
    found = [play_quotes(written(tmp_path / f"tape{suffix}")) for suffix in (".csv", ".jsonl", ".parquet")]
    assert {(one.quotes, one.books, one.snapshots, one.lasted) for one in found} == {(3, 2, 3, 2.0)}
    assert len({one.hash for one in found}) == 1


def test_a_row_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    tape = written(tmp_path / "tape.csv", [*ROWS, ("kalshi:B:yes", "dear", "", "", "", ROWS[0][-1])])
    assert is_of_quotes(tape)
    with pytest.raises(BadInput, match="row 4"):
        play_quotes(tape)


def test_other_files_are_no_quotes(tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("name,age\nsomebody,30\n")
    assert not is_of_quotes(other)
    assert not is_of_quotes(tmp_path)
