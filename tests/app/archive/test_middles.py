"""Middles of markets, read back from an archive that was really written."""

from datetime import UTC, datetime
from pathlib import Path

from app.archive.keeping import keep_archive
from app.archive.middles import read_middles
from app.archive.tapes import TapeWriter
from app.domain.decisions import Taped
from app.domain.inputs import Cut, Input
from app.domain.prices import SECOND, LaneId, Nanos
from app.pipeline import Pipeline
from app.settings import ArchiveSettings
from tests.app.prices.boards import added, at, followed, levels, snapshot

NOW = datetime(2026, 11, 23, tzinfo=UTC)
TOLD: tuple[Input, ...] = (
    followed(),
    snapshot(levels((40, 10)), levels((46, 10)), now=1_000),
    added(True, 42, 2, now=2_000),
    Cut(LaneId("kalshi:1"), "disconnected", at(3_000)),
    snapshot(levels((50, 10)), levels((52, 10)), now=4_000),
)


def archived(folder: Path) -> Path:
    core = Pipeline(5 * SECOND)
    tape = TapeWriter(folder / "tape", "run", "simulated", 5 * SECOND, 10_000_000, keeps_decisions=True)
    tape.write(Taped(0, TOLD, [said for told in TOLD for said in core.apply(told)]))
    tape.close()
    keep_archive(folder, ArchiveSettings(), NOW)
    return folder / "archive"


def test_the_last_sure_middle_before_a_moment_is_told(tmp_path: Path) -> None:
    folder = archived(tmp_path)
    listed = TOLD[0].listed  # type: ignore[union-attr]
    found = read_middles(folder, {listed.first, listed.second}, at(0), at(10_000))
    first = found[listed.first]
    told = [first.at(Nanos(at(moment))) for moment in (500, 1_500, 2_500, 3_500, 4_500)]
    assert told == [None, 0.43, 0.44, 0.44, 0.51]  # what is in doubt is passed over
    assert listed.second not in found  # a book is kept in terms of its first contract


def test_only_what_is_asked_for_is_read(tmp_path: Path) -> None:
    folder = archived(tmp_path)
    listed = TOLD[0].listed  # type: ignore[union-attr]
    assert read_middles(folder, {"kalshi:OTHER:yes"}, at(0), at(10_000)) == {}
    assert read_middles(folder, {listed.first}, at(0), at(1_000)) == {}
    assert read_middles(tmp_path / "nowhere", {listed.first}, at(0), at(10_000)) == {}
