"""kill -9 of an executor at every await of what it does: another takes over, and nothing was doubled or lost."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.history.database import Database
from app.sandbox.server import KALSHI, KALSHI_SOCKET
from tests.app.executor.crashing import Came, Job, Path_
from tests.app.sandbox.servers import running
from tests.app.venues.kalshi.tills import KEY, write_key

GAME = "nba:NY@BOS"
WON = 580_000  # micro-dollars: a contract for 42 cents that pays a dollar
DEEP = {"bids": [["0.38", "100000"]], "asks": [["0.42", "100000"]]}
STRIDES = {"trade": 4}  # its places are those of its orders, and what is between them
AT_ONCE = 8  # executors that die one after another, before one is left alone
MOST_FILLED = {"submit": 1_000_000, "cancel": 0, "fill": 1_000_000, "settle": 1_000_000, "trade": 4_000_000}
PLACES_AT_LEAST = {"submit": 4, "cancel": 4, "fill": 4, "settle": 2, "trade": 10}

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running(seed=7, speed=1) as url:
        yield url


@pytest.fixture(scope="module")
def forks() -> Iterator[tuple[IO[str], IO[str]]]:
    command = [sys.executable, "-m", "tests.app.executor.crashing"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        yield process.stdin, process.stdout
        process.stdin.close()
        process.wait(10)


Do = Callable[[Path_, str, int], Came]


@pytest.fixture
def contracts(base_url: str) -> tuple[str, str]:
    """Both sides of a game, in markets whose ladders stand still."""
    with httpx.Client(base_url=base_url, trust_env=False, timeout=10) as client:
        games = client.get("/games").json()["games"]
        listed = next(one["kalshi"] for one in games if one["game"] == GAME)
        labels = sorted(label for label in listed if label.startswith("GAME-"))
        plan = [{"at": 0, "venue": "kalshi", "game": GAME, "market": label, "ladder": DEEP} for label in labels]
        assert client.post("/plan", json=plan).status_code == 200
        first, second = (f"kalshi:{listed[label]}:yes" for label in labels)
        return first, second


@pytest.fixture
def do(
    base_url: str,
    contracts: tuple[str, str],
    forks: tuple[IO[str], IO[str]],
    history: Database,
    fresh_database_url: str,
    tmp_path: Path,
) -> Do:
    """Does one job in a process that may die, with an account of this test's own."""
    key_id, (into, out) = f"key-{tmp_path.name}", forks
    pem = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    wish = {"venue": "kalshi", "key_id": key_id, "public_key": pem, "balance": "100000"}
    assert httpx.post(f"{base_url}/accounts", json=wish, trust_env=False).status_code == 200

    def ask(path: Path_, name: str, die_at: int) -> Came:
        job = Job(
            path=path,
            name=name,
            die_at=die_at,
            database=fresh_database_url,
            base_url=base_url + KALSHI,
            socket_url=base_url.replace("http", "ws") + KALSHI_SOCKET,
            key_id=key_id,
            key_file=str(write_key(tmp_path)),
            contracts=contracts,
        )
        into.write(msgspec.json.encode(job).decode() + "\n")
        into.flush()
        return msgspec.json.decode(out.readline(), type=Came)

    return ask


@pytest.mark.parametrize("path", ["submit", "cancel", "fill", "settle", "trade"])
async def test_killed_at_every_await_nothing_is_doubled_and_nothing_lost(do: Do, path: Path_) -> None:
    whole = do(path, f"{path}-0", 0)
    assert whole.trouble == ""
    assert whole.places >= PLACES_AT_LEAST[path]
    print(f"\n{path}: {whole.places} places")
    every = range(1, whole.places + 1, STRIDES.get(path, 1))
    for places in (every[first : first + AT_ONCE] for first in range(0, len(every), AT_ONCE)):
        names = [f"{path}-{place}" for place in places]
        died = [do(path, name, place) for name, place in zip(names, places, strict=True)]
        assert [each.trouble for each in died] == [""] * len(died)
        came = do("recover", names[0], 0)
        assert came.trouble == "", names
        hold(path, came, names)
    if path == "settle":
        assert came.realised == (whole.places + 1) * WON  # each contract was paid once


def hold(path: Path_, came: Came, names: Sequence[str]) -> None:
    """What must be so after a restart, wherever they died."""
    assert came.differences == [], names
    assert came.unbalanced == [], names
    if path != "settle":
        assert came.fills == came.at_venue, names
    for name in names:
        mine = [state for order, state in came.orders.items() if order == name or order.startswith(f"{name}-")]
        assert all(state not in ("sending", "unknown", "intent") for state, _ in mine), (name, mine)
        assert sum(filled for _, filled in mine) <= MOST_FILLED[path], (name, mine)
