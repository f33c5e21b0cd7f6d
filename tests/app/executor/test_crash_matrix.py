"""kill -9 of an executor at every await of what it does: another takes over, and nothing was doubled or lost."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO

import msgspec
import pytest

from app.domain.markets import VenueId
from app.history.database import Database
from tests.app.executor.crashing import Came, Job, Path_
from tests.app.executor.members import LEAST, WHOLE, Membership, join
from tests.app.sandbox.servers import running

WON = 580_000  # micro-dollars: a contract for 42 cents that pays a dollar
AT_ONCE = 8  # executors that die one after another, before one is left alone
MOST_FILLED = {"submit": 1, "cancel": 0, "fill": 1, "settle": 1, "trade": 4}  # times the size of an order
PLACES_AT_LEAST = {"submit": 4, "cancel": 4, "fill": 4, "settle": 2, "trade": 10}

# One place in so many, an odd number: of two that follow each other one is before an await, one after it. The places
# of a trade are those of its orders and what is between them; most of those at the second venue are as at the first.
CASES = [
    ("kalshi", "submit", 1),
    ("kalshi", "cancel", 1),
    ("kalshi", "fill", 1),
    ("kalshi", "settle", 1),
    ("kalshi", "trade", 5),
    ("polymarket", "submit", 3),
    ("polymarket", "cancel", 3),
    ("polymarket", "fill", 1),
    ("polymarket", "settle", 1),
    ("polymarket", "trade", 9),
]

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
def member(base_url: str, venue: VenueId, tmp_path: Path) -> Membership:
    return join(base_url, venue, tmp_path, "100000")


@pytest.fixture
def do(member: Membership, forks: tuple[IO[str], IO[str]], history: Database, fresh_database_url: str) -> Do:
    """Does one job in a process that may die."""
    into, out = forks

    def ask(path: Path_, name: str, die_at: int) -> Came:
        job = Job(path=path, name=name, die_at=die_at, database=fresh_database_url, member=member)
        into.write(msgspec.json.encode(job).decode() + "\n")
        into.flush()
        return msgspec.json.decode(out.readline(), type=Came)

    return ask


@pytest.mark.parametrize(("venue", "path", "stride"), CASES, ids=[f"{venue}-{path}" for venue, path, _ in CASES])
async def test_killed_at_every_await_nothing_is_doubled_and_nothing_lost(
    do: Do, venue: VenueId, path: Path_, stride: int
) -> None:
    whole = do(path, f"{path}-0", 0)
    assert whole.trouble == ""
    assert whole.places >= PLACES_AT_LEAST[path]
    print(f"\n{venue}, {path}: {whole.places} places")
    every = range(1, whole.places + 1, stride)
    for places in (every[first : first + AT_ONCE] for first in range(0, len(every), AT_ONCE)):
        names = [f"{path}-{place}" for place in places]
        died = [do(path, name, place) for name, place in zip(names, places, strict=True)]
        assert [each.trouble for each in died] == [""] * len(died)
        came = do("recover", names[0], 0)
        assert came.trouble == "", names
        hold(path, came, names, MOST_FILLED[path] * LEAST[venue])
    if path == "settle":
        paid = len(every) + 1  # each contract, once
        assert came.realised == paid * WON * LEAST[venue] // WHOLE


def hold(path: Path_, came: Came, names: Sequence[str], most_filled: int) -> None:
    """What must be so after a restart, wherever they died."""
    assert came.differences == [], names
    assert came.unbalanced == [], names
    if path != "settle":
        assert came.fills == came.at_venue, names
    for name in names:
        mine = [state for order, state in came.orders.items() if order == name or order.startswith(f"{name}-")]
        assert all(state not in ("sending", "unknown", "intent") for state, _ in mine), (name, mine)
        assert sum(filled for _, filled in mine) <= most_filled, (name, mine)
