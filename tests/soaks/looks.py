"""One look at a running platform, from outside: what its processes hold, how late they are, what waits."""

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from random import Random
from threading import Thread
from typing import NamedTuple

import psutil
from prometheus_client.parser import text_string_to_metric_families

from tests.platform.platforms import Json, Platform, processes_of

MIB = 1 << 20
GAMES_ASKED = 3  # of whose books each look asks the age
SERVERS = {"postgres": "postgres", "valkey-server": "valkey"}
WAITING = ("waiting", "unsettled", "lost_in_all")  # counts of workers: what they have not done yet
TOTAL = "in all"
TIMER = "a bare timer"
STEP = 0.05  # seconds between two looks at the clock, as the platform's own meter has it
COUNTED_EVERY = 30.0  # seconds: which processes there are


class Look(NamedTuple):
    """Figures by name, at so many seconds since the first look. `memory`: MiB by process; `lags`: milliseconds of each
    process's loop, and of a bare timer; `waiting`: by worker; `ages`: milliseconds of books; `shares`: by state."""

    at: float
    memory: dict[str, float]
    lags: dict[str, float]
    waiting: dict[str, float]
    measures: dict[str, float]
    ages: list[float]
    shares: dict[str, int]


class Timer:
    """How late this machine lets anybody be: a thread that does nothing but look at the clock."""

    def __init__(self) -> None:
        self._worst = 0.0
        Thread(target=self._run, daemon=True).start()

    def read(self) -> float:
        """Milliseconds at worst, since it was last read."""
        worst, self._worst = self._worst, 0.0
        return worst * 1_000

    def _run(self) -> None:
        while True:
            due = time.monotonic() + STEP
            time.sleep(STEP)
            self._worst = max(self._worst, time.monotonic() - due)


class Processes:
    """Everything that belongs to a platform, servers and what they start, too."""

    def __init__(self, up: Platform) -> None:
        self._up = up
        self._found: dict[psutil.Process, str] = {}
        self._counted_at = -COUNTED_EVERY

    def memory(self) -> dict[str, float]:
        """MiB of each kind; of pages that several share, each has its part."""
        if time.monotonic() - self._counted_at >= COUNTED_EVERY:
            self._count()
        found: defaultdict[str, float] = defaultdict(float)
        for process, name in self._found.items():
            with suppress(psutil.Error):
                found[name] += process.memory_full_info().pss / MIB
        found[TOTAL] = sum(mib for name, mib in found.items() if name != "sandbox")
        return dict(found)

    def _count(self) -> None:
        self._counted_at, self._found = time.monotonic(), {}
        roots = [psutil.Process(self._up.process.pid), *processes_of(self._up.data_dir)]
        for root in roots:
            with suppress(psutil.Error):
                for process in (root, *root.children(recursive=True)):
                    is_first = process.pid == self._up.process.pid
                    self._found[process] = name_of(process.name(), process.cmdline(), is_first=is_first)


class Looker:
    """Looks at one platform again and again."""

    def __init__(self, up: Platform) -> None:
        self._up = up
        self._began = time.monotonic()
        self._processes = Processes(up)
        self._timer = Timer()
        self._draw = Random(7)
        self._games: list[str] = []

    def look(self) -> Look:
        """Some tenths of a second."""
        at, workers = time.monotonic() - self._began, self._up.get("/health/workers")["workers"]
        lags = {**lags_of(workers), TIMER: self._timer.read()}
        measures = measures_of(self._up.http.get("/metrics").text)
        ages, shares = self._look_at_books()
        return Look(at, self._processes.memory(), lags, waiting_of(workers), measures, ages, shares)

    def _look_at_books(self) -> tuple[list[float], dict[str, int]]:
        if not self._games or self._draw.random() < 0.1:  # which games there are changes
            self._games = [game["id"] for game in self._up.get("/games?limit=500")["items"]]
        ages, shares = list[float](), defaultdict[str, int](int)
        for game_id in self._draw.sample(self._games, min(GAMES_ASKED, len(self._games))):
            answer = self._up.http.get(f"/games/{game_id}/prices")
            if answer.status_code != 200:
                continue  # it has ended meanwhile
            for quote in quotes_of(answer.json()):
                shares[quote["state"]] += 1
                if quote["state"] in ("fresh", "stale"):
                    ages.append(quote["age_ms"])
        return ages, dict(shares)


def name_of(program: str, words: list[str], *, is_first: bool = False) -> str:
    """What a process is to the platform."""
    if is_first:
        return "trading"
    if program in SERVERS:
        return SERVERS[program]
    if program == "discovery":
        return program  # a copy of the first, whose command line it has
    kinds = {"sandbox": "sandbox", "--no-api": "discovery", "compact": "compactor"}
    return next((kind for word, kind in kinds.items() if word in words), "keepers")


def lags_of(workers: Iterable[Json]) -> dict[str, float]:
    """The worst since the last beat, by process."""
    found: defaultdict[str, float] = defaultdict(float)
    for worker in workers:
        found[worker["process"]] = max(found[worker["process"]], worker["loop_lag_ms"])
    return dict(found)


def waiting_of(workers: Iterable[Json]) -> dict[str, float]:
    return {
        f"{worker['worker']} {name}": count
        for worker in workers
        for name, count in worker["counts"].items()
        if name in WAITING
    }


def measures_of(text: str) -> dict[str, float]:
    """What `/metrics` tells, summed over its labels."""
    found: defaultdict[str, float] = defaultdict(float)
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found[sample.name.removeprefix("crosscourt_")] += sample.value
    return dict(found)


def quotes_of(told: Mapping[str, Json]) -> list[Json]:
    """Those that a book stands behind."""
    each = (contract["quote"] for said in told["propositions"] for contract in said["contracts"])
    return [quote for quote in each if quote is not None and quote["age_ms"] is not None]
