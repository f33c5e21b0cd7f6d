"""`crosscourt up --sandbox`: what a newcomer sees and can ask within the first minute, and that wrong prices ring."""

import time
from typing import Any

import httpx
import pytest

from tests.platform.platforms import Lasting, Platform, eventually


@pytest.fixture(scope="module")
def up(everyones: Lasting) -> Platform:
    """The one that all share: this file is the first to see it."""
    return everyones.up()


@pytest.fixture(scope="module")
def games(up: Platform) -> list[Any]:
    """The slate once both venues are read, within 30 s of the servers being up."""

    def linked() -> list[Any]:
        found = up.games()
        on_both = [each for each in found if len([m for m in each["markets"].values() if "moneyline" in m]) == 2]
        return found if len(on_both) > 10 else []

    began = time.monotonic()
    found = eventually(linked)
    assert time.monotonic() - began < 30
    return found


def test_text_names_page_docs_question_data_and_end_in_under_15_lines(up: Platform) -> None:
    said = eventually(lambda: up.said if "Ctrl-C" in up.said else "")
    assert len(said.splitlines()) < 15
    base = f"http://localhost:{up.port}"
    for told in ("SIMULATED", f"{base}/open?code=", f"{base}/docs", f"curl -s {base}/match", str(up.data_dir)):
        assert told in said


def test_one_time_link_opens_the_page_once(up: Platform) -> None:
    said = eventually(lambda: up.said if "/open?code=" in up.said else "")
    link = next(word for word in said.split() if "/open?code=" in word)
    path = link.partition(str(up.port))[2]
    assert up.http.get(path).status_code == 303
    up.http.cookies.clear()
    assert up.http.get(path).status_code == 401


def test_games_of_every_simulated_sport_are_listed(games: list[Any]) -> None:
    assert {"nba", "ncaab", "nfl", "mlb", "nhl", "epl"} <= {each["sport"] for each in games}


def test_every_contract_says_what_it_means_and_why(up: Platform, games: list[Any]) -> None:
    chosen = next(each for each in games if each["sport"] == "nba" and len(each["markets"]) == 2)
    answer = up.get(f"/games/{chosen['game_id']}/links")
    winners = [link for link in answer["links"] if link["proposition"]["kind"] == "moneyline"]
    assert {link["venue"] for link in winners} == {"kalshi", "polymarket"}
    sides = {answer["game"]["home"]["id"], answer["game"]["away"]["id"]}
    for link in answer["links"]:
        assert link["reasons"]
        assert link["verdict"] in {"tradable", "watch", "rejected"}
        if link["verdict"] == "tradable":
            assert link["polarity"] in {"yes", "no"}
        if link["proposition"]["kind"] in {"spread", "total"}:
            assert link["proposition"]["line"] is not None
        if link["proposition"]["kind"] == "moneyline":
            assert link["proposition"]["team_id"] in sides


def test_match_answers_as_the_text_promises(up: Platform) -> None:
    question = {"target": "Celtics", "candidate": "Boston Celtics", "sport": "nba"}
    answer = up.http.post("/match", json=question).json()
    assert answer["is_match"] is True
    assert answer["confidence"] >= 0.90


@pytest.mark.usefixtures("games")
def test_platform_is_ready_once_every_worker_beats(up: Platform) -> None:
    ready = eventually(lambda: up.http.get("/health/ready").status_code == 200)
    assert ready, up.get("/health/workers")
    workers = up.workers()
    assert list(workers)[:3] == ["game_poller", "market_searcher", "publisher"]
    holders = {"discovery": up.discovery().pid, "trading": up.process.pid}
    assert {each["process_id"] for each in workers.values()} == set(holders.values())
    assert all(each["process_id"] == holders[each["process"]] for each in workers.values())


def test_published_keys_hold_the_shape_and_lifetime_they_promise(up: Platform, games: list[Any]) -> None:
    chosen = next(each for each in games if len(each["markets"]) == 2)
    redis, key = up.redis, f"discovery:game:{chosen['game_id']}"
    assert up.http.get(f"/discovery/games/{chosen['game_id']}").content == redis.get(key)
    assert 240 < redis.ttl(key) <= 300
    assert 240 < redis.ttl(f"game:{chosen['game_id']}:mapping") <= 300
    assert abs(up.get(f"/discovery/games/{chosen['game_id']}")["last_updated"] - time.time()) < 60


@pytest.fixture(scope="module")
def disputed(up: Platform) -> list[Any]:
    """The contracts of a game whose outcomes one venue prices as each other, once both venues are read."""
    traps = httpx.get(f"{up.sandbox_url()}/traps", timeout=60).json()["traps"]
    (game_id,) = {trap["game"] for trap in traps if trap["trap"] == "inverted_prices"}

    def listed() -> list[Any]:
        found = list(up.get(f"/games/{game_id}/links")["links"])
        return found if {link["venue"] for link in found} == {"kalshi", "polymarket"} else []

    return eventually(listed)


def test_winners_that_are_priced_as_each_other_by_both_venues_are_rejected_and_say_why(disputed: list[Any]) -> None:
    winners = [link for link in disputed if link["proposition"]["kind"] == "moneyline"]
    assert len(winners) == 6
    for link in winners:
        assert link["verdict"] == "rejected"
        assert [(reason["finding"], "wrong side" in reason["detail"]) for reason in link["reasons"]][-1] == (
            "differs",
            True,
        )


def test_everything_else_of_the_game_stands(disputed: list[Any]) -> None:
    others = [link for link in disputed if link["proposition"]["kind"] != "moneyline"]
    assert {link["verdict"] for link in others} == {"tradable"}


@pytest.mark.usefixtures("disputed")
def test_the_alarm_is_counted_and_logged_and_no_other_game_rings(up: Platform) -> None:
    counted = eventually(lambda: up.workers()["market_searcher"]["counts"].get("price_alarms"))
    log = next(up.data_dir.rglob("discovery.log"))
    assert (counted, log.read_text().count("price alarm: link rejected")) == (6, 6)
