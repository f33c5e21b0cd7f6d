"""The platform as a person runs it: `crosscourt up` in processes of its own, asked over HTTP and looked at in Redis."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import httpx
import psutil
import redis
from sqlalchemy import make_url

from app.cli.slates import free_port
from app.embedded.places import open_places, open_sockets
from app.embedded.postgres import postgres_url
from app.embedded.valkey import valkey_url

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 150.0  # seconds for anything: two cores may be busy with other things
CROSSCOURT = (sys.executable, "-m", "app.cli")
FINDERS = "game_poller,market_searcher,publisher,team_matching"
SMALL = ("--sandbox", "--games", "12", "--speed", "5")

Found = TypeVar("Found")
Json = Any


def environment(given: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment without settings of Crosscourt, and these."""
    plain = {name: value for name, value in os.environ.items() if "__" not in name and name != "DATA_DIR"}
    return {**plain, "PYTHONPATH": str(ROOT), "COLUMNS": "200", **(given or {})}


def crosscourt(
    *arguments: object, folder: Path, given: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """A command that ends by itself, run in `folder`."""
    command = [*CROSSCOURT, *map(str, arguments)]
    return subprocess.run(
        command, cwd=folder, env=environment(given), capture_output=True, text=True, timeout=PATIENCE, check=False
    )


def eventually(find: Callable[[], Found], patience: float = PATIENCE, every: float = 0.1) -> Found:
    """The first true answer; the last false one, or error, when there is none in time. `every`: seconds between two."""
    deadline = time.monotonic() + patience
    while True:
        try:
            found = find()
        except (httpx.HTTPError, redis.RedisError, psutil.Error, StopIteration):
            if time.monotonic() > deadline:
                raise
        else:
            if found or time.monotonic() > deadline:
                return found
        time.sleep(every)


class Platform:
    """One `crosscourt up` in a process group of its own."""

    def __init__(self, data_dir: Path, *arguments: object, given: Mapping[str, str] | None = None) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.began = time.monotonic()
        self._log = data_dir.with_name(f"{data_dir.name}-{self.port}.out")
        command = [*CROSSCOURT, "up", "--port", self.port, "--data-dir", data_dir, *arguments]
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [*map(str, command)],
                cwd=data_dir.parent,
                env=environment(given),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a process group of its own: what a terminal would interrupt
            )
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=PATIENCE)

    @property
    def said(self) -> str:
        """Everything it wrote to the terminal."""
        return self._log.read_text()

    @property
    def redis(self) -> redis.Redis:
        return redis.Redis.from_url(valkey_url(open_sockets(open_places(self.data_dir))))

    @property
    def key(self) -> dict[str, str]:
        """The header with the first start's admin key."""
        return {"X-API-Key": (self.data_dir / "admin.key").read_text().strip()}

    def wait(self) -> "Platform":
        """Until it answers."""
        eventually(lambda: self.process.poll() is not None or self.get("/health/live"))
        assert self.process.poll() is None, self.said
        return self

    def get(self, path: str) -> Json:
        answer = self.http.get(path)
        answer.raise_for_status()
        return answer.json()

    def games(self) -> list[Json]:
        """Everything on `/discovery/games`."""
        return list(self.get("/discovery/games?limit=500")["items"])

    def workers(self) -> dict[str, Json]:
        return {each["worker"]: each for each in self.get("/health/workers")["workers"]}

    def troubles(self) -> dict[str, dict[str, int]]:
        """What went wrong with each feed, by kind."""
        return {each["feed"]: each["troubles"] for each in self.get("/health/workers")["feeds"]}

    def refresh(self) -> None:
        self.http.post("/discovery/refresh", headers=self.key).raise_for_status()

    @property
    def database_url(self) -> str:
        return postgres_url(open_sockets(open_places(self.data_dir)))

    def count(self, table: str) -> int:
        """Rows in Postgres."""

        async def ask() -> int:
            url = make_url(self.database_url)
            connection = await asyncpg.connect(user=url.username, database=url.database, host=url.query["host"])
            try:
                return int(await connection.fetchval(f"SELECT count(*) FROM {table}"))
            finally:
                await connection.close()

        return asyncio.run(ask())

    def child(self, word: str) -> psutil.Process:
        """The process of ours with this word on its command line: `sandbox`."""
        children = psutil.Process(self.process.pid).children()
        return next(child for child in children if word in child.cmdline())

    def discovery(self) -> psutil.Process:
        """A copy of the platform's first process that goes by its own name; what replaces it is a command."""
        children = psutil.Process(self.process.pid).children()
        return next(child for child in children if child.name() == "discovery" or "--no-api" in child.cmdline())

    def sandbox_url(self) -> str:
        words = self.child("sandbox").cmdline()
        return f"http://127.0.0.1:{words[words.index('--port') + 1]}"

    def processes(self) -> list[psutil.Process]:
        """Everything that belongs to this data directory, servers too, and its own children."""
        return [*psutil.Process(self.process.pid).children(recursive=True), *processes_of(self.data_dir)]

    def interrupt(self) -> int:
        """Ctrl-C in its terminal; the exit code."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(PATIENCE)

    def close(self) -> None:
        self.http.close()
        if self.process.poll() is None:
            try:
                self.interrupt()
            finally:  # whose wait was in vain
                self.process.kill()
                self.process.wait()


class Beside:
    """A process that works for a platform and serves nothing: `crosscourt up --workers ... --no-api`. `given`: its
    settings; else it plays the slate of the platform."""

    def __init__(self, up: Platform, workers: str, given: Mapping[str, str] | None = None) -> None:
        words = ("up", "--workers", workers, "--no-api", "--data-dir", up.data_dir, "--log", "json")
        with tempfile.NamedTemporaryFile(dir=up.data_dir.parent, suffix=".out", delete=False) as log:
            self._log = Path(log.name)
            self.process = subprocess.Popen(
                [*map(str, (*CROSSCOURT, *words))],
                cwd=up.data_dir.parent,
                env=environment(given or {"SIMULATION__CLOCK_URL": f"{up.sandbox_url()}/clock"}),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # its own share of a busy machine, as a service has
            )

    @property
    def said(self) -> str:
        return self._log.read_text()

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.process.pid, number)

    def close(self) -> None:
        if self.process.poll() is None:
            self.signal(signal.SIGCONT)
            self.process.terminate()
            self.process.wait(PATIENCE)


class Lasting:
    """A platform of several tests, on one data directory: if one of them has ended it, it is started again."""

    def __init__(self, data_dir: Path, *arguments: object, given: Mapping[str, str] | None = None) -> None:
        self._start = partial(Platform, data_dir, *arguments, given=given)
        self._started = self._start()

    def up(self) -> Platform:
        """Answering."""
        if self._started.process.poll() is not None:
            self._started.close()
            self._started = self._start()
        return self._started.wait()

    def close(self) -> None:
        self._started.close()


def processes_of(data_dir: Path) -> list[psutil.Process]:
    """The processes whose command line names this folder, or a file in it."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            words = " ".join(process.cmdline())
            if process.pid != os.getpid() and f"{data_dir}/" in f"{words} ".replace(" ", "/"):
                found.append(process)
    return found


def lives(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


@contextmanager
def platform(*arguments: object, given: Mapping[str, str] | None = None) -> Iterator[Platform]:
    """A platform with a data directory of its own, answering; nothing of it is left at the end."""
    with data_folder() as data_dir, running(data_dir, *arguments, given=given) as started:
        yield started


@contextmanager
def data_folder() -> Iterator[Path]:
    """A data directory, removed at the end, when no process may know it any more."""
    with tempfile.TemporaryDirectory(prefix="crosscourt-tests-") as folder:
        data_dir = Path(folder) / "data"
        try:
            yield data_dir
        finally:
            gone = eventually(lambda: not processes_of(data_dir))
            for process in processes_of(data_dir):
                process.kill()
        assert gone


@contextmanager
def running(data_dir: Path, *arguments: object, given: Mapping[str, str] | None = None) -> Iterator[Platform]:
    """A platform on this data directory, answering; ended by Ctrl-C."""
    started = Platform(data_dir, *arguments, given=given)
    try:
        yield started.wait()
    finally:
        started.close()
