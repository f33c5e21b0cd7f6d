"""Hosts on their bad days: what they did is counted and shown, no loop stops, and afterwards all is well again."""

from collections.abc import Iterator

import httpx
import pytest

from tests.platform.platforms import Platform, eventually

PATHS = {"espn": "/espn/", "polymarket": "/gamma/events", "kalshi": "/kalshi/trade-api/v2/events"}

Faults = dict[str, tuple[dict[str, object], str]]  # by feed: what is planted, and how it is counted


@pytest.fixture
def sandbox(up: Platform) -> Iterator[httpx.Client]:
    """To plant faults in; none is left in force."""
    with httpx.Client(base_url=up.sandbox_url()) as client:
        yield client
        client.delete("/faults")


@pytest.mark.parametrize(
    "faults",
    [
        {
            "espn": ({"kind": "html"}, "not_json"),
            "polymarket": ({"kind": "cut"}, "not_json"),
            "kalshi": ({"kind": "timeout", "count": 1}, "timeouts"),
        },
        {
            "espn": ({"kind": "missing_field", "field": "competitions"}, "refused_elements"),
            "polymarket": ({"kind": "duplicate"}, "refused_elements"),
            "kalshi": ({"kind": "wrong_type", "field": "event_ticker"}, "refused_elements"),
        },
        {
            "espn": ({"kind": "503"}, "server_errors"),
            "polymarket": ({"kind": "429"}, "rate_limited"),
            "kalshi": ({"kind": "disconnect"}, "network"),
        },
    ],
    ids=lambda faults: " ".join(fault["kind"] for fault, _ in faults.values()),
)
def test_fault_is_counted_by_its_kind(up: Platform, sandbox: httpx.Client, faults: Faults) -> None:
    before = up.troubles()
    for feed, (fault, _) in faults.items():
        sandbox.post("/faults", json={"match": PATHS[feed], "for_seconds": 60, **fault}).raise_for_status()

    def all_counted() -> bool:
        up.refresh()  # a host that failed again and again is left alone for some seconds
        now = up.troubles()
        return all(now[feed].get(name, 0) > before[feed].get(name, 0) for feed, (_, name) in faults.items())

    assert eventually(all_counted), up.troubles()


def failures(up: Platform) -> dict[str, int]:
    """How often each worker has fallen."""
    return {name: each["failures"] for name, each in up.workers().items()}


def test_trouble_is_told_while_it_lasts_and_forgotten_when_it_is_over(up: Platform, sandbox: httpx.Client) -> None:
    games = {each["game_id"] for each in up.games()}
    before = failures(up)  # other tests let this platform fall
    for path in ("/gamma/", "/kalshi/", "/espn/"):
        sandbox.post("/faults", json={"match": path, "kind": "503", "for_seconds": 600}).raise_for_status()
    up.refresh()

    def is_told() -> bool:
        said = [up.workers()[worker]["last_error"] for worker in ("game_poller", "market_searcher")]
        return all("answered 503" in each or "not asked for another" in each for each in said)

    assert eventually(is_told), up.workers()
    assert {each["game_id"] for each in up.games()} == games
    sandbox.delete("/faults")

    def is_well() -> bool:
        up.refresh()
        return all(each["state"] == "running" and not each["last_error"] for each in up.workers().values())

    assert eventually(is_well), up.get("/health/workers")
    assert failures(up) == before
    assert up.http.get("/health/ready").status_code == 200
