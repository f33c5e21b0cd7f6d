"""A halt is with everybody as soon as it is said, and the copy of it outlives the server."""

import asyncio

import msgspec
import pytest
from redis.asyncio import Redis

from app.domain.risks import Halt
from app.errors import HotStoreUnavailable
from app.hot.keys import HALTS, HALTS_OWED, RISK_UPDATES
from app.hot.risk import RiskUpdate
from app.hot.state import HotState, open_hot_state
from tests.app.hot.samples import put_text
from tests.servers import Server

ALL = Halt(scope="all", reason="a test", halted_by="anna", halted_at="2026-11-23T00:00:00+00:00")
NBA = Halt(scope="league", name="nba", reason="a test", halted_by="anna", halted_at="2026-11-23T00:00:01+00:00")


async def test_what_is_halted_is_read_as_it_was_said(hot: HotState) -> None:
    assert await hot.halts() is None
    await hot.save_halts((ALL, NBA))
    assert await hot.halts() == (ALL, NBA)
    await hot.save_halts(())
    assert await hot.halts() == ()


async def test_a_halt_is_told_before_it_is_written_and_owed_until_then(hot: HotState) -> None:
    assert await hot.owed_halts() == ()
    async with hot.hear_risk() as updates:
        for each in (NBA, ALL, msgspec.structs.replace(NBA, reason="said again")):
            await hot.tell_halt(each)
        async with asyncio.timeout(10):
            assert await anext(updates) == RiskUpdate((NBA,))
    assert set(await hot.owed_halts()) == {ALL, NBA}
    await hot.settle_halts((NBA,))
    assert await hot.owed_halts() == (ALL,)
    assert await hot.halts() is None


async def test_what_is_owed_and_cannot_be_written_is_passed_over(hot: HotState, fresh_redis_url: str) -> None:
    async with Redis.from_url(fresh_redis_url) as redis:
        await redis.hset(HALTS_OWED, "a", "{}")  # type: ignore[misc]
    for number, at in enumerate(("", "soon", "2026-11-23T00:00:00")):
        await hot.tell_halt(msgspec.structs.replace(NBA, name=str(number), halted_at=at))
    await hot.tell_halt(NBA)
    assert await hot.owed_halts() == (NBA,)


@pytest.mark.parametrize("body", ["", "{}", "[1]", '[{"scope": "moon"}]'])
async def test_a_copy_that_nobody_can_read_is_none(hot: HotState, fresh_redis_url: str, body: str) -> None:
    await put_text(fresh_redis_url, HALTS, body)
    assert await hot.halts() is None


async def test_a_copy_of_another_type_is_replaced(hot: HotState, fresh_redis_url: str) -> None:
    async with Redis.from_url(fresh_redis_url) as redis:
        await redis.hset(HALTS, "a", "b")  # type: ignore[misc]
    assert await hot.halts() is None
    await hot.save_halts((ALL,))
    assert await hot.halts() == (ALL,)


async def test_every_change_is_heard_and_halts_come_along(hot: HotState, fresh_redis_url: str) -> None:
    async with hot.hear_risk() as updates:
        async with Redis.from_url(fresh_redis_url) as redis:
            await redis.publish(RISK_UPDATES, b"not ours")
        await hot.save_halts((NBA,))
        await hot.announce_risk()
        await hot.save_halts(())
        async with asyncio.timeout(10):
            heard = [await anext(updates) for _ in range(3)]
    assert heard == [RiskUpdate((NBA,)), RiskUpdate(), RiskUpdate(())]


async def test_the_copy_survives_the_server_and_listeners_learn_that_they_heard_nothing(server: Server) -> None:
    async with open_hot_state(server.url) as hot:
        await hot.save_halts((ALL,))
        async with hot.hear_risk() as updates:
            server.stop()
            with pytest.raises(HotStoreUnavailable):
                await anext(updates)
        server.start()
        assert await hot.halts() == (ALL,)
