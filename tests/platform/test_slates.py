"""`crosscourt up --slate`: recorded moments over REST and Redis, on their own clock, and no page delays a request."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.platform.platforms import FINDERS, Platform, data_folder, eventually

NBA, SUMMER = "nba-2026-01-09", "mlb-wnba-2026-08-09"
LAG_ALLOWED = 0.05  # seconds; two busy cores make a call wait, too


@pytest.fixture(scope="module")
def platforms(shared: Path) -> Iterator[tuple[Platform, Platform]]:
    """Both slates, started side by side; that of the summer in one process which finds games and does nothing else."""
    with ExitStack() as stack:
        asked = (NBA,), (SUMMER, "--workers", FINDERS)
        data_dirs = [stack.enter_context(data_folder()) for _ in asked]
        started = [
            stack.enter_context(closing(Platform(data_dir, "--slate", shared / "slates" / name, *more)))
            for data_dir, (name, *more) in zip(data_dirs, asked, strict=True)
        ]
        nba, summer = (each.wait() for each in started)
        eventually(lambda: len(on_venue(nba.games(), "polymarket")) > 40 and on_venue(summer.games(), "kalshi"))
        yield nba, summer


@pytest.fixture
def nba(platforms: tuple[Platform, Platform]) -> Platform:
    return platforms[0]


@pytest.fixture
def summer(platforms: tuple[Platform, Platform]) -> Platform:
    return platforms[1]


def on_venue(games: list[Any], venue: str) -> list[Any]:
    return [each for each in games if "moneyline" in each["markets"].get(venue, {})]


def says_the_slates_time(up: Platform, slate: Path, last_updated: int) -> bool:
    now = datetime.fromisoformat(json.loads((slate / "slate.json").read_text())["now"].replace("Z", "+00:00"))
    shown = datetime.fromisoformat(up.get("/health/live")["now"].replace("Z", "+00:00"))
    return all(
        0 <= (moment - now).total_seconds() < 300 for moment in (shown, datetime.fromtimestamp(last_updated, UTC))
    )


def check_redis(up: Platform, game: Any) -> dict[str, Any]:
    """The owner's JSON and the mapping of a game; the mapping's contracts without the mark `provisional`."""
    redis, game_id = up.redis, game["game_id"]
    published = json.loads(redis.get(f"discovery:game:{game_id}"))
    assert published.keys() == {"game_id", "sport", "markets", "last_updated"}
    assert published["markets"] == game["markets"]
    for key in (f"discovery:game:{game_id}", f"game:{game_id}:mapping"):
        assert 0 < redis.ttl(key) <= 300
    mapping = {name.decode(): json.loads(value) for name, value in redis.hgetall(f"game:{game_id}:mapping").items()}
    assert bool(mapping.pop("provisional", 0)) == game["is_provisional"]
    assert all({"proposition", "polarity", "verdict"} <= each.keys() for each in mapping.values())
    return published


def test_all_27_nba_games_of_kalshi_have_both_venues(nba: Platform, shared: Path) -> None:
    games = on_venue(nba.games(), "kalshi")
    listed = json.loads((shared / "slates" / NBA / "kalshi" / "events.json").read_text())
    tickers = {event["event_ticker"] for event in (listed["events"] if isinstance(listed, dict) else listed)}
    assert {each["markets"]["kalshi"]["moneyline"] for each in games} == tickers
    assert len(games) == len(on_venue(games, "polymarket")) == 27
    for each in games:
        assert each["is_provisional"]
        assert says_the_slates_time(nba, shared / "slates" / NBA, check_redis(nba, each)["last_updated"])


def test_philadelphia_at_toronto_is_two_games_on_two_days(nba: Platform) -> None:
    games = {each["game_id"]: each for each in nba.games() if each["game_id"].endswith(":phi-tor")}
    assert set(games) == {"x:nba:2026-01-11:phi-tor", "x:nba:2026-01-12:phi-tor"}
    assert "kalshi" not in games["x:nba:2026-01-12:phi-tor"]["markets"]


def test_provisional_games_are_flagged_and_never_tradable(nba: Platform) -> None:
    links = nba.get("/games/x:nba:2026-01-11:phi-tor/links")
    assert links["game"]["is_provisional"]
    assert {link["verdict"] for link in links["links"]} == {"watch"}


def test_exactly_three_mlb_and_three_wnba_games_have_a_winner_market(summer: Platform, shared: Path) -> None:
    games = on_venue(summer.games(), "kalshi")
    assert sorted(each["sport"] for each in games) == ["mlb"] * 3 + ["wnba"] * 3
    for each in games:
        assert not each["is_provisional"]
        assert "26AUG09" in each["markets"]["kalshi"]["moneyline"]
        assert says_the_slates_time(summer, shared / "slates" / SUMMER, check_redis(summer, each)["last_updated"])
        links = summer.get(f"/games/{each['game_id']}/links")["links"]
        assert all("26AUG09" in link["event_id"] for link in links)
        winners = [link for link in links if link["proposition"]["kind"] == "moneyline"]
        assert {link["verdict"] for link in winners} == {"tradable"}


def test_props_are_left_out_with_a_reason(nba: Platform) -> None:
    radar = nba.get("/match/unmatched?venue=polymarket&code=prop&limit=500")
    assert radar["total"] > 50
    assert all(item["title"] and item["detail"] for item in radar["items"])


def slowest_call(up: Platform, between: Callable[[], object]) -> float:
    """Seconds; the second slowest of a hundred."""
    times = []
    for _ in range(100):
        between()
        began = time.perf_counter()
        up.http.get("/health/live").raise_for_status()
        times.append(time.perf_counter() - began)
    return sorted(times)[-2]


def test_a_page_of_gamma_being_parsed_never_delays_a_request(nba: Platform) -> None:
    """The discovery process reads 738 markets over and over; the API's process is not in its way."""
    still = slowest_call(nba, lambda: time.sleep(0.01))
    rounds = nba.workers()["market_searcher"]["runs"]
    asked_at = 0.0

    def keep_discovery_busy() -> None:
        nonlocal asked_at
        time.sleep(0.02)
        if time.monotonic() - asked_at > 0.5:
            nba.refresh()
            asked_at = time.monotonic()

    busy = slowest_call(nba, keep_discovery_busy)
    assert eventually(lambda: nba.workers()["market_searcher"]["runs"] > rounds + 1)
    assert busy < max(10 * still, LAG_ALLOWED)


def test_the_slates_page_of_gamma_is_as_large_as_it_is_said(nba: Platform) -> None:
    page = httpx.get(f"{nba.sandbox_url()}/gamma/events", params={"limit": 100}).json()
    assert sum(len(event["markets"]) for event in page) == 738
