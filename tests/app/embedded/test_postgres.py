import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.embedded import embedded_servers, postgres, valkey
from app.errors import StartRefused
from tests.app.embedded.processes import ORDINARY_USER, Holder, execute, processes_of

Hold = Callable[..., Holder]
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
SHOWN = {
    **{"timezone": "UTC", "listen_addresses": "", "max_connections": "50"},
    **dict.fromkeys(("fsync", "full_page_writes", "synchronous_commit"), "on"),
}


def refusal(data_dir: Path, *, postgres: bool = True, valkey: bool = False) -> StartRefused:
    with (
        pytest.raises(StartRefused) as refused,
        embedded_servers(data_dir, postgres=postgres, valkey=valkey),
    ):
        pass
    return refused.value


def test_database_speaks_unicode_knows_utc_is_small_and_outlives_a_power_cut(copied: Path) -> None:
    with embedded_servers(copied, postgres=True, valkey=False) as endpoints:
        assert execute(endpoints.database_url, "SELECT current_database()") == "crosscourt"
        assert (
            execute(endpoints.database_url, "SELECT datlocale FROM pg_database WHERE datname = 'crosscourt'")
            == "C.UTF-8"
        )
        assert execute(endpoints.database_url, "SELECT upper('é')") == "É"
        for setting, value in SHOWN.items():
            assert execute(endpoints.database_url, f"SHOW {setting}") == value
        assert str(execute(endpoints.database_url, "SELECT version()")).startswith(f"PostgreSQL {postgres.MAJOR}.")


@needs_root
def test_ordinary_user_runs_both_and_finds_the_data_again(data_dir: Path, hold: Hold) -> None:
    data_dir.mkdir(parents=True)
    data_dir.parent.chmod(0o755)
    os.chown(data_dir, ORDINARY_USER.id, ORDINARY_USER.group)
    holder = hold(data_dir, "postgres", "valkey", **ORDINARY_USER.how())
    assert {process.uids().effective for process in processes_of(data_dir)} == {ORDINARY_USER.id}
    execute(holder.said["database_url"], "CREATE TABLE kept AS SELECT 42 AS answer")
    holder.leave()
    assert not processes_of(data_dir)
    again = hold(data_dir, "postgres", "valkey", **ORDINARY_USER.how())
    assert execute(again.said["database_url"], "SELECT answer FROM kept") == 42


@needs_root
def test_user_without_a_name_is_told_what_postgres_wants(data_dir: Path, hold: Hold) -> None:
    data_dir.mkdir(parents=True)
    data_dir.parent.chmod(0o755)
    os.chown(data_dir, 54321, 54321)
    said = hold(data_dir, "postgres", **ORDINARY_USER.how(id=54321, group=54321)).said
    assert "user id 54321 has no name on this machine" in str(said["refused"])
    assert "/etc/passwd" in str(said["remedy"])


@needs_root
def test_root_without_rights_is_told_to_be_somebody_else(data_dir: Path, hold: Hold) -> None:
    """A container started with all capabilities dropped."""
    python = ("setpriv", "--inh-caps=-all", "--bounding-set=-all", sys.executable)
    said = hold(data_dir, "postgres", python=python).said
    assert "Postgres does not run as root" in str(said["refused"])
    assert "ordinary user" in str(said["remedy"])
    assert list((data_dir / "servers").glob("postgres*")) == []


def test_copied_cluster_runs(copied: Path) -> None:
    """Where root made the copy, Postgres runs as another user, who must own the cluster."""
    with embedded_servers(copied, postgres=True, valkey=False) as endpoints:
        assert execute(endpoints.database_url, "SELECT answer FROM kept") == 42
    assert (copied / "servers/postgres").stat().st_uid != 0


def test_full_disk_is_told_with_the_last_lines_of_initdb(data_dir: Path, hold: Hold) -> None:
    """A limit on the size of files stands for the disk; it ends initdb the same way."""
    full = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))}
    said = hold(data_dir, "postgres", **full).said
    assert "the last lines of initdb" in str(said["refused"])
    assert "initdb: removing contents" in str(said["refused"])
    assert "free space" in str(said["remedy"])
    assert not (data_dir / "servers/postgres").exists()
    assert list((data_dir / "servers").glob("postgres.new-*")) == []


def test_cluster_half_made_by_a_killed_start_is_made_anew(data_dir: Path) -> None:
    half_made = data_dir / "servers/postgres.new-killed"
    half_made.mkdir(parents=True)
    with embedded_servers(data_dir, postgres=True, valkey=False) as endpoints:
        assert execute(endpoints.database_url, "SELECT 1") == 1
    assert not half_made.exists()


@pytest.mark.parametrize(("version", "said"), [("17\n", "Postgres 17"), (None, "an unknown version")])
def test_data_of_another_version_is_refused(tmp_path: Path, version: str | None, said: str) -> None:
    cluster = tmp_path / "servers/postgres"
    cluster.mkdir(parents=True)
    if version:
        (cluster / "PG_VERSION").write_text(version)
    refused = refusal(tmp_path)
    assert said in str(refused)
    assert f"this version brings Postgres {postgres.MAJOR}" in str(refused)
    assert "restore" in refused.remedy


def test_server_that_cannot_start_is_told_with_its_own_words(copied: Path) -> None:
    (copied / "servers/postgres/postgresql.conf").write_text("no_such_setting = 1\n")
    refused = refusal(copied)
    assert "the embedded postgres did not start" in str(refused)
    assert 'unrecognized configuration parameter "no_such_setting"' in str(refused)
    assert not processes_of(copied)


def test_postgres_started_by_hand_is_not_doubled(copied: Path, hold: Hold) -> None:
    hold(copied, "postgres")
    with pytest.raises(StartRefused, match="another Postgres"):
        postgres.refuse_strangers(copied / "servers/postgres")


def test_platform_without_programs_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for room in (postgres, valkey):
        monkeypatch.setattr(room, "find_spec", lambda name: None)
    refused = refusal(tmp_path / "a")
    assert "no embedded Postgres 18 for this platform" in str(refused)
    assert "DATABASE__URL" in refused.remedy
    refused = refusal(tmp_path / "b", postgres=False, valkey=True)
    assert "no embedded Valkey for this platform" in str(refused)
    assert "REDIS__URL" in refused.remedy
