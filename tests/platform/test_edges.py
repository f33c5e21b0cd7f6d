"""Planted edges and traps, to the running platform: every true edge is signalled within one tick, no trap is ever, and
each is counted under its own reason. `pytest -s` prints what was found when. With every size of edge, on 200 games:
tests/app/test_planted_edges.py.

All times are the platform's and the venues' own, out of the record: this process only waits.
"""

import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Thread

import httpx
import pytest
from websockets.sync.client import connect

from app.domain.games import GameId
from app.domain.markets import ContractId
from app.hot.keys import quote_key, view_key
from tests.platform.plans import Leg, Place, Plant, Writer, small_plan
from tests.platform.platforms import Json, Platform, eventually, platform

pytestmark = pytest.mark.timeout(700)  # with everything that a busy machine takes to link its games

SEED, GAMES = 7, 70  # fewer have not a plain game for each edge and trap
BEGIN, EVERY, STANDS = 2.0, 0.15, 3.0  # seconds from the moment the acts are told; between two of them; of each
TICK = 0.25  # seconds from the frame that makes an edge to its signal
EXACT = 0.25  # seconds by which a moment of the plan may be told wrong
READY_WITHIN = 300.0  # seconds: two cores may be busy with other things
ALL = "1000000"
WIDE = {  # nothing is left out for what else is at stake (planted edges come by the dozen), or for a busy machine
    **dict.fromkeys(("max_age_ms", "max_skew_ms"), 4_000),
    **dict.fromkeys(("max_per_market", "max_per_game", "max_per_league", "max_per_venue", "max_open"), ALL),
    **dict.fromkeys(("max_per_day", "bankroll"), ALL),
    "max_orders_per_minute": 100_000,
    "cool_down_s": 0,  # what is signalled is traded, and some of that loses
    "soft_drawdown": 1,
    "hard_drawdown": 1,
}
# traps that never come before a detector: where the funnel counts them
MONITORS = ("kalshi_monitor", "polymarket_monitor")
KEPT_OUT = {
    "swapped": ("linked", "inverted"),
    "inverted": ("linked", "side_conflict"),
    "other_day": ("games", "provisional"),
    "postponed": ("games", "postponed"),
    "cancelled": ("games", "cancelled"),
    "suspended": ("games", "suspended"),
}
STANDING = {"swapped_one_sided"}  # from the start
UNFOLLOWED = {"swapped_one_sided", *KEPT_OUT}


@contextmanager
def followed(port: int) -> Iterator[list[Json]]:
    """What is told on the channel `signals` meanwhile."""
    told: list[Json] = []
    with connect(f"ws://127.0.0.1:{port}/ws", max_size=None) as socket:
        socket.send(json.dumps({"op": "subscribe", "channels": ["signals"]}))
        hearing = Thread(target=lambda: told.extend(map(json.loads, socket)), daemon=True)
        hearing.start()
        yield told
        socket.close()
        hearing.join(10)


class Played:
    """The plan on a platform, and what became of it."""

    def __init__(self, up: Platform, sandbox: httpx.Client, plan: Writer) -> None:
        self.up, self.sandbox, self.plan = up, sandbox, plan
        self._games = {one["game"]: one for one in self.sandbox.get("/games").json()["games"]}
        listed = (market for event in self._gamma() for market in event["markets"])
        self._tokens = {market["conditionId"]: json.loads(market["clobTokenIds"]) for market in listed}
        self._awaited = sorted(
            {key for plant in plan.plants if plant.name not in UNFOLLOWED for key in self._keys(plant)}
        )
        self.began = 0.0
        self.rows: dict[frozenset[str], list[Json]] = defaultdict(list)
        self.before: Counter[Place] = Counter()
        self.funnel: Counter[Place] = Counter()
        self.heard: list[Json] = []

    def play(self) -> None:
        lasts, self.before = self.plan.now + 4.0, self._counted()
        with followed(self.up.port) as self.heard:
            before = time.time()
            answer = self.sandbox.post("/plan", json=self.plan.acts)
            assert answer.status_code == 200, answer.text
            after = time.time()
            assert eventually(lambda: self._now() > after + lasts)
            self.funnel = self._counted()
            self._read()
            self.began = self._start(before, after)
            eventually(lambda: self.told >= self.kept, 20)

    def _start(self, before: float, after: float) -> float:
        """When the acts began: between these, for the sandbox counts from when it reads them. The first edge tells."""
        first = next(plant for plant in self.plan.plants if plant.is_true)
        rows = (row for row in sent(self.rows[self.contracts(first)]) if moment(row["found_at"]) >= before)
        row = next(rows, None)
        return after if row is None else min(max(changed_at(self.signal(row)) - first.at, before), after)

    def _gamma(self) -> Iterator[Json]:
        for offset in range(0, 2 * GAMES, 100):
            yield from self.sandbox.get(f"/gamma/events?limit=100&offset={offset}").json()

    @property
    def told(self) -> set[str]:
        """The signals that followers have heard of."""
        return {message["data"]["id"] for message in self.heard if message["type"] == "update"}

    @property
    def kept(self) -> set[str]:
        """The signals that were sent since the acts began."""
        rows = (row for rows in self.rows.values() for row in sent(rows))
        return {row["id"] for row in rows if moment(row["found_at"]) >= self.began}

    def is_ready(self) -> bool:
        """Every game of the plan is worked on, and every book that is followed is fresh."""
        workers = self.up.workers()
        if any(workers[name]["counts"].get("fresh", 0) < workers[name]["counts"].get("books", 1) for name in MONITORS):
            return False
        with self.up.redis as hot:
            return hot.exists(*self._awaited) == len(self._awaited)

    def game_id(self, plant: Plant) -> str:
        return str(self._games[plant.game]["id"])

    def contracts(self, plant: Plant) -> frozenset[str]:
        return frozenset(self._contract(plant, leg) for leg in plant.legs)

    def said_of(self, plant: Plant) -> list[tuple[str, ...]]:
        """For people, when it is not what it should be: everything that is written down of its game."""
        rows = (row for rows in self.rows.values() for row in rows if row["game_id"] == self.game_id(plant))
        return sorted((row["found_at"], row["stage"], row["reason"], row["detector"], row["detail"]) for row in rows)

    def signal(self, row: Json) -> Json:
        """The whole record."""
        return self.up.get(f"/signals/{row['id']}")

    def _contract(self, plant: Plant, leg: Leg) -> str:
        market = self._games[plant.game][leg.market.venue][leg.market.label]
        if leg.market.venue == "kalshi":
            return f"kalshi:{market}:{'no' if leg.is_second else 'yes'}"
        return f"polymarket:{self._tokens[market][leg.is_second]}"

    def _keys(self, plant: Plant) -> tuple[str, ...]:
        """In Redis: the game's view by its shard, and what its contracts cost."""
        quotes = (quote_key(ContractId(contract)) for contract in self.contracts(plant))
        return view_key(GameId(self.game_id(plant))), *quotes

    def _now(self) -> float:
        return datetime.fromisoformat(self.sandbox.get("/clock").json()["now"]).timestamp()

    def _counted(self) -> Counter[Place]:
        stages = self.up.get("/signals/funnel")["stages"]
        return Counter(
            {(stage["stage"], each["reason"]): each["count"] for stage in stages for each in stage["reasons"]}
        )

    def _read(self) -> None:
        for row in pages(self.up, "/signals?limit=500"):
            self.rows[frozenset(leg["contract_id"] for leg in row["legs"])].append(row)


def pages(up: Platform, path: str) -> Iterator[Json]:
    """Every item."""
    cursor = ""
    while True:
        page = up.get(f"{path}{cursor}")
        yield from page["items"]
        if not page["next_cursor"]:
            return
        cursor = f"&cursor={page['next_cursor']}"


@pytest.fixture(scope="module")
def plan() -> Writer:
    return small_plan(SEED, GAMES, BEGIN, EVERY, STANDS)


@pytest.fixture(scope="module")
def played(plan: Writer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    file = plan.write_before(tmp_path_factory.mktemp("plan") / "plan.json")
    with platform("--sandbox", "--games", GAMES, "--seed", SEED, "--plan", file) as up:
        wide = {"version": 0, "limits": WIDE, "reason": "a test"}
        assert eventually(lambda: up.http.put("/risk/limits", headers=up.key, json=wide).status_code == 200)
        with httpx.Client(base_url=up.sandbox_url(), timeout=60) as sandbox:
            found = Played(up, sandbox, plan)
            assert eventually(found.is_ready, READY_WITHIN), "not every planned game is followed"
            found.play()
        yield found


def moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def sent(rows: Sequence[Json]) -> list[Json]:
    return sorted((row for row in rows if row["stage"] == "sent"), key=lambda row: row["found_at"])


def test_every_edge_is_signalled_within_one_tick(played: Played, plan: Writer) -> None:
    edges = [plant for plant in plan.plants if plant.is_true]
    found = [(plant, first_signal(played, plant)) for plant in edges]
    missed = [(plant, played.said_of(plant)) for plant, signal in found if signal is None]
    late = {plant: lateness(signal) for plant, signal in found if signal is not None}
    print(f"\n{len(late)} edges of {len(edges)}, at most {max(late.values()) * 1000:.1f} ms after their frame")
    assert missed == []
    slow = [(plant, signal) for plant, signal in found if signal and not 0 <= late[plant] <= TICK]
    assert [(plant, times_of(signal)) for plant, signal in slow] == []
    for plant, signal in found:
        assert signal is not None
        assert changed_at(signal) == pytest.approx(played.began + plant.at, abs=EXACT), plant


def first_signal(played: Played, plant: Plant) -> Json | None:
    """The whole record of the first that was sent while the edge stood."""
    during = (row for row in sent(played.rows[played.contracts(plant)]) if is_during(played, plant, row))
    row = next(during, None)
    return None if row is None else played.signal(row)


def changed_at(signal: Json) -> float:
    """When the later leg's ladder came, by its venue."""
    return max(moment(leg["quote"]["venue_time"]) for leg in signal["legs"])


def lateness(signal: Json) -> float:
    """Seconds from the later leg's frame."""
    return moment(signal["found_at"]) - max(moment(leg["quote"]["received_at"]) for leg in signal["legs"])


def times_of(signal: Json) -> dict[str, object]:
    """For people, when it came late."""
    legs = {
        leg["contract_id"]: {name: leg["quote"][name] for name in ("venue_time", "received_at", "proved_at", "doubt")}
        for leg in signal["legs"]
    }
    return {"found_at": signal["found_at"], **legs}


def is_during(played: Played, plant: Plant, row: Json) -> bool:
    return played.began + plant.at - EXACT <= moment(row["found_at"]) <= played.began + plant.until + TICK


def test_no_trap_is_ever_sent(played: Played, plan: Writer) -> None:
    traps = [plant for plant in plan.plants if not plant.is_true]
    taken = [(plant, sent(played.rows[played.contracts(plant)])) for plant in traps]
    fallen = [(played.began + plant.at, plant.name, times_of(played.signal(rows[0]))) for plant, rows in taken if rows]
    assert fallen == []


def test_each_trap_is_counted_under_its_own_reason(played: Played, plan: Writer) -> None:
    """Which of them was let go where is held to the core alone: of refused signals only some are written down."""
    traps = Counter(plant.name for plant in plan.plants if not plant.is_true)
    places = {plant.name: plant.places for plant in plan.plants}
    for name, many in traps.items():
        if name in KEPT_OUT or name in STANDING:
            assert any(played.funnel[place] for place in (*places[name], KEPT_OUT.get(name, ("", "")))), name
        else:
            assert sum((played.funnel - played.before)[place] for place in places[name]) >= many, name


def test_followers_are_told_of_every_signal_that_was_sent(played: Played, plan: Writer) -> None:
    assert played.kept
    assert played.kept <= played.told


def test_whole_slate_is_worked_on(played: Played) -> None:
    assert played.up.get("/signals/funnel")["games_linked"] > GAMES * 0.7


def test_plan_is_told_whole(plan: Writer, tmp_path: Path) -> None:
    assert len(json.loads(plan.write(tmp_path / "plan.json").read_text())) == len(plan.acts) + len(plan.before)
