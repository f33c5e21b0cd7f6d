"""Recorded slates are served whole, as they were, on their own clock."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from app.errors import StartRefused
from app.sandbox.recordings import Recording
from app.sandbox.server import build_on

ESPN = "/espn/apis/site/v2/sports"
KALSHI = "/kalshi/trade-api/v2"


class Ticking:
    """A wall clock that the test moves."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


def client_of(folder: Path, clock: Ticking | None = None) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(build_on(Recording(folder, clock or Ticking())))
    return httpx.AsyncClient(transport=transport, base_url="http://sandbox")


async def test_clock_runs_on_from_the_slates_moment(shared: Path) -> None:
    ticking = Ticking()
    async with client_of(shared / "slates/nba-2026-01-09", ticking) as sandbox:
        ticking.at += timedelta(seconds=90)
        clock = (await sandbox.get("/clock")).json()
    assert clock == {"now": "2026-01-09T20:16:30.000000Z", "simulated": True, "slate": "nba-2026-01-09"}


async def test_polymarket_slate_is_served_whole_and_unmodified(shared: Path) -> None:
    folder = shared / "slates/nba-2026-01-09"
    recorded = json.loads((folder / "polymarket/events.json").read_bytes())
    async with client_of(folder) as sandbox:
        pages = []
        cursor = ""
        while cursor is not None:
            query = {"limit": "20"} | ({"after_cursor": cursor} if cursor else {})
            page = (await sandbox.get("/gamma/events/keyset", params=query)).json()
            pages += page["events"]
            cursor = page.get("next_cursor")
        window = {"start_time_min": "2026-01-10T00:00:00Z", "start_time_max": "2026-01-10T12:00:00Z", "limit": "100"}
        evening = (await sandbox.get("/gamma/events/keyset", params=window)).json()["events"]
    assert pages == recorded
    assert {event["eventDate"] for event in evening} == {"2026-01-09"}
    assert len(evening) == 10


async def test_kalshi_slates_are_served_whole_and_unmodified(shared: Path) -> None:
    nba, mlb = shared / "slates/nba-2026-01-09", shared / "slates/mlb-wnba-2026-08-09"
    async with client_of(nba) as sandbox:
        page = (await sandbox.get(f"{KALSHI}/events?status=open&with_nested_markets=true")).json()
        assert page["events"] == json.loads((nba / "kalshi/events.json").read_bytes())["events"]
    async with client_of(mlb) as sandbox:
        page = (await sandbox.get(f"{KALSHI}/events?with_nested_markets=true")).json()
        assert page["events"] == json.loads((mlb / "kalshi/events.json").read_bytes())
        winners = (await sandbox.get(f"{KALSHI}/events?series_ticker=KXMLBGAME")).json()["events"]
    assert len(winners) == 3


async def test_espn_slate_answers_its_day_and_empty_days_and_leagues(shared: Path) -> None:
    folder = shared / "slates/mlb-wnba-2026-08-09"
    async with client_of(folder) as sandbox:
        whole = (await sandbox.get(f"{ESPN}/baseball/mlb/scoreboard?dates=20260809")).json()
        today = (await sandbox.get(f"{ESPN}/baseball/mlb/scoreboard")).json()
        other = (await sandbox.get(f"{ESPN}/baseball/mlb/scoreboard?dates=20260810")).json()
        quiet = (await sandbox.get(f"{ESPN}/basketball/nba/scoreboard")).json()
    assert whole == today == json.loads((folder / "espn/baseball.mlb.json").read_bytes())
    assert other["events"] == quiet["events"] == []


async def test_venue_without_a_file_lists_nothing(shared: Path) -> None:
    async with client_of(shared / "slates/mlb-wnba-2026-08-09") as sandbox:
        assert (await sandbox.get("/gamma/events/keyset")).json() == {"events": []}
        assert (await sandbox.get("/gamma/events")).json() == []


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        (None, "No slate in"),
        ('{"name": "x"}', "missing required field `now`"),
        ('{"name": "x", "now": "2026-08-09T15:00:00"}', "no time zone"),
        ('{"name": "x", "now": "2026-08-09T15:00:00Z", "kalshi": "gone.json"}', "cannot be read"),
        ('{"name": "x", "now": "2026-08-09T15:00:00Z", "kalshi": "slate.json.cut"}', "is not JSON"),
    ],
)
def test_slate_that_cannot_be_read_is_refused_with_its_fault(tmp_path: Path, manifest: str | None, words: str) -> None:
    (tmp_path / "slate.json.cut").write_text('[{"event_ticker"')
    if manifest is not None:
        (tmp_path / "slate.json").write_text(manifest)
    with pytest.raises(StartRefused, match=words):
        Recording(tmp_path)
