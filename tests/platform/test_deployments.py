"""A platform in eight processes over one Postgres and one Valkey, and a sandbox of its own, which play an evening.

Each is killed in its turn, as by a power cut, and started again, as by a supervisor: every time the whole works on, a
shard's games with the other one. A shard that is paused has lost them, too, and no game is ever worked on twice. In the
end each fill is there once, every account adds up, and each process's tape comes to what it had decided.
"""

import json
import signal
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from app.cli.slates import free_port
from app.domain.games import GameId
from app.hot.keys import view_key
from app.replay.plays import play
from tests.platform import accounts_of
from tests.platform.evenings import Evening
from tests.platform.overhearings import Overheard, process_of
from tests.platform.platforms import (
    CROSSCOURT,
    PATIENCE,
    Beside,
    Json,
    Platform,
    data_folder,
    environment,
    eventually,
)
from tests.platform.purchases import buys

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]

SEED, GAMES, SPEED = 11, 12, 5
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
BACK_WITHIN = 10.0  # seconds, from the kill to the first view by another shard
PAUSED = 20.0  # seconds
VENUES = {"kalshi", "polymarket"}

SELDOM = 0.5  # seconds between two looks at eight processes

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
        """Each game is told of by a shard that lives, and each shard has its half."""
        told = self.games_of_shards()
        sizes = [len(games) for games in told.values()]
        is_even = max(sizes, default=2) - min(sizes, default=0) <= 1
        return told.keys() == {self.process_id(name) for name in SHARDS} and is_even

    def games_of_shards(self) -> Mapping[int, set[str]]:
        """Of the games that are handed out, by the process that has told of them last."""
        hot, found = self.api.redis, defaultdict[int, set[str]](set)
        games = [fields[b"game"].decode() for _, fields in hot.xrange("games")]
        bodies = hot.mget([view_key(GameId(game)) for game in games]) if games else []
        for game, body in zip(games, bodies, strict=True):
            found[process_of(json.loads(body)) if body else 0].add(game)
        return found

    def process_id(self, name: str) -> int:
        return (self._serving | self._working)[name].process.pid

    def shard(self, name: str) -> Beside:
        return self._working[name]

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
        assert eventually(started.is_whole, 2 * PATIENCE, SELDOM)
        print(f"whole {time.monotonic() - began:.1f} s after its start")
        assert eventually(lambda: is_bought(started), every=SELDOM)
        yield started


@pytest.fixture(scope="module")
def heard(deployment: Deployment) -> Iterator[Overheard]:
    overheard = Overheard(deployment.api.redis)
    overheard.start()
    yield overheard
    overheard.close()


@pytest.mark.parametrize("name", [*APIS, *WORKERS])
def test_the_rest_goes_on_without_a_part_and_with_it_when_it_is_back(
    deployment: Deployment, heard: Overheard, name: str
) -> None:
    games = deployment.games_of_shards().get(deployment.process_id(name), set())
    killed_at = time.monotonic()
    deployment.kill(name)
    evening = Evening(deployment.api)
    evening.look()
    if name in SHARDS:
        took = taken_over(deployment, heard, name, games, killed_at)
        assert max(took.values()) < BACK_WITHIN
    deployment.start(name)
    assert eventually(deployment.is_whole, 2 * PATIENCE, SELDOM)
    print(f"{name}: whole again {time.monotonic() - killed_at:.1f} s after the kill")
    assert eventually(lambda: is_bought(deployment), every=SELDOM), "nothing can be bought any more"
    evening.up = deployment.api
    evening.look()
    assert evening.breaches == []
    assert heard.worked_on_twice() == {}


def taken_over(
    deployment: Deployment, heard: Overheard, name: str, games: set[str], since: float
) -> Mapping[str, float]:
    """For each game of a shard that is away, the seconds after which the other one told of it."""
    (other,) = {deployment.process_id(each) for each in SHARDS} - {deployment.process_id(name)}
    assert games
    assert eventually(lambda: games <= heard.first_since(since, other).keys(), PAUSED)
    return {game: after for game, after in heard.first_since(since, other).items() if game in games}


def test_a_paused_shard_that_goes_on_is_fenced_off(deployment: Deployment, heard: Overheard) -> None:
    name, paused = SHARDS[0], deployment.process_id(SHARDS[0])
    games = deployment.games_of_shards()[paused]
    stopped_at = time.monotonic()
    deployment.shard(name).signal(signal.SIGSTOP)
    taken_over(deployment, heard, name, games, stopped_at)
    time.sleep(max(0.0, stopped_at + PAUSED - time.monotonic()))
    before = {game: view["fence"] for game, view in heard.newest().items()}
    continued_at = time.monotonic()
    deployment.shard(name).signal(signal.SIGCONT)
    assert eventually(lambda: "game is another shard's" in deployment.shard(name).said)
    assert eventually(deployment.is_whole, 2 * PATIENCE, SELDOM)  # it gets its share again, under new numbers
    said = [view for at, view in heard.views if at > continued_at and process_of(view) == paused]
    assert [view for view in said if view["fence"] <= before[view["game_id"]]] == []
    assert heard.worked_on_twice() == {}


def test_an_api_without_workers_tells_the_prices_that_a_shard_without_sockets_has(deployment: Deployment) -> None:
    games = [game for of_shard in deployment.games_of_shards().values() for game in of_shard]
    assert eventually(lambda: any(venues_of(deployment.api, game) == VENUES for game in games), every=SELDOM)


def venues_of(api: Platform, game: str) -> set[str]:
    """Of the fresh quotes of a game that a shard works on."""
    found: Json = api.get(f"/games/{game}/prices")
    contracts = [each for said in found["propositions"] for each in said["contracts"]]
    fresh = [each for each in contracts if each["quote"] and each["quote"]["state"] == "fresh"]
    return {each["venue"] for each in fresh} if found["shard"] else set()


def is_bought(deployment: Deployment) -> bool:
    """Somebody asks one process for what another finds the price of and a third one buys."""
    return buys(deployment.api)


def test_every_fill_is_there_once_and_every_account_adds_up(deployment: Deployment) -> None:
    evening = Evening(deployment.api)
    evening.audit()
    assert evening.breaches == []
    for fault in (DOUBLED, UNEVEN, UNBOOKED):
        assert eventually(lambda fault=fault: deployment.ask(fault) == 0), fault
    print(f"{deployment.ask(FILLS)} fills; {dict(sorted(evening.counts.items()))}")


def test_each_process_decided_what_its_tape_says(deployment: Deployment, heard: Overheard) -> None:
    """Of each life: the killed ones lack no more than what was not written yet."""
    heard.close()
    deployment.close()
    played = {tape.name: play(tape) for tape in sorted((deployment.data_dir / "tape").iterdir())}
    assert [name for name, found in played.items() if found.same is not True] == []
    assert len(played) == 2 * len(WITH_A_TAPE)
    for name, found in played.items():
        print(f"{name}: {found.inputs} inputs, {found.decisions} decisions, {found.hash}")
