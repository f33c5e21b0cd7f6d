"""Kalshi asked over HTTP: series, milestones, pages, days."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import date

import httpx
import pytest
import respx

from app.domain.leagues import LeagueCode
from app.errors import FeedError, FeedUnavailable
from app.fetching import Fetcher
from app.settings import FeedSettings
from app.venues.kalshi.client import MILESTONES_LIFETIME, Kalshi
from app.venues.kalshi.series import series_of

BASE = "https://kalshi.example/v2"
SETTINGS = FeedSettings(per_second=1000, tries=2)
DAYS = [date(2026, 11, 22), date(2026, 11, 23)]
NBA = LeagueCode("nba")
GAME = "KXNBAGAME-26NOV22NYKBOS"
MORE = "KXNBA2HTOTAL-26NOV22NYKBOS"
MILESTONE = {
    "id": "m1",
    "start_date": "2026-11-23T00:30:00Z",
    "related_event_tickers": [GAME, MORE, "KXNBAPTS-26NOV22NYKBOS"],
}
SERIES = {"series": {"fee_type": "quadratic", "fee_multiplier": 1}}


class Watch:
    now = 0.0


@pytest.fixture
def router() -> Iterator[respx.MockRouter]:
    with respx.mock(base_url=BASE, assert_all_called=False) as router:
        router.get("/milestones").mock(return_value=httpx.Response(200, json={"milestones": [MILESTONE]}))
        router.get("/events").mock(side_effect=lambda request: page(request))
        router.get("/events/fee_changes").mock(return_value=httpx.Response(200, json={"event_fee_changes": []}))
        router.get("/series/fee_changes").mock(return_value=httpx.Response(200, json={"series_fee_change_arr": []}))
        router.get(path__regex=r"/series/KX\w+$").mock(return_value=httpx.Response(200, json=SERIES))
        yield router


@pytest.fixture
async def kalshi() -> AsyncIterator[Kalshi]:
    async def let_pass(seconds: float) -> None:
        Watch.now += seconds

    async with httpx.AsyncClient() as client:
        fetcher = Fetcher(client, BASE, SETTINGS, sleep=let_pass, monotonic=lambda: Watch.now)
        yield Kalshi(fetcher, monotonic=lambda: Watch.now)


def page(request: httpx.Request) -> httpx.Response:
    """One game today and one next week, on two pages; other series are empty."""
    series = request.url.params["series_ticker"]
    if series == "KXNBA2HTOTAL":
        return httpx.Response(200, json={"events": [{"event_ticker": MORE}], "cursor": ""})
    if series != "KXNBAGAME":
        return httpx.Response(200, json={"events": [], "cursor": ""})
    if "cursor" in request.url.params:
        return httpx.Response(
            200, json={"events": [{"event_ticker": GAME, "title": "New York at Boston"}], "cursor": ""}
        )
    later = {"event_ticker": "KXNBAGAME-26NOV29LALSAS", "title": "Los Angeles L at San Antonio"}
    return httpx.Response(200, json={"events": [later], "cursor": "abc"})


async def test_every_series_is_read_to_its_last_page(router: respx.MockRouter, kalshi: Kalshi) -> None:
    events = {event.id: event for event in await kalshi.events(NBA, DAYS)}
    assert set(events) == {GAME, MORE}  # next week's is not asked for; the milestone named a series more, and a prop
    assert (events[GAME].start_source, events[GAME].markets) == ("milestone", None)
    asked = [dict(call.request.url.params) for call in router.get("/events").calls]
    assert {params["series_ticker"] for params in asked} == {*series_of(NBA), "KXNBA2HTOTAL"}
    assert all(params["with_nested_markets"] == "true" and params["status"] == "open" for params in asked)


async def test_milestones_are_asked_for_once_in_a_while(router: respx.MockRouter, kalshi: Kalshi) -> None:
    await asyncio.gather(*(kalshi.events(LeagueCode(code), DAYS) for code in ("nba", "nfl", "epl")))
    route = router.get("/milestones")
    assert route.call_count == 1
    assert dict(route.calls.last.request.url.params) == {
        "category": "Sports",
        "minimum_start_date": "2026-11-22T00:00:00-05:00",
        "limit": "500",
    }
    Watch.now += MILESTONES_LIFETIME
    await kalshi.events(NBA, DAYS)
    assert route.call_count == 2
    await kalshi.events(NBA, [date(2026, 11, 20)])  # further back than what is known
    assert route.call_count == 3


async def test_without_milestones_the_games_are_still_told(router: respx.MockRouter, kalshi: Kalshi) -> None:
    router.get("/milestones").mock(return_value=httpx.Response(500))
    events = await kalshi.events(NBA, DAYS)
    assert [(event.id, event.start_source) for event in events] == [(GAME, "date_only")]
    assert kalshi.counts["server_errors"] == 2


async def test_where_nobody_plays_only_the_winners_are_asked_for(router: respx.MockRouter, kalshi: Kalshi) -> None:
    assert await kalshi.events(LeagueCode("epl"), DAYS) == ()
    asked = [call.request.url.params["series_ticker"] for call in router.get("/events").calls]
    assert asked == ["KXEPLGAME"]


async def test_without_milestones_the_winners_say_whether_anybody_plays(
    router: respx.MockRouter, kalshi: Kalshi
) -> None:
    router.get("/milestones").mock(return_value=httpx.Response(200, json={"milestones": []}))
    assert {event.id for event in await kalshi.events(NBA, DAYS)} == {GAME}
    asked = [call.request.url.params["series_ticker"] for call in router.get("/events").calls]
    assert asked[:2] == ["KXNBAGAME", "KXNBAGAME"]  # two pages
    assert set(asked) == set(series_of(NBA))
    assert len(asked) == len(series_of(NBA)) + 1


BAD_ANSWERS = [
    httpx.Response(200, text="<html>maintenance</html>"),
    httpx.Response(200, text='{"events": [{"event_ticker"'),
    httpx.Response(400),
]


@pytest.mark.parametrize("bad", BAD_ANSWERS)
async def test_a_series_that_cannot_be_read_is_no_answer_of_the_league(
    router: respx.MockRouter, kalshi: Kalshi, bad: httpx.Response
) -> None:
    router.get("/events").mock(
        side_effect=lambda request: bad if request.url.params["series_ticker"] == "KXNBASPREAD" else page(request)
    )
    with pytest.raises(FeedError, match=r"kalshi\.example/events"):
        await kalshi.events(NBA, DAYS)


async def test_a_series_that_kalshi_does_not_know_fails_alone(router: respx.MockRouter, kalshi: Kalshi) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        is_known = request.url.params["series_ticker"] == "KXNBAGAME"
        return page(request) if is_known else httpx.Response(404, json={"code": "not_found"})

    router.get("/events").mock(side_effect=answer)
    assert [event.id for event in await kalshi.events(NBA, DAYS)] == [GAME]


async def test_a_host_in_trouble_is_said(router: respx.MockRouter, kalshi: Kalshi) -> None:
    router.get("/events").mock(return_value=httpx.Response(429, json={"error": "too many requests"}))
    with pytest.raises(FeedUnavailable, match=r"kalshi\.example/events: answered 429"):
        await kalshi.events(NBA, DAYS)
    assert kalshi.counts["rate_limited"] > 1


async def test_no_days_no_questions(kalshi: Kalshi) -> None:
    assert await kalshi.events(NBA, []) == ()
    assert kalshi.counts == {}
