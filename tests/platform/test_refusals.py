"""Errors a newcomer meets: each says what happened and what to do, with exit code 1 and without a traceback."""

import logging
import os
import signal
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli import command
from app.cli.slates import free_port
from tests.platform.platforms import crosscourt, data_folder


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with data_folder() as folder:
        yield folder


@pytest.fixture
def alone(data_dir: Path, here: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The folder of the data directory, an environment without settings, and afterwards the signals as they were."""
    monkeypatch.chdir(data_dir.parent)
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def log_as_before() -> Iterator[None]:
    """What a start does to this process's log is undone."""
    loggers = [
        logging.getLogger(),
        *(logging.getLogger(name) for name in ("httpx", "httpcore", "uvicorn.access", "alembic")),
    ]
    before = [(logger, list(logger.handlers), logger.level) for logger in loggers]
    yield
    for logger, handlers, level in before:
        for handler in set(logger.handlers) - set(handlers):
            handler.close()
        logger.handlers[:] = handlers
        logger.setLevel(level)


def check(code: int, said: str, told: str, remedy: str) -> None:
    assert code == 1, said
    assert told in said
    assert remedy in said.partition("→")[2]
    assert "Traceback" not in said
    assert "secret" not in said


@pytest.mark.parametrize(
    ("given", "arguments", "told", "remedy"),
    [
        ({"KALSHI__FOO": "1"}, [], "KALSHI__FOO: there is no such setting", "Mend the named setting"),
        ({"API__PORT": "many"}, [], "API__PORT", "Mend the named setting"),
        ({"TRADING__MODE": "live"}, [], "without a key", "Mend the named setting"),
        ({}, ["--workers", "trade_everything"], "no worker 'trade_everything'", "game_poller"),
        ({}, ["--log", "xml"], "xml", "--log json"),
        ({}, ["--host", "192.0.2.1"], "192.0.2.1:18999 cannot be used", "choose another port"),
    ],
)
@pytest.mark.usefixtures("alone")
def test_what_cannot_be_meant_is_refused_before_anything_starts(
    given: dict[str, str], arguments: list[str], told: str, remedy: str, data_dir: Path
) -> None:
    port = [] if "API__PORT" in given else ["--port", "18999"]
    done = run_here("up", *port, "--data-dir", str(data_dir), *arguments, given=given)
    check(done.exit_code, done.output, told, remedy)
    assert not data_dir.exists()


def run_here(*arguments: str, given: Mapping[str, str] | None = None) -> Result:
    return CliRunner().invoke(command, arguments, env={"COLUMNS": "200", **(given or {})})


@pytest.mark.usefixtures("alone")
def test_taken_port_is_named_with_another_one(data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run_here("up", "--port", str(port), "--data-dir", str(data_dir))
    check(done.exit_code, done.output, "Address already in use", f"--port {port + 1}")


@pytest.mark.parametrize("arguments", [[], ["--sandbox"]], ids=["plain", "sandbox"])
@pytest.mark.usefixtures("alone")
def test_data_directory_that_is_a_file_is_named(data_dir: Path, arguments: list[str]) -> None:
    data_dir.write_text("no directory")
    done = run_here("up", "--port", str(free_port()), "--data-dir", str(data_dir), *arguments)
    check(done.exit_code, done.output, "is a file, not a directory", "another --data-dir")


@pytest.mark.parametrize("arguments", [[], ["--sandbox"]], ids=["plain", "sandbox"])
@pytest.mark.usefixtures("alone")
def test_data_directory_that_cannot_be_written_is_named(data_dir: Path, arguments: list[str]) -> None:
    forbidden = Path("/proc/crosscourt") if os.geteuid() == 0 else data_dir.parent / "locked" / "data"
    if os.geteuid():
        (data_dir.parent / "locked").mkdir(mode=0o500)
    done = run_here("up", "--port", str(free_port()), "--data-dir", str(forbidden), *arguments)
    check(done.exit_code, done.output, "cannot be written", "another --data-dir")


STARTS = (  # settings, arguments, what is told, and what to do
    ({"DATABASE__URL": "mysql://me@host/data"}, [], "'mysql', not Postgres", "postgresql://user:password@host"),
    ({"DATABASE__URL": "postgresql://me:p/w@host:x/d"}, [], "cannot be read", "postgresql://user:password@host"),
    ({"DATABASE__URL": "postgresql://me:secret@127.0.0.1:1/d"}, [], "127.0.0.1:1", "Start Postgres there"),
    ({"DATABASE__URL": "postgresql://me@nowhere.invalid/d"}, [], "nowhere.invalid", "mend DATABASE__URL"),
    ({"REDIS__URL": "redis://:secret@127.0.0.1:1/0"}, [], "127.0.0.1:1", "Start Redis"),
    ({"REDIS__URL": "http://127.0.0.1"}, [], "REDIS__URL", "redis://host:6379/0"),
    ({}, ["--slate", "."], "No slate in", "slate.json"),
)


@pytest.mark.parametrize(("given", "arguments", "told", "remedy"), STARTS, ids=[told for *_, told, _ in STARTS])
@pytest.mark.usefixtures("alone", "log_as_before")
def test_what_cannot_be_reached_or_allowed_is_refused_at_the_start(
    given: dict[str, str], arguments: list[str], told: str, remedy: str, data_dir: Path
) -> None:
    done = run_here("up", "--port", str(free_port()), "--data-dir", str(data_dir), *arguments, given=given)
    check(done.exit_code, done.output, told, remedy)


def test_a_person_who_starts_it_sees_the_same(data_dir: Path) -> None:
    """In a process of its own, as all of these are in real life."""
    given = {"DATABASE__URL": "postgresql://me:secret@127.0.0.1:1/d"}
    done = crosscourt("up", "--port", free_port(), "--data-dir", data_dir, folder=data_dir.parent, given=given)
    check(done.returncode, done.stdout + done.stderr, "127.0.0.1:1", "Start Postgres there")
