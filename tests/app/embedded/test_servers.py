"""Sharing, crashes and signals, on the real servers."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import psutil
import pytest
import redis

from app.embedded import embedded_servers
from tests.app.embedded.processes import Holder, execute, no_process_left, processes_of, wait_until

Hold = Callable[..., Holder]
BOTH = ("postgres", "valkey")


@pytest.fixture(scope="module")
def home(made: Path) -> Iterator[Path]:
    """A deep data directory with the row and the key that every restart must find again."""
    with no_process_left() as folder:
        deep = folder / ("deep " * 20) / ("deeper, " * 20)
        shutil.copytree(made, deep)
        yield deep


def answers(holder: Holder) -> tuple[object, object]:
    row = execute(holder.said["database_url"], "SELECT answer FROM kept")
    with redis.Redis.from_url(str(holder.said["redis_url"])) as client:
        return row, client.get("kept")


def servers_of(data_dir: Path) -> set[int]:
    return {found.pid for name in ("postgres", "valkey-server") for found in processes_of(data_dir, name)}


def postmaster_of(data_dir: Path) -> psutil.Process:
    return psutil.Process(int((data_dir / "servers/postgres/postmaster.pid").read_text().split()[0]))


def kill(*processes: psutil.Process) -> None:
    for process in processes:
        process.kill()
    psutil.wait_procs(processes, timeout=5)


def test_second_start_finds_row_and_key_also_deep_in_the_file_system(home: Path, hold: Hold) -> None:
    holder = hold(home, *BOTH)
    assert answers(holder) == (42, b"42")
    assert holder.leave() == 0
    assert not processes_of(home)


def test_nothing_listens_on_the_network(home: Path, hold: Hold) -> None:
    hold(home, *BOTH)
    found = processes_of(home)
    assert {"postgres", "valkey-server"} <= {process.name() for process in found}
    assert [line for process in found for line in connections_of(process)] == []


def connections_of(process: psutil.Process) -> list[object]:
    """Over the network. Postgres starts workers that end again while they are looked at."""
    with suppress(psutil.NoSuchProcess):
        return list(process.net_connections(kind="inet"))
    return []


def test_sockets_are_for_their_owner_only(home: Path, hold: Hold) -> None:
    hold(home, *BOTH)
    sockets = (home / "servers/sockets").resolve()
    assert sockets.stat().st_mode & 0o777 == 0o700
    assert {path.name: path.stat().st_mode & 0o777 for path in sockets.iterdir() if path.is_socket()} == {
        "valkey.sock": 0o700,
        ".s.PGSQL.5432": 0o700,
    }


def test_two_processes_share_one_pair_and_the_last_one_out_stops_it(home: Path, hold: Hold) -> None:
    first = hold(home, *BOTH)
    shared = servers_of(home)
    second = hold(home, *BOTH)
    assert second.said == first.said
    first.leave()
    assert answers(second) == (42, b"42")
    assert postmaster_of(home).pid in shared & servers_of(home)
    second.leave()
    assert not processes_of(home)


def test_process_that_was_killed_holds_nothing(home: Path, hold: Hold) -> None:
    killed, last = hold(home, *BOTH), hold(home, *BOTH)
    killed.process.kill()
    killed.end()
    assert answers(last) == (42, b"42")
    last.leave()
    assert not processes_of(home)


def test_servers_end_by_themselves_when_their_only_owner_is_killed(home: Path, hold: Hold) -> None:
    killed = hold(home, *BOTH)
    killed.process.kill()
    killed.end()
    assert wait_until(lambda: not processes_of(home))
    assert answers(hold(home, *BOTH)) == (42, b"42")


def test_next_start_comes_while_the_servers_of_a_killed_owner_still_run(home: Path, hold: Hold) -> None:
    for _ in range(3):
        killed = hold(home, *BOTH)
        killed.process.kill()
        killed.end()
    assert answers(hold(home, *BOTH)) == (42, b"42")


def test_everything_was_killed_and_the_stale_ids_belong_to_others_now(home: Path, hold: Hold) -> None:
    killed = hold(home, *BOTH)
    sockets = (home / "servers/sockets").resolve()
    killed.process.kill()
    kill(*processes_of(home))
    killed.end()
    stale = home / "servers/postgres/postmaster.pid"
    assert stale.exists()
    assert (sockets / "valkey.sock").exists()
    for path in (stale, sockets / ".s.PGSQL.5432.lock", home / "servers/locks/postgres.alive"):
        _, *rest = path.read_text().split("\n")
        path.write_text("\n".join([str(os.getpid()), *rest]))
    assert answers(hold(home, *BOTH)) == (42, b"42")
    assert psutil.Process().is_running()


def test_servers_without_keeper_and_owner_are_stopped_by_the_next_start(home: Path, hold: Hold) -> None:
    killed = hold(home, *BOTH)
    orphans = servers_of(home)
    killed.process.kill()
    kill(*processes_of(home, "python"))
    killed.end()
    assert postmaster_of(home).pid in orphans
    assert answers(hold(home, *BOTH)) == (42, b"42")
    assert not orphans & servers_of(home)


def test_servers_without_keeper_are_stopped_by_the_last_one_out(home: Path, hold: Hold) -> None:
    holder = hold(home, *BOTH)
    kill(*processes_of(home, "python"))
    assert answers(holder) == (42, b"42")
    holder.leave()
    assert not processes_of(home)


def test_fallen_server_is_started_again_under_its_owner(home: Path, hold: Hold) -> None:
    holder = hold(home, *BOTH)
    kill(postmaster_of(home), *processes_of(home, "valkey-server"))

    def heals() -> bool:
        try:
            return answers(holder) == (42, b"42")
        except (OSError, asyncpg.PostgresError, redis.RedisError):
            return False

    assert wait_until(heals)


def test_ctrl_c_reaches_the_application_first_and_leaves_no_process(home: Path, hold: Hold) -> None:
    holder = hold(home, *BOTH)
    os.killpg(holder.process.pid, signal.SIGINT)
    assert holder.hear() == {"after_interrupt": "+PONG"}
    assert holder.end() == -signal.SIGINT
    assert not processes_of(home)


def test_termination_leaves_no_process(home: Path, hold: Hold) -> None:
    holder = hold(home, *BOTH)
    holder.process.terminate()
    holder.end()
    assert wait_until(lambda: not processes_of(home))


def test_instances_live_side_by_side(data_dir: Path) -> None:
    with (
        embedded_servers(data_dir / "a", postgres=False, valkey=True) as a,
        embedded_servers(data_dir / "b", postgres=False, valkey=True) as b,
    ):
        for endpoints, name in ((a, "a"), (b, "b")):
            with redis.Redis.from_url(str(endpoints.redis_url)) as client:
                client.set("name", name)
        with redis.Redis.from_url(str(a.redis_url)) as client:
            assert client.get("name") == b"a"
        assert a.database_url is None


def test_second_process_adds_the_server_that_the_first_did_not_want(copied: Path, hold: Hold) -> None:
    hold(copied, "valkey")
    assert answers(hold(copied, *BOTH)) == (42, b"42")


def test_servers_end_when_their_data_directory_is_removed(data_dir: Path) -> None:
    with embedded_servers(data_dir, postgres=False, valkey=True):
        data_dir.rename(data_dir.with_name("gone"))
    assert wait_until(lambda: not processes_of(data_dir))


def test_nothing_is_made_when_nothing_is_wanted(data_dir: Path) -> None:
    with embedded_servers(data_dir, postgres=False, valkey=False) as endpoints:
        assert (endpoints.database_url, endpoints.redis_url) == (None, None)
    assert not data_dir.exists()
