import asyncio

from app.hot.keys import lock_key
from app.hot.state import HotState
from tests.app.hot.samples import life_of


async def test_one_owner_holds_a_lock(hot: HotState) -> None:
    assert await hot.hold("discovery", "first", 5)
    assert not await hot.hold("discovery", "second", 5)
    assert await hot.holder("discovery") == "first"
    assert await hot.hold("another", "second", 5)


async def test_its_owner_extends_a_lock(hot: HotState, fresh_redis_url: str) -> None:
    assert await hot.hold("discovery", "first", 1)
    assert await hot.hold("discovery", "first", 50)
    assert 45 < await life_of(fresh_redis_url, lock_key("discovery")) <= 50


async def test_only_its_owner_releases_a_lock(hot: HotState) -> None:
    assert await hot.hold("discovery", "first", 5)
    assert not await hot.release("discovery", "second")
    assert await hot.release("discovery", "first")
    assert not await hot.release("discovery", "first")
    assert await hot.holder("discovery") is None


async def test_the_lock_of_a_dead_owner_runs_out(hot: HotState) -> None:
    assert await hot.hold("discovery", "first", 0.1)
    await asyncio.sleep(0.15)
    assert await hot.hold("discovery", "second", 5)


async def test_of_many_who_ask_at_once_one_gets_it(hot: HotState) -> None:
    held = await asyncio.gather(*(hot.hold("discovery", f"owner {number}", 5) for number in range(20)))
    assert sum(held) == 1
