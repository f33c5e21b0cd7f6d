"""The kill switch over REST, by command and over every death: it reaches each process that trades at once, and nothing
but an admin's word ends it.

How soon it reaches a core is read from the core's own tape: the moment that it was told, by its own clock.
"""

import json
import os
import signal
import statistics
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import pytest
from typer.testing import CliRunner

from app import cli
from app.archive.tapes import Piece, read_tape
from app.domain.inputs import Halted
from tests.platform.platforms import (
    CROSSCOURT,
    PATIENCE,
    Json,
    Platform,
    crosscourt,
    data_folder,
    environment,
    eventually,
    running,
)

WITHIN = 0.1  # seconds from the answer to the core of another process
ROUNDS = 9
LEAGUES = ("nba", "nfl", "mlb", "nhl", "epl", "mls", "laliga", "ucl", "wnba")
WHY = "a test of the kill switch"

pytestmark = pytest.mark.usefixtures("here")


class Told(NamedTuple):
    """What a core was told to be halted, and when."""

    at: float  # unix seconds
    names: frozenset[str]  # of leagues; "all"


class Second:
    """Another process with a core: it works on games, and serves nothing."""

    def __init__(self, beside: Platform) -> None:
        words = ("up", "--workers", "risk_watcher,game_shard,signal_recorder,archiver", "--no-api")
        self._log = beside.data_dir.with_name("second.out")
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [*map(str, (*CROSSCOURT, *words, "--data-dir", beside.data_dir, "--log", "json"))],
                cwd=beside.data_dir.parent,
                env=environment({"SIMULATION__CLOCK_URL": f"{beside.sandbox_url()}/clock"}),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(PATIENCE)


class Pair:
    """A platform and a second process beside it, both of which trade."""

    def __init__(self, up: Platform, second: Second) -> None:
        self.up, self.second = up, second

    @property
    def ids(self) -> tuple[int, int]:
        return self.up.process.pid, self.second.process.pid

    def post(self, what: str, key: dict[str, str], **body: str) -> Json:
        answer = self.up.http.post(f"/risk/{what}", json=body, headers=key)
        return {**answer.json(), "status_code": answer.status_code, "answered_at": time.time()}

    def halt(self, scope: str = "all", name: str = "") -> Json:
        done = self.post("halt", self.up.key, scope=scope, name=name, reason=WHY)
        assert done["status_code"] == 200, done
        return done

    def resume(self, scope: str = "all", name: str = "") -> None:
        assert self.post("resume", self.up.key, scope=scope, name=name)["status_code"] == 200

    def told(self, process_id: int) -> Sequence[Told]:
        """By the tape of one process."""
        found: list[Told] = []
        for part in sorted((self.up.data_dir / "tape").glob(f"*-{process_id}/*")):
            pieces = (frame for frame in read_tape(part) if isinstance(frame, Piece))
            halted = (each for piece in pieces for each in piece.inputs if isinstance(each, Halted))
            found += (Told(each.received_at / 1e9, names_of(each)) for each in halted)
        return found

    def heard_at(self, process_id: int, name: str, since: float) -> float | None:
        """When a core was told first that this is halted."""
        return next((each.at for each in self.told(process_id) if each.at >= since and name in each.names), None)

    def knows(self, *names: str) -> bool:
        """Both cores believe just this to be halted, by what they were told last."""
        last = [(self.told(process_id) or [Told(0, frozenset())])[-1] for process_id in self.ids]
        return all(each.at and each.names == set(names) for each in last)

    def signals(self, since: float, **wanted: str) -> int:
        """How many were found since, by either process."""
        at = datetime.fromtimestamp(since, UTC).isoformat().replace("+00:00", "Z")
        asked = "".join(f"&{name}={value}" for name, value in wanted.items())
        return int(self.up.get(f"/signals?since={at}{asked}")["total"])


def names_of(told: Halted) -> frozenset[str]:
    return frozenset(halt.name or halt.scope for halt in told.halts)


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    with data_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def pair(data_dir: Path) -> Iterator[Pair]:
    with paired(data_dir) as started:
        yield started


@contextmanager
def paired(data_dir: Path) -> Iterator[Pair]:
    """A platform and its second process, on this data directory; both told what is halted."""
    with running(data_dir, "--sandbox") as up, closing(Second(up)) as second:
        pair = Pair(up, second)
        assert eventually(lambda: all(pair.told(each) for each in pair.ids))
        yield pair


def command(pair: Pair, *words: str) -> Any:
    """What a command says in JSON, on the data directory of the running platform."""
    done = CliRunner().invoke(cli.command, [*words, "--data-dir", str(pair.up.data_dir), "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_a_halt_reaches_the_core_of_every_process_within_100_ms_of_the_answer(pair: Pair) -> None:
    answered = {name: pair.halt("league", name)["answered_at"] for name in LEAGUES[:ROUNDS]}
    assert eventually(lambda: pair.knows(*answered))
    for process_id in pair.ids:
        heard = [(pair.heard_at(process_id, name, 0.0), at) for name, at in answered.items()]
        late = [heard_at - at for heard_at, at in heard if heard_at is not None]
        print(f"process {process_id}: {', '.join(f'{1000 * each:.1f}' for each in late)} ms after the answer")
        assert len(late) == ROUNDS
        assert statistics.median(late) < WITHIN  # one of them may meet a moment in which the machine is busy
    for name in answered:
        pair.resume("league", name)
    assert eventually(lambda: pair.knows())


def test_a_halt_by_command_reaches_them_too(pair: Pair) -> None:
    done = command(pair, "halt", "--scope", "venue", "--name", "kalshi", "--reason", WHY)
    assert (done["halt"]["halted_by"], done["is_new"], done["is_told"]) == ("cli", True, True)
    assert eventually(lambda: pair.knows("kalshi"))
    assert [each["name"] for each in pair.up.get("/risk")["halts"]] == ["kalshi"]
    assert command(pair, "resume", "--scope", "venue", "--name", "kalshi")["halts"] == []
    assert eventually(lambda: pair.knows())
    where = ("--data-dir", pair.up.data_dir)
    refused = crosscourt("resume", "--scope", "game", "--name", "nobody", *where, folder=pair.up.data_dir.parent)
    assert (refused.returncode, "GET /risk" in refused.stderr) == (1, True)


def test_nothing_is_sent_while_everything_is_halted_and_only_an_admin_ends_it(pair: Pair) -> None:
    assert eventually(lambda: pair.signals(0.0, stage="sent"))
    halted_at = pair.halt()["answered_at"]
    assert eventually(lambda: pair.signals(halted_at, reason="halted")), "no edge came that could be refused"
    assert eventually(lambda: pair.knows("all"))
    heard = [pair.heard_at(process_id, "all", 0.0) or 0.0 for process_id in pair.ids]
    assert pair.signals(max(heard), stage="sent") == 0
    made = command(pair, "keys", "create", "trader", "--scopes", "read,paper,live")
    denied = pair.post("resume", {"X-API-Key": made["key"]}, scope="all")
    assert denied["status_code"] == 403
    assert "scope admin" in denied["detail"]
    assert "crosscourt keys create" in denied["remedy"]
    assert pair.knows("all")


def test_a_halt_outlives_the_death_of_everything(pair: Pair, data_dir: Path) -> None:
    (halt,) = pair.up.get("/risk")["halts"]
    kill_everything(pair)
    died_at = time.time()
    with paired(data_dir) as again:
        assert again.up.get("/risk")["halts"] == [halt]
        for process_id in again.ids:
            assert all("all" in each.names for each in again.told(process_id))
        assert eventually(lambda: again.signals(died_at, reason="halted")), "no edge came that could be refused"
        assert again.signals(died_at, stage="sent") == 0
        again.resume()
        assert eventually(lambda: again.knows())
        assert eventually(lambda: again.signals(died_at, stage="sent"))


def kill_everything(pair: Pair) -> None:
    """At once and without a word: the platform, its children, its servers, and the second process."""
    victims = [*pair.up.processes(), psutil.Process(pair.up.process.pid), psutil.Process(pair.second.process.pid)]
    for victim in victims:
        with suppress(psutil.Error):
            os.kill(victim.pid, signal.SIGKILL)
    pair.second.process.wait(PATIENCE)
    pair.up.process.wait(PATIENCE)
