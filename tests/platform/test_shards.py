"""Shards in processes of their own: one that is killed or paused loses its games to the other, and no game is worked on
twice; processes that only serve and processes that only work make one platform."""

import json
import signal
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from threading import Event, Thread

import pytest
import redis

from tests.platform.platforms import PATIENCE, Beside, Json, Platform, data_folder, eventually, running

BACK_WITHIN = 10.0  # seconds, from the kill to the first view by another shard
ALL_BUT_SHARDS = "game_poller,market_searcher,publisher,team_matching,orchestrator,polymarket_monitor,kalshi_monitor"


class ShardProcess(Beside):
    """One `crosscourt up --workers game_shard --no-api` beside a platform."""

    def __init__(self, up: Platform) -> None:
        super().__init__(up, "game_shard")

    def is_of(self, view: Json) -> bool:
        """The shard's name has its process in it."""
        return view["shard"].split(":")[1] == str(self.process.pid)


class Overheard(Thread):
    """Every view that anybody tells, with the moment of its hearing."""

    def __init__(self, client: redis.Redis) -> None:
        super().__init__(daemon=True)
        self.views: list[tuple[float, Json]] = []
        self._heard = client.pubsub(ignore_subscribe_messages=True)
        self._heard.psubscribe("views:*")
        self._is_over = Event()

    def run(self) -> None:
        while not self._is_over.is_set():
            message = self._heard.get_message(timeout=0.2)
            if message is not None:
                self.views.append((time.monotonic(), json.loads(message["data"])))

    def close(self) -> None:
        self._is_over.set()
        self.join()
        self._heard.close()

    def newest(self) -> dict[str, Json]:
        """By game."""
        return {view["game_id"]: view for _, view in list(self.views)}

    def first_since(self, moment: float, shard: ShardProcess) -> dict[str, float]:
        """For each game, when the shard first told of it after a moment."""
        found: dict[str, float] = {}
        for at, view in list(self.views):
            if at > moment and shard.is_of(view):
                found.setdefault(view["game_id"], at - moment)
        return found


class House:
    """A platform, two shards, and everything that they say."""

    def __init__(self, api: Platform, shards: tuple[ShardProcess, ShardProcess], heard: Overheard) -> None:
        self.api = api
        self.shards = shards
        self.heard = heard

    def games(self, shard: ShardProcess) -> set[str]:
        """Whose newest view is this shard's."""
        return {game_id for game_id, view in self.heard.newest().items() if shard.is_of(view)}

    def settle(self) -> Mapping[ShardProcess, set[str]]:
        """Both shards have about half of the games that are handed out."""

        def is_shared() -> bool:
            sizes = [len(self.games(shard)) for shard in self.shards]
            return sum(sizes) == self.api.redis.xlen("games") > 10 and abs(sizes[0] - sizes[1]) <= 1

        assert eventually(is_shared), [len(self.games(shard)) for shard in self.shards]
        return {shard: self.games(shard) for shard in self.shards}


@contextmanager
def house() -> Iterator[House]:
    with data_folder() as data_dir, ExitStack() as stack:
        api = stack.enter_context(running(data_dir, "--sandbox", "--workers", ALL_BUT_SHARDS))
        heard = Overheard(api.redis)
        heard.start()
        stack.callback(heard.close)
        shards = tuple(stack.enter_context(closing(ShardProcess(api))) for _ in range(2))
        yield House(api, (shards[0], shards[1]), heard)


def assert_no_game_was_worked_on_twice(heard: Overheard) -> None:
    """The views of a game are of one taking after the other: what an earlier one has said never comes again."""
    fences: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for _, view in heard.views:
        taking = (view["fence"], view["shard"])
        if not fences[view["game_id"]] or fences[view["game_id"]][-1] != taking:
            fences[view["game_id"]].append(taking)
    assert fences
    for game_id, takings in fences.items():
        numbers = [fence for fence, _ in takings]
        assert numbers == sorted(set(numbers)), (game_id, takings)


@pytest.fixture(scope="module")
def played() -> Iterator[House]:
    with house() as started:
        yield started


def test_the_games_of_a_killed_shard_go_on_with_the_other(played: House) -> None:
    games = played.settle()
    dead, alive = played.shards
    views = len(played.heard.views)
    killed_at = time.monotonic()
    dead.signal(signal.SIGKILL)
    dead.process.wait(PATIENCE)
    eventually(lambda: games[dead] <= played.heard.first_since(killed_at, alive).keys())
    took = played.heard.first_since(killed_at, alive)
    assert games[dead] <= took.keys()
    assert max(took[game_id] for game_id in games[dead]) < BACK_WITHIN
    assert len(played.heard.views) > views
    assert_no_game_was_worked_on_twice(played.heard)


def test_a_paused_shard_that_goes_on_is_fenced_off(played: House) -> None:
    second = ShardProcess(played.api)
    try:
        played.shards = (second, played.shards[1])
        games = played.settle()
        paused, alive = played.shards
        paused.signal(signal.SIGSTOP)
        stopped_at = time.monotonic()
        assert eventually(lambda: games[paused] <= played.heard.first_since(stopped_at, alive).keys(), 15)
        time.sleep(max(0.0, stopped_at + 20 - time.monotonic()))
        before = {game_id: view["fence"] for game_id, view in played.heard.newest().items()}
        continued_at = time.monotonic()
        paused.signal(signal.SIGCONT)
        assert eventually(lambda: "game is another shard's" in paused.said or len(played.games(paused)) > 0)
        played.settle()  # it gets its share again, under new numbers
        for at, view in list(played.heard.views):
            if at > continued_at and paused.is_of(view):
                assert view["fence"] > before[view["game_id"]]
        assert_no_game_was_worked_on_twice(played.heard)
    finally:
        second.close()


def test_an_api_without_workers_and_workers_without_an_api_make_one_platform(played: House) -> None:
    """Monitors in one process, the shard in another, a third that only serves."""
    with running(played.api.data_dir, "--sandbox", "--workers", "none") as replica:
        game_id = eventually(lambda: next(iter(both_venues(played)), ""))
        told = eventually(lambda: _told_of(replica, game_id))
        assert {each["venue"] for each in told} == {"kalshi", "polymarket"}
        shards = [each for each in replica.get("/health/workers")["workers"] if each["worker"] == "game_shard"]
        running_now = {each["process_id"] for each in shards if each["state"] == "running"}
        assert played.shards[1].process.pid in running_now
        assert replica.process.pid not in running_now

    def is_fed() -> bool:
        views = played.heard.newest().values()
        said = [each for view in views for told in view["propositions"] for each in told["contracts"]]
        fresh = {each["venue"] for each in said if each["quote"] and each["quote"]["state"] == "fresh"}
        return fresh == {"kalshi", "polymarket"}

    assert eventually(is_fed), "a shard without sockets is not fed"


def both_venues(played: House) -> list[str]:
    """The games of which both venues have contracts."""
    views = played.heard.newest()
    venues = {
        key: {each["venue"] for said in view["propositions"] for each in said["contracts"]}
        for key, view in views.items()
    }
    return [game_id for game_id, found in venues.items() if len(found) == 2]


def _told_of(replica: Platform, game_id: str) -> list[Json]:
    """The contracts of a game that a shard works on, with fresh quotes, as a process without workers shows them."""
    found = replica.get(f"/games/{game_id}/prices")
    contracts = [each for said in found["propositions"] for each in said["contracts"]]
    fresh = [each for each in contracts if each["quote"] and each["quote"]["state"] == "fresh"]
    return fresh if found["shard"] and len({each["venue"] for each in fresh}) == 2 else []
