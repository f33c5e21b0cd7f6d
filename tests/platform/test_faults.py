"""Hosts on their bad days: what they did is counted and shown, no loop stops, and afterwards all is well again."""

from collections.abc import Iterator

import httpx
import pytest

from tests.platform.platforms import Platform, eventually, platform

PATHS = {"espn": "/espn/", "polymarket": "/gamma/events", "kalshi": "/kalshi/trade-api/v2/events"}
NEEDED = {"espn": "competitions", "polymarket": "slug", "kalshi": "event_ticker"}  # no element can do without it

Fault = dict[str, object]


@pytest.fixture(scope="module")
def up() -> Iterator[Platform]:
    given = {"KALSHI__TIMEOUT": "2", "KALSHI__TRIES": "2", "POLYMARKET__TRIES": "2", "ESPN__TRIES": "2"}
    with platform("--sandbox", given=given) as started:
        eventually(lambda: started.games() and started.workers()["market_searcher"]["runs"])
        yield started


@pytest.fixture
def sandbox(up: Platform) -> Iterator[httpx.Client]:
    """To plant faults in; none is left in force."""
    with httpx.Client(base_url=up.sandbox_url()) as client:
        yield client
        client.delete("/faults")


def everywhere(kind: str, **how: object) -> dict[str, Fault]:
    return {feed: {"kind": kind, **how} for feed in PATHS}


@pytest.mark.parametrize(
    ("faults_of_feeds", "counted"),
    [
        ({"kalshi": {"kind": "timeout", "count": 1}}, "timeouts"),
        (everywhere("html"), "not_json"),
        (everywhere("cut"), "not_json"),
        ({feed: {"kind": "wrong_type", "field": name} for feed, name in NEEDED.items()}, "refused_elements"),
        ({feed: {"kind": "missing_field", "field": name} for feed, name in NEEDED.items()}, "refused_elements"),
        (everywhere("duplicate"), "refused_elements"),
        (everywhere("429"), "rate_limited"),
        (everywhere("503"), "server_errors"),
        (everywhere("disconnect"), "network"),
    ],
    ids=["timeout", "html", "cut", "wrong type", "missing", "duplicate", "429", "503", "disconnect"],
)
def test_fault_is_counted_by_its_kind(
    up: Platform, sandbox: httpx.Client, faults_of_feeds: dict[str, Fault], counted: str
) -> None:
    before = up.troubles()
    for feed, fault in faults_of_feeds.items():
        sandbox.post("/faults", json={"match": PATHS[feed], "for_seconds": 60, **fault}).raise_for_status()

    def all_counted() -> bool:
        up.refresh()  # a host that failed again and again is left alone for some seconds
        now = up.troubles()
        return all(now[feed].get(counted, 0) > before[feed].get(counted, 0) for feed in faults_of_feeds)

    assert eventually(all_counted, 30), up.troubles()


def test_trouble_is_told_while_it_lasts_and_forgotten_when_it_is_over(up: Platform, sandbox: httpx.Client) -> None:
    games = {each["game_id"] for each in up.games()}
    for path in ("/gamma/", "/kalshi/", "/espn/"):
        sandbox.post("/faults", json={"match": path, "kind": "503", "for_seconds": 600}).raise_for_status()
    up.refresh()
    for worker in ("game_poller", "market_searcher"):
        said = eventually(lambda worker=worker: up.workers()[worker]["last_error"], 45)
        assert "answered 503" in said or "not asked for another" in said
    assert {each["game_id"] for each in up.games()} == games
    sandbox.delete("/faults")

    def is_well() -> bool:
        up.refresh()
        return not any(each["last_error"] for each in up.workers().values())

    assert eventually(is_well, 45), up.get("/health/workers")
    assert all(each["state"] == "running" and not each["failures"] for each in up.workers().values())
    assert up.http.get("/health/ready").status_code == 200
