"""The clients against the sandbox over real HTTP: what they list on a good day, and what a bad day costs."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta

import httpx
import pytest
import uvicorn

from app.domain.games import eastern_date
from app.domain.leagues import LeagueCode
from app.domain.markets import Event
from app.errors import FeedUnavailable, PayloadRefused
from app.fetching import LONGEST_PAUSE, Fetcher
from app.ports import ScoreSource, VenueCatalogue
from app.sandbox.server import ESPN, GAMMA, KALSHI, build
from app.settings import FeedSettings
from app.sources.espn.client import Espn
from app.venues.kalshi.client import Kalshi
from app.venues.polymarket.client import Polymarket

NBA, EPL = LeagueCode("nba"), LeagueCode("epl")
FAST = FeedSettings(per_second=1000, tries=2, timeout=0.5)


class Town:
    """A running sandbox and the three clients that look at it."""

    def __init__(self, client: httpx.AsyncClient, days: list[date]) -> None:
        self.skipped = 0.0

        async def hurry(seconds: float) -> None:
            self.skipped += seconds
            await asyncio.sleep(0.01)

        def fetcher(host: str) -> Fetcher:
            base_url = str(client.base_url).rstrip("/") + host
            return Fetcher(client, base_url, FAST, sleep=hurry, monotonic=lambda: time.monotonic() + self.skipped)

        self.client = client
        self.days = days
        self.espn: ScoreSource = Espn(fetcher(ESPN))
        self.polymarket: VenueCatalogue = Polymarket(fetcher(GAMMA))
        self.kalshi: VenueCatalogue = Kalshi(fetcher(KALSHI))


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    listener = socket.create_server(("127.0.0.1", 0))  # callers queue up in it until it is served
    server = uvicorn.Server(uvicorn.Config(build(seed=1), lifespan="off", log_level="critical"))
    running = asyncio.create_task(server.serve([listener]))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}") as client:
        now = datetime.fromisoformat((await client.get("/clock")).json()["now"])
        yield Town(client, [eastern_date(now) + timedelta(days=day) for day in (-1, 0, 1)])
    server.should_exit = True
    await running


async def test_a_good_day(town: Town) -> None:
    games = await town.espn.games(NBA, town.days)
    kalshi = await town.kalshi.events(NBA, town.days)
    polymarket = await town.polymarket.events(NBA, town.days)
    assert len(games) > 5
    winners = [event for event in kalshi if event.kind == "moneyline"]
    assert {event.start_source for event in winners} == {"milestone"}
    assert all(side.venue_team_id and side.side and side.name for event in winners for side in event.competitors)
    starts = {game.start for game in games}
    assert sum(event.start in starts for event in winners) > len(winners) / 2
    assert sum(event.start in starts for event in polymarket) > len(polymarket) / 2
    for source in (town.espn, town.polymarket, town.kalshi):
        assert set(source.counts) <= {"requests", "answers", "bytes", "not_modified"}


async def test_every_market_comes_with_what_it_charges(town: Town) -> None:
    charged = {
        venue.venue: {
            (market.kind, market.fees.taker, market.fees.maker) if market.fees else None
            for event in await venue.events(LeagueCode("mlb"), town.days)
            for market in event.markets or ()
            if market.kind in ("moneyline", "total")
        }
        for venue in (town.polymarket, town.kalshi)
    }
    assert charged["polymarket"] >= {("moneyline", 50_000, 0), ("total", 50_000, 0)}
    assert charged["kalshi"] >= {("moneyline", 35_000, 8_750), ("total", 35_000, 0)}  # some events have their own
    assert None not in charged["polymarket"] | charged["kalshi"]


async def test_soccer_is_three_ways_on_both_venues(town: Town) -> None:
    for venue in (town.polymarket, town.kalshi):
        games = await venue.events(EPL, town.days)
        assert ["draw", "moneyline", "moneyline"] in [_winner_kinds(game) for game in games]


def _winner_kinds(event: Event) -> list[str]:
    return sorted(market.kind for market in event.markets or () if market.kind in ("moneyline", "draw"))


FAULTS = [  # kind, what is counted
    ("429", "rate_limited"),
    ("503", "server_errors"),
    ("500", "server_errors"),
    ("timeout", "timeouts"),
    ("disconnect", "network"),
]


@pytest.mark.parametrize(("kind", "counted"), FAULTS)
async def test_a_fault_that_passes_costs_nothing_but_a_count(town: Town, kind: str, counted: str) -> None:
    await town.client.post("/faults", json={"match": "/basketball/nba", "kind": kind, "seconds": 1.0})
    assert await town.espn.games(NBA, town.days)
    assert (town.espn.counts[counted], town.espn.counts["retries"]) == (1, 1)


@pytest.mark.parametrize(("kind", "counted"), FAULTS[:2])
async def test_a_fault_that_stays_is_unavailable(town: Town, kind: str, counted: str) -> None:
    await town.client.post("/faults", json={"match": "/kalshi", "kind": kind, "for_seconds": 60})
    with pytest.raises(FeedUnavailable):
        await town.kalshi.events(NBA, town.days)
    assert town.kalshi.counts[counted] > 1
    await town.client.delete("/faults")
    town.skipped += LONGEST_PAUSE
    assert await town.kalshi.events(NBA, town.days)


@pytest.mark.parametrize("kind", ["html", "cut", "garbage"])
async def test_what_is_no_json_is_refused_and_counted(town: Town, kind: str) -> None:
    await town.client.post("/faults", json={"match": "/events/keyset", "kind": kind, "for_seconds": 60})
    with pytest.raises(PayloadRefused):
        await town.polymarket.events(NBA, town.days)
    counts = town.polymarket.counts
    assert counts.get("not_json", 0) + counts.get("not_as_described", 0) == 1


LISTS = [("/kalshi/trade-api/v2/events", "event_ticker"), ("/events/keyset", "slug")]


@pytest.mark.parametrize("kind", ["wrong_type", "missing_field", "duplicate"])
@pytest.mark.parametrize(("path", "field"), LISTS)
async def test_a_bad_element_costs_itself_alone(town: Town, kind: str, path: str, field: str) -> None:
    venue = town.kalshi if "kalshi" in path else town.polymarket
    whole = len(await venue.events(NBA, town.days))
    await town.client.post("/faults", json={"match": path, "kind": kind, "field": field})
    assert whole - 1 <= len(await venue.events(NBA, town.days)) <= whole
    assert venue.counts["refused_elements"] == 1
