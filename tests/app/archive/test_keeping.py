"""A run that was put into the archive is the run that was taped."""

from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.archive.keeping import Kept, keep_archive
from app.archive.manifests import read_manifest
from app.archive.proofs import prove
from app.archive.tapes import Piece, TapeWriter, read_decided
from app.clock import moment_of
from app.domain.prices import Quote
from app.domain.signals import Judged
from app.errors import BadInput
from app.settings import ArchiveSettings
from tests.app.archive.evenings import KEEP, PATIENCE, changes, frames, opening, pieces, record, replayed
from tests.app.pipeline.cores import START

NOW = moment_of(START) + timedelta(hours=1)


def keep(data: Path, at: datetime = NOW, **given: object) -> Kept:
    return keep_archive(data, ArchiveSettings(**given), at)  # type: ignore[arg-type]


def test_a_run_comes_back_frame_by_frame_and_is_decided_as_it_was(tmp_path: Path) -> None:
    run = record(tmp_path / "tape")
    before, decided = frames(run), replayed(run)
    done = keep(tmp_path)
    assert (done.parts, done.inputs, done.left) == (4, 416, 0)
    assert list(run.glob("*")) == []
    assert frames(run) == before == frames(tmp_path / "archive" / run.name)
    again = replayed(run)
    assert again.same
    assert (again.hash, again.inputs) == (decided.hash, 416)
    assert prove(tmp_path / "archive").is_right


def test_quotes_signals_and_decisions_are_what_was_decided(tmp_path: Path) -> None:
    run = record(tmp_path / "tape")
    decided = [said for part in sorted(run.glob("*.tape")) for each in read_decided(part) for said in each.decisions]
    keep(tmp_path, decisions=True)
    rows = rows_of(tmp_path, "quotes")
    quotes = [(number, each) for number, each in enumerate(decided) if isinstance(each, Quote)]
    assert [(row["number"], row["contract_id"], row["bid"], row["ask"], row["doubt"]) for row in rows] == [
        (number, each.contract_id, each.bid, each.ask, each.doubt) for number, each in quotes
    ]
    assert {row["game_id"] for row in rows} == {"401", "402"}
    assert {moment_of(each.received_at) for _, each in quotes} == {row["received_at"] for row in rows}
    judged = [each for each in decided if isinstance(each, Judged)]
    signals = rows_of(tmp_path, "signals")
    assert len(judged) > 1
    assert [msgspec.msgpack.decode(row["body"], type=Judged) for row in signals] == judged
    assert [row["cost"] for row in signals] == [each.signal.cost for each in judged]
    assert [row["number"] for row in rows_of(tmp_path, "decisions")] == list(range(len(decided)))


def rows_of(data: Path, dataset: str) -> list[dict[str, object]]:
    """In the order of their numbers."""
    contents = read_manifest(data / "archive")
    names = [file.name for file in contents.files.values() if file.dataset == dataset]
    rows = [row for name in names for row in pq.read_table(data / "archive" / name, partitioning=None).to_pylist()]
    return sorted(rows, key=lambda row: row["number"])


def test_files_lie_by_date_and_league(tmp_path: Path) -> None:
    record(tmp_path / "tape", many=200, seconds=300)
    keep(tmp_path)
    table = pq.read_table(tmp_path / "archive" / "inputs")
    assert set(table["league"].to_pylist()) == {"nba", "nhl", "all"}
    assert {f"{date}" for date in table["date"].to_pylist()} == {"2025-11-24", "2025-11-25"}
    assert table.num_rows == 216


def test_a_part_that_is_written_stays_and_is_read_behind_those_that_were_put_away(tmp_path: Path) -> None:
    writer = TapeWriter(tmp_path / "tape", "run", "simulated", PATIENCE, KEEP)
    told = list(pieces([*opening(), *changes(100)], 20))
    for piece in told[:3]:
        writer.write(piece)
    writer.close()
    for piece in told[3:]:
        writer.write(piece)
    run = tmp_path / "tape" / "run"
    before = frames(run)
    assert keep(tmp_path).parts == 1
    assert [part.name for part in run.glob("*.tape")] == ["00001.tape"]
    assert frames(run) == before
    writer.close()
    assert keep(tmp_path).parts == 1
    assert frames(run) == before


def test_holes_are_known(tmp_path: Path) -> None:
    writer = TapeWriter(tmp_path / "tape", "run", "simulated", PATIENCE, KEEP)
    told = list(pieces([*opening(), *changes(130)], 20))
    for number in (0, 1, 4):
        writer.write(told[number])
    writer.close()
    writer.write(told[6])
    writer.close()
    keep(tmp_path)
    assert prove(tmp_path / "archive").gaps == {"run": [(40, 79), (100, 119)]}


def test_small_files_are_merged_and_nothing_else_changes(tmp_path: Path) -> None:
    runs = [record(tmp_path / "tape", f"run-{number}", parts=5, many=200) for number in (2, 1)]
    before = [frames(run) for run in runs]
    done = keep(tmp_path)
    assert done.merged > 30
    assert done.files == 7  # inputs of two leagues and of none, quotes of two, signals of one, checks
    assert [frames(run) for run in runs] == before
    assert prove(tmp_path / "archive").is_right
    assert len(list((tmp_path / "archive").glob("*/*/*/*.parquet"))) == done.files
    for file in (tmp_path / "archive" / "inputs").glob("*/*/*.parquet"):
        rows = pq.read_table(file, partitioning=None).select(["run", "sequence"]).to_pylist()
        assert rows == sorted(rows, key=lambda row: (row["run"], row["sequence"]))


@settings(max_examples=8)
@given(many=st.integers(0, 120), each=st.integers(1, 40), parts=st.integers(1, 4))
def test_whatever_is_taped_is_read(tmp_path_factory: pytest.TempPathFactory, many: int, each: int, parts: int) -> None:
    data = tmp_path_factory.mktemp("data")
    run = record(data / "tape", many=many, each=each, parts=parts)
    before = frames(run)
    keep(data)
    assert frames(run) == before


def test_the_oldest_go_first_and_what_is_left_of_a_run_is_a_hole(tmp_path: Path) -> None:
    run = record(tmp_path / "tape", many=200, seconds=900)  # two days
    whole = frames(run)
    keep(tmp_path)
    record(tmp_path / "tape", "later")
    done = keep(tmp_path, NOW + timedelta(hours=1))
    assert keep(tmp_path, NOW + timedelta(hours=2), keep=done.bytes * 2 // 3).pruned
    left = frames(run)
    assert 1 < len(left) < len(whole)
    assert [each for each in left if isinstance(each, Piece)] == [
        each for each in whole if isinstance(each, Piece) and each in left
    ]
    proof = prove(tmp_path / "archive")
    assert proof.is_right
    assert proof.pruned_inputs
    assert frames(tmp_path / "tape" / "later")
    keep(tmp_path, NOW + timedelta(hours=24, minutes=30), keep_for=timedelta(days=1))
    assert {span.run for file in read_manifest(tmp_path / "archive").files.values() for span in file.spans} == {"later"}
    assert keep(tmp_path, keep=0).files == 0
    assert list((tmp_path / "archive").glob("*/*/*/*")) == []


def test_what_is_no_tape_of_ours_stays_where_it_is(tmp_path: Path) -> None:
    run = record(tmp_path / "tape", parts=1)
    (other := tmp_path / "tape" / "another").mkdir()
    (other / "00000.tape").write_bytes(b"no tape of ours at all, only words in a row")
    done = keep(tmp_path)
    assert (done.parts, done.left) == (1, 1)
    assert (other / "00000.tape").exists()
    assert len(frames(run)) > 1


def test_a_part_that_was_cut_off_is_kept_as_far_as_it_goes(tmp_path: Path) -> None:
    run = record(tmp_path / "tape", parts=1)
    part = run / "00000.tape"
    part.write_bytes(part.read_bytes()[:-10])
    beside = part.with_suffix(".decided")
    beside.write_bytes(beside.read_bytes()[:-500])
    before = frames(run)
    keep(tmp_path)
    assert frames(run) == before


def test_changed_and_missing_files_are_found(tmp_path: Path) -> None:
    record(tmp_path / "tape")
    keep(tmp_path)
    one, other = sorted((tmp_path / "archive" / "inputs").glob("*/*/*.parquet"))[:2]
    content = bytearray(one.read_bytes())
    content[40] ^= 1
    one.write_bytes(content)
    other.unlink()
    proof = prove(tmp_path / "archive")
    assert not proof.is_right
    assert sum("is not there" in wrong for wrong in proof.wrong) == 1
    assert sum("its hash is another" in wrong for wrong in proof.wrong) == 1


def test_a_line_that_was_cut_off_did_not_happen(tmp_path: Path) -> None:
    run = record(tmp_path / "tape", parts=1)
    before = frames(run)
    keep(tmp_path)
    with (tmp_path / "archive" / "manifest.jsonl").open("ab") as file:
        file.write(b'{"number":7,"why":"pruned","gone":[')
    record(tmp_path / "tape", "later", parts=1)
    keep(tmp_path)
    assert frames(run) == before
    assert prove(tmp_path / "archive").is_right


def test_a_manifest_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "manifest.jsonl").write_text("words\n")
    with pytest.raises(BadInput, match="no manifest"):
        prove(tmp_path / "archive")


def test_a_long_manifest_becomes_a_short_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.archive.manifests.MOST_LINES", 3)
    run = record(tmp_path / "tape")
    before = frames(run)
    keep(tmp_path)
    assert read_manifest(tmp_path / "archive").lines == 1
    assert frames(run) == before
    record(tmp_path / "tape", "later")
    keep(tmp_path)
    assert prove(tmp_path / "archive").is_right
    assert frames(run) == before
