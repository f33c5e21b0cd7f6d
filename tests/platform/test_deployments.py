"""A platform in eight processes over one Postgres and one Valkey, and a sandbox of its own, which play an evening.

Each is killed in its turn, as by a power cut, and started again, as by a supervisor: every time the whole works on, and
in the end each fill is there once, every account adds up, and each process's tape comes to what it had decided.
"""

import json
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from app.cli.slates import free_port
from app.replay.plays import play
from tests.platform import accounts_of
from tests.platform.evenings import Evening
from tests.platform.platforms import (
    CROSSCOURT,
    PATIENCE,
    Beside,
    Platform,
    data_folder,
    environment,
    eventually,
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]

SEED, GAMES, SPEED = 11, 30, 30
APIS = "api a", "api b"
WORKERS = {
    "discovery": "game_poller,market_searcher,publisher,win_probability_poller,team_refresher,history_pruner,analytics,"
    "team_matching,orchestrator",
    "monitors": "polymarket_monitor,kalshi_monitor",
    "shard a": "game_shard",
    "shard b": "game_shard",
    "trader": "signal_processor,execution",
    "tracker": "position_tracker,settler",
}
SHARDS = "shard a", "shard b"
WITH_A_TAPE = ("monitors", *SHARDS, "trader", "tracker")

LEAST, DEAREST = "0.3000", "0.8000"
ENDED = "filled", "cancelled", "rejected", "expired"

FILLS = "SELECT count(*) FROM fills"
DOUBLED = "SELECT count(*) - count(DISTINCT (order_id, venue_time, price, size, is_maker)) FROM fills"
UNEVEN = """
    SELECT count(*) FROM orders o WHERE o.filled <>
        (SELECT coalesce(sum(f.size), 0) FROM fills f WHERE f.order_id = o.id AND f.stage <> 'undone')
"""
UNBOOKED = """
    SELECT count(*) FROM fills f FULL JOIN postings p ON p.id = 'fill:' || f.id
    WHERE (p.id IS NULL OR f.id IS NULL) AND coalesce(p.kind, 'fill') = 'fill'
"""


class Deployment:
    """Its processes by the name of their part."""

    def __init__(self, data_dir: Path, given: Mapping[str, str]) -> None:
        self.data_dir = data_dir
        self._given = given
        self._serving: dict[str, Platform] = {}
        self._working: dict[str, Beside] = {}
        for name in (*APIS, *WORKERS):
            self.start(name)

    def start(self, name: str) -> None:
        if name in APIS:
            self._serving[name] = Platform(self.data_dir, "--workers", "none", "--log", "json", given=self._given)
        else:
            self._working[name] = Beside(self.api, WORKERS[name], self._given)

    def kill(self, name: str) -> None:
        part = (self._serving | self._working)[name]
        part.process.send_signal(signal.SIGKILL)
        part.process.wait(PATIENCE)
        part.close()

    @property
    def api(self) -> Platform:
        """One that serves."""
        return next(each for each in self._serving.values() if each.process.poll() is None)

    def is_whole(self) -> bool:
        """Every worker runs, each game is told of, and prices are fresh, whichever API is asked."""
        for name, part in (self._serving | self._working).items():
            assert part.process.poll() is None, f"{name}: {part.said}"
        return all(map(self._is_well, self._serving.values()))

    def _is_well(self, api: Platform) -> bool:
        told = api.get("/health/workers")
        running = {(each["worker"], each["process_id"]) for each in told["workers"] if each["state"] == "running"}
        wanted = {(each, self._working[name].process.pid) for name in WORKERS for each in WORKERS[name].split(",")}
        is_fresh = all(2 * each["fresh"] > each["books"] for each in told["prices"])  # of games that are over none is
        is_ready = api.http.get("/health/ready").status_code == 200
        return wanted <= running and is_fresh and is_ready and self._are_games_shared()

    def _are_games_shared(self) -> bool:
        """Each game is told of by a shard that lives, and each shard has some."""
        shards = {str(self._working[name].process.pid) for name in SHARDS}
        keys = [f"view:{fields[b'game'].decode()}" for _, fields in self.api.redis.xrange("games")]
        bodies = self.api.redis.mget(keys) if keys else []
        return {json.loads(body or b'{"shard":"::"}')["shard"].split(":")[1] for body in bodies} == shards

    def ask(self, statement: str) -> int:
        """A number out of Postgres."""
        return int(accounts_of.ask_one(self.api.database_url, statement))

    def close(self) -> None:
        for each in (*self._working.values(), *self._serving.values()):
            each.close()


@contextmanager
def sandbox(data_dir: Path) -> Iterator[Mapping[str, str]]:
    """Simulated venues as a process of their own; the settings that point a platform there."""
    env = data_dir / "sandbox.env"
    asked = ("--port", free_port(), "--seed", SEED, "--games", GAMES, "--speed", SPEED, "--env", env)
    command = [*map(str, (*CROSSCOURT, "sandbox", *asked))]
    with (data_dir / "sandbox.out").open("wb") as log:
        process = subprocess.Popen(
            command,
            env=environment(),
            cwd=data_dir,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        assert eventually(env.exists), "no sandbox"
        yield dict(line.split("=", 1) for line in env.read_text().splitlines())
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture(scope="module")
def deployment() -> Iterator[Deployment]:
    """Whole, and with something bought."""
    with data_folder() as data_dir, ExitStack() as stack:
        data_dir.mkdir(mode=0o700)
        given = stack.enter_context(sandbox(data_dir))
        started = stack.enter_context(closing(Deployment(data_dir, given)))
        began = time.monotonic()
        assert eventually(started.is_whole, 2 * PATIENCE)
        print(f"whole {time.monotonic() - began:.1f} s after its start")
        assert eventually(lambda: started.ask(FILLS))
        yield started


@pytest.mark.parametrize("name", [*APIS, *WORKERS])
def test_the_rest_goes_on_without_a_part_and_with_it_when_it_is_back(deployment: Deployment, name: str) -> None:
    killed_at = time.monotonic()
    deployment.kill(name)
    evening = Evening(deployment.api)
    evening.look()
    deployment.start(name)
    assert eventually(deployment.is_whole, 2 * PATIENCE)
    print(f"{name}: whole again {time.monotonic() - killed_at:.1f} s after the kill")
    assert eventually(lambda: buys(deployment.api)), "nothing can be bought any more"
    evening.up = deployment.api
    evening.look()
    assert evening.breaches == []


def buys(api: Platform) -> bool:
    """Somebody asks one process for what another finds the price of and a third one buys."""
    wish = {"contract_id": on_offer(api), "side": "buy", "limit": DEAREST, "size": "10"}
    answer = api.http.post("/orders", json=wish, headers={**api.key, "Idempotency-Key": str(time.time())})
    if answer.status_code != 201:
        return False
    path = f"/orders/{answer.json()['id']}"
    eventually(lambda: api.get(path)["state"] in ENDED)
    return bool(api.get(path)["state"] == "filled")


def on_offer(api: Platform) -> str:
    """A contract that somebody sells now."""
    for game in api.games():
        said = api.get(f"/games/{game['game_id']}/prices")["propositions"]
        for each in (contract for one in said for contract in one["contracts"]):
            quote = each["quote"]
            if quote and quote["state"] == "fresh" and LEAST <= (quote["ask"] or "") <= DEAREST:
                return str(each["contract_id"])
    raise StopIteration("nobody sells anything")


def test_every_fill_is_there_once_and_every_account_adds_up(deployment: Deployment) -> None:
    evening = Evening(deployment.api)
    evening.audit()
    assert evening.breaches == []
    for fault in (DOUBLED, UNEVEN, UNBOOKED):
        assert eventually(lambda fault=fault: deployment.ask(fault) == 0), fault
    print(f"{deployment.ask(FILLS)} fills; {dict(sorted(evening.counts.items()))}")


def test_each_process_decided_what_its_tape_says(deployment: Deployment) -> None:
    """Of each life: the killed ones lack no more than what was not written yet."""
    deployment.close()
    played = {tape.name: play(tape) for tape in sorted((deployment.data_dir / "tape").iterdir())}
    assert [name for name, found in played.items() if found.same is not True] == []
    assert len(played) == 2 * len(WITH_A_TAPE)
    for name, found in played.items():
        print(f"{name}: {found.inputs} inputs, {found.decisions} decisions, {found.hash}")
