"""What dies is brought back, what is orphaned leaves, and whoever is asked to end ends well."""

from contextlib import closing

import psutil

from tests.platform.platforms import (
    PATIENCE,
    Platform,
    data_folder,
    eventually,
    lives,
    processes_of,
)


def lifetimes(up: Platform) -> dict[str, int]:
    """Milliseconds that each published key still lives."""
    return {key.decode(): up.redis.pttl(key) for key in up.redis.scan_iter("discovery:game:*")}


def test_killed_discovery_is_started_again_while_the_api_answers_and_keys_run_down(up: Platform) -> None:
    discovery = up.discovery()
    discovery.kill()
    eventually(lambda: not discovery.is_running() or discovery.status() == psutil.STATUS_ZOMBIE)
    before = lifetimes(up)
    assert up.games()
    assert up.http.get("/match?target=Celtics&candidate=Boston+Celtics&sport=nba").json()["is_match"]
    fresh = eventually(lambda: up.discovery() if up.discovery().pid != discovery.pid else None)
    during = lifetimes(up)
    assert during.keys() == before.keys()
    assert all(during[key] < before[key] for key in before), "keys are refreshed although nobody is there to do so"
    eventually(lambda: up.workers()["publisher"]["process_id"] == fresh.pid)
    assert eventually(lambda: min(lifetimes(up).values()) > max(during.values())), "nobody refreshes the keys again"


def test_second_platform_shares_servers_and_data_leaves_the_first_alone_and_ends_when_asked(up: Platform) -> None:
    """It does the work of none of its workers: the first has them."""
    games, holder = {each["game_id"] for each in up.games()}, up.workers()["publisher"]["process_id"]
    second = Platform(up.data_dir, "--sandbox", "--games", 4)
    try:
        assert eventually(lambda: f":{holder}; this process answers only" in second.wait().said)
        assert len([each for each in processes_of(up.data_dir) if each.name() == "valkey-server"]) == 1
        assert second.http.get("/access", headers=up.key).json()["scopes"] == ["admin"]
        assert {each["game_id"] for each in second.games()} == games
        assert second.workers()["publisher"]["process_id"] == holder
        children = psutil.Process(second.process.pid).children(recursive=True)
        second.process.terminate()
        assert second.process.wait(PATIENCE) == 0
    finally:
        second.close()
    assert not any(map(lives, children))
    assert {each["game_id"] for each in up.games()} == games
    assert up.workers()["publisher"]["process_id"] == holder


def test_no_process_is_left_of_a_platform_that_was_killed() -> None:
    with data_folder() as data_dir, closing(Platform(data_dir, "--sandbox", "--games", 4)) as started:
        assert eventually(lambda: started.discovery() and started.child("sandbox"))
        processes = started.processes()
        started.process.kill()
        started.process.wait(PATIENCE)
        assert len(processes) > 5  # the servers, too
        assert eventually(lambda: not any(map(lives, processes)))


def test_being_interrupted_while_starting_leaves_nothing_either() -> None:
    with data_folder() as data_dir, closing(Platform(data_dir, "--sandbox", "--games", 4)) as started:
        sandbox = eventually(lambda: started.child("sandbox"))
        assert started.interrupt() == 0
        assert "Traceback" not in started.said
        assert eventually(lambda: not lives(sandbox))
