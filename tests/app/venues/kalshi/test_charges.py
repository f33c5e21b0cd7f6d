"""Asking Kalshi what it charges: seldom, again when something changes, and never at the cost of what is listed."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
import respx

from app.domain.leagues import LeagueCode
from app.fetching import Fetcher
from app.settings import FeedSettings
from app.venues.kalshi import charges
from app.venues.kalshi.charges import ASK_AGAIN_AFTER, CHANGES_LIFETIME, Charges
from app.venues.kalshi.client import Kalshi
from app.venues.kalshi.fees import NOTHING_TOLD, Charge, FeeTable
from tests.app.venues.kalshi.test_translate import TICKER, event, market

BASE = "https://kalshi.example/v2"
GAME = "KXNBAGAME"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
A_DAY = 24 * 3600
HALF, WHOLE = Charge("quadratic", 0.5), Charge("quadratic", 1)


class Times:
    """How long it has been; both clocks tell the same."""

    passed = 0.0

    def monotonic(self) -> float:
        return self.passed

    def clock(self) -> datetime:
        return NOW + timedelta(seconds=self.passed)

    async def sleep(self, seconds: float) -> None:
        self.passed += seconds


class Host:
    """Kalshi, as far as fees go."""

    def __init__(self, router: respx.MockRouter) -> None:
        self.multiplier: float = 0.5
        self.series_status = 200
        self.events_status = 200
        self.series_changes: list[dict[str, object]] = []
        self.event_changes: list[dict[str, object]] = []
        self.asked: list[str] = []
        router.get(path__startswith="/v2/").mock(side_effect=self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/v2")
        self.asked.append(path)
        if path == "/events/fee_changes":
            return httpx.Response(self.events_status, json={"event_fee_changes": self.event_changes, "cursor": ""})
        if path == "/series/fee_changes":
            return httpx.Response(200, json={"series_fee_change_arr": self.series_changes})
        if path.startswith("/series/"):
            told = {"ticker": path.rpartition("/")[2], "fee_type": "quadratic", "fee_multiplier": self.multiplier}
            return httpx.Response(self.series_status, json={"series": told})
        if path == "/events" and request.url.params["series_ticker"] == GAME:
            return httpx.Response(200, json={"events": [event(market(), market("NYK"))], "cursor": ""})
        return httpx.Response(200, json={"events": [], "milestones": [], "cursor": ""})

    def count(self, path: str) -> int:
        return self.asked.count(path)


@pytest.fixture
def host() -> Iterator[Host]:
    with respx.mock(base_url="https://kalshi.example", assert_all_called=False) as router:
        yield Host(router)


@pytest.fixture
def times() -> Times:
    return Times()


@pytest.fixture
async def fetcher(times: Times) -> AsyncIterator[Fetcher]:
    async with httpx.AsyncClient() as client:
        given = FeedSettings(per_second=1000, tries=2)
        yield Fetcher(client, BASE, given, sleep=times.sleep, monotonic=times.monotonic)


@pytest.fixture
def asking(fetcher: Fetcher, times: Times) -> Charges:
    return Charges(fetcher, times.monotonic, times.clock)


async def test_a_series_is_asked_about_once_a_day(host: Host, times: Times, asking: Charges) -> None:
    for _ in range(3):
        assert await asking.table(GAME) == FeeTable({GAME: HALF})
    assert host.count(f"/series/{GAME}") == 1
    host.multiplier = 1
    times.passed += A_DAY - 1
    assert await asking.table(GAME) == FeeTable({GAME: HALF})
    times.passed += 1
    assert await asking.table(GAME) == FeeTable({GAME: WHOLE})


async def test_changes_are_asked_for_once_an_hour_by_all_together(host: Host, times: Times, asking: Charges) -> None:
    await asyncio.gather(*(asking.table(f"KX{word}GAME") for word in ("NBA", "NFL", "MLB")))
    assert (host.count("/series/fee_changes"), host.count("/events/fee_changes")) == (1, 1)
    times.passed += CHANGES_LIFETIME
    await asking.table(GAME)
    assert (host.count("/series/fee_changes"), host.count("/events/fee_changes")) == (2, 2)


async def test_an_announced_change_makes_the_series_be_read_when_its_time_comes(
    host: Host, times: Times, asking: Charges
) -> None:
    host.series_changes = [{"series_ticker": GAME, "scheduled_ts": (NOW + timedelta(minutes=10)).isoformat()}]
    await asking.table(GAME)
    times.passed = 599
    await asking.table(GAME)
    assert host.count(f"/series/{GAME}") == 1
    times.passed = 601
    assert await asking.table(GAME) == FeeTable({GAME: HALF})  # the venue is late itself
    host.multiplier = 1
    times.passed = 660
    assert await asking.table(GAME) == FeeTable({GAME: WHOLE})
    times.passed = 960
    await asking.table(GAME)
    asked = host.count(f"/series/{GAME}")
    times.passed = 1_020
    await asking.table(GAME)
    assert host.count(f"/series/{GAME}") == asked


async def test_an_event_charges_otherwise_from_its_moment_on(host: Host, times: Times, asking: Charges) -> None:
    at = (NOW + timedelta(minutes=10)).isoformat()
    said = {"fee_type_override": "quadratic", "fee_multiplier_override": 1, "scheduled_ts": at}
    host.event_changes = [{"event_ticker": TICKER, "series_ticker": GAME, **said}]
    assert (await asking.table(GAME)).events == {}
    times.passed = 600
    assert (await asking.table(GAME)).events == {TICKER: WHOLE}


async def test_a_series_in_trouble_is_asked_again_and_what_it_said_stands_meanwhile(
    host: Host, times: Times, asking: Charges
) -> None:
    host.series_status = 500
    assert await asking.table(GAME) == NOTHING_TOLD
    asked = host.count(f"/series/{GAME}")
    assert await asking.table(GAME) == NOTHING_TOLD
    assert host.count(f"/series/{GAME}") == asked
    times.passed += ASK_AGAIN_AFTER
    host.series_status = 200
    assert await asking.table(GAME) == FeeTable({GAME: HALF})
    host.series_status = 500
    times.passed += A_DAY
    assert await asking.table(GAME) == FeeTable({GAME: HALF})


async def test_after_an_announced_change_the_old_figure_is_not_believed(
    host: Host, times: Times, asking: Charges
) -> None:
    host.series_changes = [{"series_ticker": GAME, "scheduled_ts": (NOW + timedelta(minutes=10)).isoformat()}]
    await asking.table(GAME)
    host.series_status, times.passed = 500, 601
    assert await asking.table(GAME) == NOTHING_TOLD


async def test_a_series_that_kalshi_does_not_know_is_not_asked_about_each_minute(
    host: Host, times: Times, asking: Charges
) -> None:
    host.series_status = 404
    for _ in range(3):
        assert await asking.table(GAME) == NOTHING_TOLD
        times.passed += ASK_AGAIN_AFTER
    assert host.count(f"/series/{GAME}") == 1


async def test_without_the_exceptions_nothing_is_believed_until_they_were_told_once(
    host: Host, times: Times, asking: Charges
) -> None:
    """A discount may have ended for the playoffs."""
    host.events_status = 500
    assert await asking.table(GAME) == NOTHING_TOLD
    host.events_status = 200
    times.passed += ASK_AGAIN_AFTER
    assert await asking.table(GAME) == FeeTable({GAME: HALF})
    host.events_status = 500
    times.passed += CHANGES_LIFETIME
    assert await asking.table(GAME) == FeeTable({GAME: HALF})


@pytest.mark.parametrize(("status", "fees"), [(200, [35_000, 35_000]), (500, [None, None]), (404, [None, None])])
async def test_listings_come_with_their_fees_and_are_not_lost_without(
    host: Host, times: Times, fetcher: Fetcher, status: int, fees: list[int | None]
) -> None:
    host.series_status = status
    kalshi = Kalshi(fetcher, times.monotonic, times.clock)
    (listed,) = await kalshi.events(LeagueCode("nba"), [date(2026, 11, 22)])
    assert [each.fees and each.fees.taker for each in listed.markets or ()] == fees
    asked = {path for path in host.asked if path.startswith("/series/KX")}
    assert asked == {f"/series/{GAME}"}  # what lists nothing is not asked about


async def test_a_host_that_is_mute_about_fees_does_not_keep_its_listings_waiting(
    host: Host, times: Times, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = fetcher.get

    async def mute(path: str, params: dict[str, str] | None = None) -> bytes:
        return await asyncio.Event().wait() if path.startswith("/series") else await answered(path, params)

    monkeypatch.setattr(fetcher, "get", mute)
    monkeypatch.setattr(charges, "ANSWER_WITHIN", 0.01)
    kalshi = Kalshi(fetcher, times.monotonic, times.clock)
    (listed,) = await kalshi.events(LeagueCode("nba"), [date(2026, 11, 22)])
    assert [each.fees for each in listed.markets or ()] == [None, None]
