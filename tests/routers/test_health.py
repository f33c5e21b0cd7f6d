"""Alive, ready, and what is said when something is missing."""

import asyncio
from datetime import timedelta

import pytest

from app.domain.operations import Beat
from app.errors import HistoryUnavailable, HotStoreUnavailable
from tests.routers.houses import House


def workers(house: House) -> list[str]:
    expected = house.state["expected_workers"]
    assert isinstance(expected, tuple)
    return [worker.name for worker in expected]


async def beat_all(house: House, age: float = 1.0) -> None:
    now = house.resources.clock()
    for worker in workers(house):
        at = now - timedelta(seconds=age)
        await house.hot.beat(Beat(worker=worker, process_id=7, host="here", started_at=at, at=at, every=15, runs=1))


async def test_alive_says_what_it_is(house: House) -> None:
    answer = (await house.ask.get("/health/live")).json()
    assert (answer["status"], answer["mode"]) == ("alive", "paper")
    assert answer["now"].endswith("Z")


async def test_ready_when_both_stores_answer_and_every_worker_beats(house: House) -> None:
    await beat_all(house)
    answer = await house.ask.get("/health/ready")
    assert answer.status_code == 200
    assert {check["name"] for check in answer.json()["checks"]} == {"redis", "postgres", *workers(house)}


async def test_not_ready_names_each_worker_that_is_silent(house: House) -> None:
    answer = await house.ask.get("/health/ready")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert all(f"{worker}: no sign of life" in answer.json()["detail"] for worker in workers(house))


async def test_workers_are_shown_in_the_order_of_the_roster(house: House) -> None:
    await beat_all(house, age=100)
    answer = (await house.ask.get("/health/workers")).json()
    assert [each["worker"] for each in answer["workers"]] == workers(house)
    assert {each["state"] for each in answer["workers"]} == {"late"}
    assert 100 <= answer["oldest_feed"] < 110
    assert [feed["feed"] for feed in answer["feeds"]] == ["espn", "polymarket", "kalshi"]


@pytest.fixture
def without_redis(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """The door to Redis raises, as it does when no server answers."""

    async def fail(*_: object) -> None:
        raise HotStoreUnavailable("Redis at nowhere does not answer", remedy="Start Redis")

    for method in ("values", "names", "transact", "try_each", "ping"):
        monkeypatch.setattr(house.hot._door, method, fail)
    return house


async def test_without_redis_lists_are_unavailable_and_the_matcher_answers(without_redis: House) -> None:
    ask = without_redis.ask
    for path in ("/games", "/games/1", "/discovery/games", "/match/unmatched", "/health/workers", "/health/ready"):
        answer = await ask.get(path)
        assert answer.status_code == 503, path
        assert answer.json()["remedy"]
        assert answer.headers["retry-after"]
    found = await ask.post("/match", json={"target": "Celtics", "candidate": "Boston Celtics", "sport": "nba"})
    assert found.json()["is_match"] is True
    detail = (await ask.get("/health/ready")).json()["detail"]
    assert "workers: unknown while Redis does not answer" in detail
    assert "no sign of life" not in detail
    assert (await ask.get("/health/live")).status_code == 200
    assert (await ask.get("/")).status_code == 200


async def test_without_postgres_reads_go_on(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await house.ask.get("/games", headers=house.as_admin)).status_code == 200
    key = house.as_admin

    async def fail(*_: object) -> None:
        raise HistoryUnavailable("Postgres at nowhere does not answer")

    monkeypatch.setattr(house.history, "read", fail)
    monkeypatch.setattr(house.history, "ping", fail)
    assert (await house.ask.get("/games")).status_code == 200
    assert (await house.ask.get("/games", headers=key)).status_code == 200  # seen before: still good
    assert (await house.ask.get("/games", headers={"X-API-Key": "cc_1_unseen"})).status_code == 503
    assert (await house.ask.get("/match/aliases")).status_code == 503
    ready = await house.ask.get("/health/ready")
    assert "postgres: Postgres at nowhere does not answer" in ready.json()["detail"]


async def test_a_store_that_never_answers_does_not_hold_readiness_up(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("routers.health.PATIENCE", 0.01)
    monkeypatch.setattr(house.history, "ping", asyncio.Event().wait)
    assert "postgres: no answer within" in (await house.ask.get("/health/ready")).json()["detail"]
