"""What dies is brought back, what is orphaned leaves, and whoever is asked to end ends well."""

import signal

import psutil
import pytest

from tests.platform.platforms import (
    PATIENCE,
    Platform,
    data_folder,
    eventually,
    lives,
    platform,
    processes_of,
    running,
)


def lifetimes(up: Platform) -> dict[str, int]:
    """Milliseconds that each published key still lives."""
    return {key.decode(): up.redis.pttl(key) for key in up.redis.scan_iter("discovery:game:*")}


def test_killed_discovery_is_started_again_while_the_api_answers_and_keys_run_down(up: Platform) -> None:
    discovery = up.child("--no-api")
    discovery.kill()
    eventually(lambda: not discovery.is_running() or discovery.status() == psutil.STATUS_ZOMBIE)
    before = lifetimes(up)
    assert up.games()
    assert up.http.get("/match?target=Celtics&candidate=Boston+Celtics&sport=nba").json()["is_match"]
    fresh = eventually(lambda: up.child("--no-api") if up.child("--no-api").pid != discovery.pid else None)
    during = lifetimes(up)
    assert during.keys() == before.keys()
    assert all(during[key] < before[key] for key in before), "keys are refreshed although nobody is there to do so"
    eventually(lambda: up.workers()["publisher"]["process_id"] == fresh.pid)
    assert eventually(lambda: min(lifetimes(up).values()) > max(during.values())), "nobody refreshes the keys again"


def test_worker_that_another_process_has_is_left_to_it(up: Platform) -> None:
    holder = up.workers()["publisher"]["process_id"]
    with running(up.data_dir, "--sandbox", "--workers", "publisher") as second:
        assert eventually(lambda: "publisher" in second.said and "another process" in second.said)
        assert {each["game_id"] for each in second.games()} == {each["game_id"] for each in up.games()}
        assert second.workers()["publisher"]["process_id"] == holder


def test_second_platform_shares_servers_and_data_and_leaves_the_first_alone(up: Platform) -> None:
    games, holder = {each["game_id"] for each in up.games()}, up.workers()["publisher"]["process_id"]
    with running(up.data_dir, "--sandbox") as second:
        assert eventually(lambda: f":{holder}; this process answers only" in second.said)
        assert len([each for each in processes_of(up.data_dir) if each.name() == "valkey-server"]) == 1
        assert second.http.get("/access", headers=up.key).json()["scopes"] == ["admin"]
        assert {each["game_id"] for each in second.games()} == games
    assert {each["game_id"] for each in up.games()} == games
    assert up.workers()["publisher"]["process_id"] == holder


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_no_process_is_left_whoever_ends_it(number: signal.Signals) -> None:
    with platform("--sandbox", "--games", 4) as started:
        eventually(lambda: started.child("--no-api") and started.child("sandbox"))
        processes = started.processes()
        started.process.send_signal(number)
        assert started.process.wait(PATIENCE) == (-number if number == signal.SIGKILL else 0)
        assert eventually(lambda: not any(map(lives, processes)))


def test_being_interrupted_while_starting_leaves_nothing_either() -> None:
    with data_folder() as data_dir:
        started = Platform(data_dir, "--sandbox", "--games", 4)
        sandbox = eventually(lambda: started.child("sandbox"))
        assert started.interrupt() == 0
        started.close()
        assert "Traceback" not in started.said
        assert eventually(lambda: not lives(sandbox))
