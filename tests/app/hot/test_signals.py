"""What one process finds another decides upon, once; and why nothing was found is one answer for all of them."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import msgspec
import pytest
from redis.asyncio import Redis

from app.domain.funnels import Example, Funnel, Stop
from app.domain.prices import Nanos
from app.errors import HotStoreUnavailable
from app.hot import streams
from app.hot.keys import OFFERED, funnel_key
from app.hot.signal_shown import signal_shown
from app.hot.signals import GROUP, Offer, joined
from app.hot.state import HotState, open_hot_state
from tests.app.history.judged import FOUND_AT, GAME, funnel, signal
from tests.app.hot.samples import life_of


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "LISTENS_FOR", 0.1)


async def some(heard: AsyncIterator[Sequence[Offer]]) -> list[Offer]:
    async with asyncio.timeout(20):
        async for offers in heard:
            if offers:
                return list(offers)
    raise AssertionError("it has an end")


async def waiting(url: str) -> tuple[int, int]:
    """Entries in the stream, and those that were taken and not settled."""
    async with Redis.from_url(url) as redis:
        pending = await redis.xpending(OFFERED, GROUP)
        return int(await redis.xlen(OFFERED)), int(pending["pending"])


async def test_a_signal_comes_as_it_was_offered_and_is_gone_when_settled(hot: HotState, fresh_redis_url: str) -> None:
    async with hot.hear_offers() as heard:
        await hot.offer_signal(signal(1))
        await hot.offer_signal(signal(2))
        offers = await some(heard)
        assert [offer.signal for offer in offers] == [signal(1), signal(2)]
        assert [offer.expires_at for offer in offers] == [signal(1).expires_at, signal(2).expires_at]
        assert await waiting(fresh_redis_url) == (2, 2)
        await hot.settle_offers([offer.entry for offer in offers])
        assert await waiting(fresh_redis_url) == (0, 0)
        assert await anext(heard) == []


async def test_what_was_offered_before_anybody_listened_is_heard(hot: HotState) -> None:
    await hot.offer_signal(signal(1))
    async with hot.hear_offers() as heard:
        assert [offer.signal for offer in await some(heard)] == [signal(1)]


async def test_what_a_dead_one_has_left_is_taken_over(hot: HotState, fresh_redis_url: str) -> None:
    async with open_hot_state(fresh_redis_url) as dead, dead.hear_offers() as heard:
        await hot.offer_signal(signal(1))
        left = await some(heard)  # and then it dies
    await hot.offer_signal(signal(2))
    async with hot.hear_offers() as heard:
        first = await some(heard)
        assert first == left
        await hot.settle_offers([offer.entry for offer in first])
        assert [offer.signal for offer in await some(heard)] == [signal(2)]


async def test_what_nobody_can_read_is_named_to_be_settled(hot: HotState, fresh_redis_url: str) -> None:
    async with Redis.from_url(fresh_redis_url) as redis:
        await redis.xadd(OFFERED, {"signal": b'{"id":1}', "expires_at": b"soon"})
        await redis.xadd(OFFERED, {"other": b"words"})
    async with hot.hear_offers() as heard:
        assert [(offer.expires_at, offer.signal) for offer in await some(heard)] == [(0, None), (0, None)]


async def test_the_stream_is_capped(hot: HotState, fresh_redis_url: str) -> None:
    for number in range(400):
        await hot.offer_signal(signal(number), kept=100)
    async with Redis.from_url(fresh_redis_url) as redis:
        assert 100 <= await redis.xlen(OFFERED) < 300


async def test_what_the_cap_took_after_it_was_delivered_is_settled(hot: HotState, fresh_redis_url: str) -> None:
    async with hot.hear_offers() as heard:
        await hot.offer_signal(signal(1))
        await some(heard)
        async with Redis.from_url(fresh_redis_url) as redis:
            await redis.xtrim(OFFERED, maxlen=0, approximate=False)
        (offer,) = await some(heard)
        assert offer.signal is None
        await hot.settle_offers([offer.entry])
        assert await waiting(fresh_redis_url) == (0, 0)


async def test_an_emptied_server_is_an_error_and_then_begun_anew(hot: HotState, fresh_redis_url: str) -> None:
    async with hot.hear_offers() as heard:
        await anext(heard)
        async with Redis.from_url(fresh_redis_url) as redis:
            await redis.flushdb()
        with pytest.raises(HotStoreUnavailable):
            await some(heard)
    async with hot.hear_offers() as heard:
        await hot.offer_signal(signal(1))
        assert [offer.signal for offer in await some(heard)] == [signal(1)]


async def test_funnels_of_all_processes_are_told_while_they_live(hot: HotState, fresh_redis_url: str) -> None:
    await hot.save_funnel("one", funnel(1))
    await hot.save_funnel("other", funnel(2))
    await hot.save_funnel("other", funnel(5))
    assert sorted(each.stops[0].count for each in await hot.funnels()) == [1, 5]
    assert 0 < await life_of(fresh_redis_url, funnel_key("one")) <= 15
    await hot.drop_funnel("one")
    assert await hot.funnels() == [funnel(5)]


def test_stops_at_one_place_are_added_up_and_the_newest_example_is_shown() -> None:
    early, late = funnel(3, since=Nanos(5), seen_at=Nanos(10)), funnel(4, since=Nanos(2), seen_at=Nanos(20))
    thin = Stop("depth", "thin", 9, 1)
    found = joined([early, msgspec.structs.replace(late, stops=(thin, *late.stops))])
    assert found is not None
    assert (found.games, found.linked, found.combinations, found.since) == (8, 4, {"cross_venue": 12, "dutch": 2}, 2)
    places = [(stop.stage, stop.reason, stop.count, stop.standing) for stop in found.stops]
    assert places == [
        ("fresh", "stale", 7, 2),
        ("edge", "no_edge", 14, 4),
        ("depth", "thin", 9, 1),
        ("sent", "sent", 2, 0),
    ]
    assert found.stops[0].example == late.stops[0].example
    assert joined([]) is None


def test_an_example_stays_though_another_process_has_none() -> None:
    example = Example(GAME, (), "polymarket is 3.1 s old", FOUND_AT)
    told = [Funnel(1, 1, {}, (Stop("fresh", "stale", 1, 0, each),), FOUND_AT) for each in (example, None)]
    for order in (told, told[::-1]):
        found = joined(order)
        assert found is not None
        assert found.stops[0].example == example


def test_a_signal_in_brief_says_what_it_costs_in_decimals_and_that_it_is_simulated() -> None:
    shown = msgspec.to_builtins(signal_shown(signal(1), is_simulated=True))
    assert shown["legs"][0] == {
        "contract_id": "kalshi:KX-BOS:yes",
        "venue": "kalshi",
        "market_id": "KX-BOS",
        "outcome": "nba:2",
        "proposition": {"kind": "moneyline", "period": "game", "line": None, "team": "nba:2"},
        "polarity": "yes",
        "limit": "0.4600",
        "size": "60",
        "cost": "27.6",
        "fee": "1.05",
    }
    del shown["legs"]
    assert shown == {
        "id": "a-1",
        "detector": "cross_venue",
        "account": "arbitrage",
        "game_id": "401810001",
        "league": "nba",
        "size": "60",
        "cost": "57.6",
        "fees": "1.8",
        "profit": "0.6",
        "unit_edge": "0.0101",
        "rules": "tail",
        "worst": "-29.4",
        "worst_scenario": "cancelled: half, fair as if away won",
        "found_at": "2026-01-11T01:30:01.123456Z",
        "expires_at": "2026-01-11T01:30:03.123456Z",
        "simulated": True,
    }
