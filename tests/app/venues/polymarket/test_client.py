"""Gamma asked over HTTP: series, pages, days."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import date

import httpx
import pytest
import respx

from app.domain.leagues import LeagueCode
from app.errors import FeedUnavailable
from app.fetching import Fetcher
from app.settings import FeedSettings
from app.venues.polymarket.client import SERIES_LIFETIME, Polymarket

BASE = "https://gamma.example"
SETTINGS = FeedSettings(per_second=1000, tries=2)
DAYS = [date(2026, 11, 22), date(2026, 11, 23)]
NBA = LeagueCode("nba")
SPORTS = [{"sport": "nba", "series": "34,10345"}, {"sport": "atp", "series": "7"}]


class Watch:
    now = 0.0


def event(slug: str, start: str) -> dict[str, object]:
    return {"slug": slug, "startTime": start}


FIRST = event("nba-nyk-bos-2026-11-22", "2026-11-23T00:30:00Z")
SECOND = event("nba-lal-sas-2026-11-23", "2026-11-24T00:30:00Z")
NEXT_WEEK = event("nba-lal-sas-2026-11-30", "2026-12-01T00:30:00Z")


@pytest.fixture
def router() -> Iterator[respx.MockRouter]:
    with respx.mock(base_url=BASE, assert_all_called=False) as router:
        router.get("/sports").mock(return_value=httpx.Response(200, json=SPORTS))
        yield router


@pytest.fixture
async def polymarket() -> AsyncIterator[Polymarket]:
    async def let_pass(seconds: float) -> None:
        Watch.now += seconds

    async with httpx.AsyncClient() as client:
        fetcher = Fetcher(client, BASE, SETTINGS, sleep=let_pass, monotonic=lambda: Watch.now)
        yield Polymarket(fetcher, monotonic=lambda: Watch.now)


async def test_every_series_is_read_to_its_last_page(router: respx.MockRouter, polymarket: Polymarket) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        params = request.url.params
        if params["series_id"] == "34":
            return httpx.Response(200, json={"events": [FIRST]})
        if "after_cursor" in params:
            return httpx.Response(200, json={"events": [SECOND, NEXT_WEEK]})
        return httpx.Response(200, json={"events": [FIRST], "next_cursor": "abc"})

    route = router.get("/events/keyset").mock(side_effect=answer)
    events = await polymarket.events(NBA, DAYS)
    assert [each.id for each in events] == ["nba-nyk-bos-2026-11-22", "nba-lal-sas-2026-11-23"]
    asked = dict(route.calls[0].request.url.params)
    assert asked == {
        "series_id": "34",
        "start_time_min": "2026-11-22T00:00:00-05:00",
        "start_time_max": "2026-11-24T00:00:00-05:00",
        "closed": "false",
        "order": "startTime",
        "ascending": "true",
        "limit": "100",
    }


async def test_series_are_asked_for_once_in_a_while(router: respx.MockRouter, polymarket: Polymarket) -> None:
    router.get("/events/keyset").mock(return_value=httpx.Response(200, json={"events": []}))
    await asyncio.gather(*(polymarket.events(NBA, DAYS) for _ in range(3)))
    assert router.get("/sports").call_count == 1
    Watch.now += SERIES_LIFETIME
    await polymarket.events(NBA, DAYS)
    assert router.get("/sports").call_count == 2


async def test_without_series_the_tags_are_asked(router: respx.MockRouter, polymarket: Polymarket) -> None:
    router.get("/sports").mock(return_value=httpx.Response(503))
    route = router.get("/events/keyset").mock(return_value=httpx.Response(200, json={"events": []}))
    await polymarket.events(LeagueCode("ncaab"), DAYS)
    assert {call.request.url.params["tag_slug"] for call in route.calls} == {"cbb", "ncaab"}


async def test_a_host_in_trouble_is_said(router: respx.MockRouter, polymarket: Polymarket) -> None:
    router.get("/events/keyset").mock(return_value=httpx.Response(503))
    with pytest.raises(FeedUnavailable, match=r"gamma\.example/events/keyset: answered 503"):
        await polymarket.events(NBA, DAYS)


async def test_no_days_no_questions(polymarket: Polymarket) -> None:
    assert await polymarket.events(NBA, []) == ()
    assert polymarket.counts == {}
