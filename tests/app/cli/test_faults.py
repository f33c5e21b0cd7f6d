"""The usual faults, made and found."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from app.cli.faults import (
    Finding,
    check_beats,
    check_clock,
    check_disk,
    check_dotenv,
    check_folder,
    check_leftovers,
    check_postgres_version,
    check_redis_version,
    check_schema,
    check_secrets,
    check_tape,
    check_world,
    now_of,
)
from app.clock import nanos_of
from app.domain.operations import Beat
from app.domain.prices import SECOND, LaneId, Nanos
from app.embedded import keeper
from app.settings import KalshiSettings, PolymarketSettings, Settings
from tests.app.hot.samples import NOW

OURS = nanos_of(NOW)


def beat(worker: str = "execution", age: float = 1.0, every: float = 1.0, **more: object) -> Beat:
    at = NOW - timedelta(seconds=age)
    return Beat(worker=worker, process_id=7, host="here", started_at=at, at=at, every=every, **more)  # type: ignore[arg-type]


def states(found: list[Finding]) -> dict[str, str]:
    assert all(each.remedy for each in found if each.state != "ok"), found
    return {each.check: each.state for each in found}


def settings(folder: Path, **more: object) -> Settings:
    return Settings(_env_file=None, data_dir=folder, **more)  # type: ignore[call-arg, arg-type]


def test_a_folder_that_is_a_file_or_closed_cannot_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.touch()
    assert check_folder(file).state == "failed"
    assert check_folder(tmp_path / "none").state == "ok"
    assert check_folder(tmp_path).state == "ok"
    monkeypatch.setattr(os, "access", lambda path, _: path != tmp_path.resolve() / "tape")
    (tmp_path / "tape").mkdir()
    assert str(tmp_path / "tape") in check_folder(tmp_path).detail


@pytest.mark.parametrize(
    ("free", "size", "state"),
    [(50e9, 100e9, "ok"), (4e9, 100e9, "warning"), (1.5e9, 10e9, "warning"), (1e8, 100e9, "failed")],
)
def test_a_disk_that_fills_is_told_before_it_is_full(free: float, size: float, state: str) -> None:
    assert check_disk(int(free), int(size)).state == state


def test_keys_that_others_can_read_are_found(tmp_path: Path) -> None:
    admin, kalshi = tmp_path / "admin.key", tmp_path / "kalshi.pem"
    for file, mode in ((admin, 0o600), (kalshi, 0o644)):
        file.touch()
        file.chmod(mode)
    given = KalshiSettings(key_id="a", private_key_file=kalshi)
    found = list(check_secrets(settings(tmp_path, kalshi=given, polymarket=PolymarketSettings())))
    assert [each.state for each in found] == ["ok", "failed"]
    assert "0644" in found[1].detail
    assert f"chmod 600 {kalshi}" in found[1].remedy


def test_names_in_a_dotenv_that_nobody_reads_are_found_with_what_was_meant(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# A__B=1\nPOSTGRES_PASSWORD=x\nAPI__PORT=1\nexport TAPPE__KEEP=1\nKALSHI__KEY=2\n")
    found = list(check_dotenv(file))
    assert [each.detail.split(":")[0] for each in found] == ["line 4", "line 5"]
    assert "ARCHIVE__KEEP, TAPE__KEEP" in found[0].remedy
    assert list(check_dotenv(tmp_path / "none")) == []


def test_a_server_whose_keeper_was_killed_is_left_behind(tmp_path: Path) -> None:
    locks = tmp_path / "servers" / "locks"
    locks.mkdir(parents=True)
    (locks / "valkey.alive").touch()
    assert list(check_leftovers(tmp_path)) == []
    alive = keeper.try_lock(locks / "valkey.alive")
    assert alive is not None
    try:
        (found,) = check_leftovers(tmp_path)
        assert "valkey was left behind" in found.detail
        kept = keeper.try_lock(locks / "valkey.kept")
        assert kept is not None
        assert list(check_leftovers(tmp_path)) == []
        os.close(kept)
    finally:
        os.close(alive)


def test_clocks_that_differ_are_told_with_the_direction() -> None:
    assert check_clock("Postgres", NOW + timedelta(milliseconds=300), NOW).state == "ok"
    assert "2.0 s ahead" in check_clock("Postgres", NOW + timedelta(seconds=2), NOW).detail
    assert "90.0 s behind" in check_clock("a venue", NOW - timedelta(seconds=90), NOW).detail


@pytest.mark.parametrize(("said", "state"), [("6.0.16", "failed"), ("6.2.14", "ok"), ("9.1.2", "ok"), ("", "failed")])
def test_versions_of_redis(said: str, state: str) -> None:
    assert check_redis_version(said).state == state


@pytest.mark.parametrize(("number", "state"), [(130_015, "failed"), (140_000, "ok"), (180_001, "ok")])
def test_versions_of_postgres(number: int, state: str) -> None:
    assert check_postgres_version(number).state == state


def test_simulated_games_and_real_money_do_not_go_together(tmp_path: Path) -> None:
    assert check_world("simulated", settings(tmp_path)).state == "ok"
    live = settings(tmp_path).trading.model_copy(update={"mode": "live"})
    mixed = settings(tmp_path).model_copy(update={"trading": live})
    assert check_world("simulated", mixed).state == "failed"
    assert check_world("real", mixed).state == "ok"


def test_tables_of_another_version_are_told() -> None:
    assert [check_schema(age).state for age in ("none", "current", "older", "newer")] == [
        *("ok", "ok", "warning", "failed")
    ]


def test_late_workers_and_silent_venues_are_found() -> None:
    lanes = {LaneId("kalshi:1:a"): Nanos(OURS - 60 * SECOND), LaneId("polymarket:1:a"): Nanos(OURS - SECOND)}
    found = list(check_beats([beat(), beat("settler", 90, last_error="no answer")], lanes, NOW))
    assert states(found) == {"workers": "failed", "feeds": "failed"}
    assert "settler ended its last round 90 s ago" in found[0].detail
    assert found[0].detail.endswith("no answer")
    assert "kalshi has been silent for 60 s" in found[1].detail
    assert states(list(check_beats([beat()], {}, NOW))) == {"workers": "ok"}
    assert states(list(check_beats([], lanes, NOW))) == {"workers": "ok"}


def test_workers_of_a_recorded_slate_go_by_its_clock() -> None:
    other = NOW + timedelta(days=30)
    assert now_of([beat(age=1)], other) == NOW - timedelta(seconds=1)
    assert now_of([beat(age=90)], NOW) == NOW
    assert now_of([], NOW) == NOW


def test_a_tape_that_is_not_written_is_found(tmp_path: Path) -> None:
    part = tmp_path / "tape" / "run" / "00000.tape"
    part.parent.mkdir(parents=True)
    part.touch()
    at = part.stat().st_mtime
    assert states(list(check_tape(tmp_path, [beat("archiver")], at + 5))) == {"tape": "ok"}
    assert states(list(check_tape(tmp_path, [beat("archiver")], at + 120))) == {"tape": "failed"}
    assert list(check_tape(tmp_path, [beat()], at + 120)) == []
