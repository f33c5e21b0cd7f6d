"""Redis, Postgres or the network away under the running platform: it says so, goes on, and heals by itself."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from app.embedded.places import open_places
from tests.platform.platforms import Platform, crosscourt, eventually, processes_of

AWAY = 4.0  # seconds that Redis stays down


@contextmanager
def no_valkey(up: Platform) -> Iterator[None]:
    """Killed; what would start it again is held back for so long."""
    locks = open_places(up.data_dir).locks
    keeper, server = (psutil.Process(int((locks / f"valkey.{name}").read_text())) for name in ("kept", "alive"))
    keeper.suspend()
    server.kill()
    try:
        yield
    finally:
        keeper.resume()


def test_without_redis_names_are_matched_and_the_rest_says_what_to_do(up: Platform) -> None:
    ids = [each.pid for each in up.processes() if "app.cli" in each.cmdline()]
    games = {each["game_id"] for each in up.games()}
    with no_valkey(up):
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
    assert eventually(lambda: {each["game_id"] for each in up.games()} == games), "it came back with less than it held"
    assert eventually(lambda: up.http.get("/health/ready").status_code == 200), up.get("/health/workers")
    runs = up.workers()["publisher"]["runs"]
    assert eventually(lambda: up.workers()["publisher"]["runs"] > runs)
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
    assert eventually(lambda: up.refresh() is None)  # readiness was asked before, and may not have noticed yet
    before = up.workers()["game_poller"]["runs"]
    assert eventually(lambda: up.workers()["game_poller"]["runs"] > before)
    assert eventually(lambda: not any("Postgres" in each["last_error"] for each in up.workers().values())), up.workers()
    assert crosscourt("keys", "list", "--json", "--data-dir", up.data_dir, folder=up.data_dir).returncode == 0
    assert [each.pid for each in up.processes() if "app.cli" in each.cmdline()] == ids


def test_without_network_it_runs_and_shows_what_fails(offline: Platform) -> None:
    for feed in ("espn", "polymarket", "kalshi"):
        assert eventually(lambda feed=feed: offline.troubles()[feed].get("network"))
    for worker in ("game_poller", "market_searcher"):
        said = eventually(lambda worker=worker: offline.workers()[worker]["last_error"])
        assert "ConnectError" in said or "not asked for another" in said
    assert offline.games() == []
    assert offline.http.get("/match?target=Celtics&candidate=Boston+Celtics&sport=nba").json()["is_match"]
    assert "Traceback" not in offline.said
    assert "PAPER" in offline.said
