"""Real servers in real processes, found and counted by their data directory."""

import asyncio
import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import asyncpg
import psutil
import pytest
from sqlalchemy import make_url

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 15.0  # seconds for what should take less than two


@dataclass(frozen=True)
class User:
    """Somebody who is not root."""

    id: int
    group: int

    def how(self, **other: int) -> dict[str, object]:
        """What a `Holder` needs to run as this user; skips where such a user cannot read Python or the project."""
        user = replace(self, **other)
        identity = {"user": user.id, "group": user.group, "extra_groups": ()}
        same_python = f"python{sys.version_info.major}.{sys.version_info.minor}"
        for python in (sys.executable, shutil.which(same_python, path="/usr/local/bin:/usr/bin")):
            if python and user.can(identity, python, "-c", f"open({__file__!r})"):
                return {**identity, "python": (python,)}
        pytest.skip("an ordinary user cannot read this Python or this project")

    def can(self, identity: dict[str, object], *command: str) -> bool:
        try:
            return not subprocess.run(command, cwd="/", capture_output=True, check=False, **identity).returncode  # type: ignore[call-overload]
        except OSError:
            return False


_nobody = pwd.getpwnam("nobody")
ORDINARY_USER = User(_nobody.pw_uid, _nobody.pw_gid)


class Holder:
    """A Crosscourt process that holds the servers of a data directory."""

    def __init__(self, data_dir: Path, *names: str, python: Sequence[str] = (sys.executable,), **how: object) -> None:
        program = [*python, str(Path(__file__).with_name("holder.py")), str(data_dir), *names]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])}
        self.process = subprocess.Popen(
            program,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            cwd="/",
            start_new_session=True,  # its own process group: what a terminal would interrupt
            **how,  # type: ignore[call-overload]
        )
        self.said = self.hear()

    def hear(self) -> dict[str, object]:
        line = self.process.stdout.readline() if self.process.stdout else ""
        return json.loads(line) if line else {}

    def leave(self) -> int:
        if self.process.stdin and not self.process.stdin.closed:
            with suppress(BrokenPipeError):
                self.process.stdin.close()
        return self.end()

    def end(self) -> int:
        code = self.process.wait(PATIENCE)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                with suppress(BrokenPipeError):
                    pipe.close()
        return code


def processes_of(data_dir: Path, name: str = "") -> list[psutil.Process]:
    """Keepers, servers and their children; `name`: only programs of this name."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            words = " ".join([*process.cmdline(), process.cwd()])
            is_holder = "holder.py" in words or process.pid == os.getpid()
            if str(data_dir) in words and not is_holder and process.name().startswith(name):
                found.append(process)
    return found


def wait_until(is_true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not is_true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def execute(database_url: object, statement: str) -> object:
    """The first value of a statement's answer."""

    async def ask() -> object:
        url = make_url(str(database_url))
        connection = await asyncpg.connect(user=url.username, database=url.database, host=url.query["host"])
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(ask())


@contextmanager
def no_process_left() -> Iterator[Path]:
    """A folder for data directories, removed at the end, when no process may know it any more."""
    with tempfile.TemporaryDirectory(prefix="crosscourt-tests-") as folder:
        try:
            yield Path(folder)
        finally:
            left = [] if wait_until(lambda: not processes_of(Path(folder))) else processes_of(Path(folder))
            for process in left:
                process.kill()
        assert not left
