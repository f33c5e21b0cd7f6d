"""CONTRIBUTING.md, done once: its blocks are applied to a copy of the house, the toys lie in it, and then it runs."""

import asyncio
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import redis

from tests import databases
from tests.contributing.changes import changes_of, copy_house, make
from tests.floors import breaches_of

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
TOYS = Path(__file__).parent / "toys"
Json = dict[str, Any]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
ROSTERS = ("tests/app/venues/test_roster.py", "tests/app/signals/test_roster.py", "tests/test_env_example.py")


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The house with the toys in it, as the page says."""
    root = tmp_path_factory.mktemp("house")
    copy_house(ROOT, root)
    shutil.copytree(TOYS / "venue", root / "app" / "venues" / "toy")
    shutil.copy(TOYS / "ladder.py", root / "app" / "signals")
    for change in changes_of(PAGE):
        make(change, root)
    return root


@pytest.fixture(scope="module")
def seen(copied: Path, database_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Json:
    """What that house says, over stores of its own."""
    database = asyncio.run(databases.make_unmigrated(database_url))
    with redis.Redis.from_url(redis_url) as client:
        client.flushdb()
        told = run(copied, "tests.contributing.plays", database, redis_url, tmp_path_factory.mktemp("data"))
        client.flushdb()
    answer: Json = json.loads(told.splitlines()[-1])
    return answer


def run(root: Path, *words: object) -> str:
    """A module of the copy, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", *map(str, words)], capture_output=True, text=True, cwd=root, timeout=500
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def legs(signals: Json) -> list[str]:
    newest = signals["items"][0]
    return [f"{leg['contract_id']} at {leg['limit']}" for leg in newest["legs"]]


def test_nothing_of_it_is_against_the_rules_of_the_house(copied: Path) -> None:
    names = {change.path for change in changes_of(PAGE) if change.path.endswith(".py")} | {"app/signals/ladder.py"}
    files = [*(copied / name for name in names), *(copied / "app" / "venues" / "toy").glob("*.py")]
    for file in files:
        assert not breaches_of(file.relative_to(copied), file.read_text(encoding="utf-8"))
    run(copied, "ruff", "check", *files)
    run(copied, "ruff", "format", "--check", *files)


def test_the_rosters_name_it(copied: Path) -> None:
    run(copied, "pytest", "-q", "-p", "no:cacheprovider", *ROSTERS)


def test_a_venue_is_listed_linked_and_followed_and_an_edge_with_another_one_is_found(seen: Json) -> None:
    assert any(worker["worker"] == "toy_monitor" for worker in seen["workers"]["workers"])
    assert (seen["book"]["contract_id"], seen["book"]["asks"]) == ("toy:nba-bos:yes", [["0.4000", "300"]])
    assert legs(seen["cross_venue"]) == ["toy:nba-bos:yes at 0.4000", "polymarket:101 at 0.4500"]
    signal = seen["cross_venue"]["items"][0]
    assert (signal["stage"], signal["game_id"]) == ("sent", "401")
    assert signal["rules"] == "tail"  # of a game that is broken off each may pay the half, or the result
    assert seen["ends"] == ["tbl-shb", "final", {"toy:tbl-shb:yes": 10_000, "toy:tbl-shb:no": 0}]


def test_a_detector_fires_is_sized_refused_counted_and_asked_for_like_the_others(seen: Json) -> None:
    assert legs(seen["ladder"]) == ["toy:nba-low:yes at 0.4000", "toy:nba-high:no at 0.4500"]
    signal = seen["ladder"]["items"][0]
    assert (signal["stage"], signal["account"], float(signal["size"]) > 0) == ("sent", "arbitrage", True)
    assert seen["funnel"]["combinations"]["ladder"] == 1
    assert "ladder" in seen["no_detector"]["detail"]
    assert seen["halt"]["is_told"]
    refused = seen["halted"]["items"][0]
    assert (refused["detector"], refused["stage"], refused["reason"]) == ("ladder", "risk", "halted")


def test_a_game_of_a_league_is_found_linked_and_its_teams_are_known(seen: Json) -> None:
    assert {game["id"]: game["league"] for game in seen["games"]["items"]} == {"401": "nba", "402": "tbl"}
    assert [(link["contract_id"], link["verdict"]) for link in seen["toy_league"]["links"]] == [
        ("toy:tbl-shb:yes", "tradable"),
        ("toy:tbl-shb:no", "tradable"),
    ]
    assert seen["unmatched"]["total"] == 0
    assert (seen["match"]["is_match"], seen["match"]["target_team"]["id"]) == (True, "tbl:1")
