"""Redis, Postgres or the network away under the running platform: it says so, goes on, and heals by itself."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from app.cli.slates import free_port
from app.embedded.places import open_places, open_sockets
from app.embedded.valkey import valkey_server
from tests.platform.platforms import Platform, crosscourt, data_folder, eventually, platform, processes_of, running

AWAY = 4.0  # seconds that Redis stays down


class Valkey:
    """A server of our own, to stop and start."""

    def __init__(self, folder: Path) -> None:
        places = open_places(folder)
        self.port = free_port()
        server = valkey_server(places, open_sockets(places))
        server.prepare()
        self._command = [*server.command(), "--port", str(self.port)]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    server = Valkey(tmp_path_factory.mktemp("valkey"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def up(valkey: Valkey) -> Iterator[Platform]:
    with platform("--sandbox", given={"REDIS__URL": valkey.url}) as started:
        eventually(lambda: started.games() and started.http.get("/health/ready").status_code == 200)
        yield started


def test_without_redis_names_are_matched_and_the_rest_says_what_to_do(up: Platform, valkey: Valkey) -> None:
    ids = [each.pid for each in up.processes() if "app.cli" in each.cmdline()]
    valkey.stop()
    away_since = time.monotonic()
    question = {"target": "Celtics", "candidate": "Boston Celtics", "sport": "nba"}
    assert up.http.post("/match", json=question).json()["is_match"]
    answer = up.http.get("/discovery/games")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert "REDIS__URL" in answer.json()["remedy"]
    ready = up.http.get("/health/ready")
    assert ready.status_code == 503
    assert "redis" in ready.json()["detail"]
    time.sleep(max(0.0, AWAY - (time.monotonic() - away_since)))
    valkey.start()
    assert eventually(lambda: up.http.get("/health/ready").status_code == 200), up.get("/health/workers")
    runs = up.workers()["publisher"]["runs"]
    assert eventually(lambda: up.workers()["publisher"]["runs"] > runs)
    assert up.games()
    assert [each.pid for each in up.processes() if "app.cli" in each.cmdline()] == ids


def test_restarted_postgres_is_used_again_and_what_is_true_now_stays(up: Platform) -> None:
    ids = [each.pid for each in up.processes() if "app.cli" in each.cmdline()]
    postgres = min(
        (each for each in processes_of(up.data_dir) if each.name() == "postgres"), key=psutil.Process.create_time
    )
    postgres.kill()
    assert up.games()
    assert up.http.get("/match?target=Celtics&candidate=Boston+Celtics&sport=nba").json()["is_match"]
    assert eventually(lambda: up.http.get("/health/ready").status_code == 200)
    up.refresh()
    before = up.workers()["game_poller"]["runs"]
    assert eventually(lambda: up.workers()["game_poller"]["runs"] > before)
    assert eventually(lambda: not any(each["last_error"] for each in up.workers().values()))
    assert crosscourt("keys", "list", "--json", "--data-dir", up.data_dir, folder=up.data_dir).returncode == 0
    assert [each.pid for each in up.processes() if "app.cli" in each.cmdline()] == ids


def test_without_network_it_runs_and_shows_what_fails() -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    given = {
        "ESPN__BASE_URL": nowhere,
        "POLYMARKET__GAMMA_URL": nowhere,
        "KALSHI__BASE_URL": nowhere,
        "ESPN__TRIES": "1",
        "POLYMARKET__TRIES": "1",
        "KALSHI__TRIES": "1",
    }
    with data_folder() as data_dir, running(data_dir, given=given) as offline:
        for feed in ("espn", "polymarket", "kalshi"):
            assert eventually(lambda feed=feed: offline.troubles()[feed].get("network"))
        for worker in ("game_poller", "market_searcher"):
            said = eventually(lambda worker=worker: offline.workers()[worker]["last_error"])
            assert "ConnectError" in said or "not asked for another" in said
        assert offline.games() == []
        assert offline.http.get("/match?target=Celtics&candidate=Boston+Celtics&sport=nba").json()["is_match"]
        assert "Traceback" not in offline.said
        assert "PAPER" in offline.said
