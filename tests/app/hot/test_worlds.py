"""Real and simulated games never share a store."""

from app.hot.state import open_hot_state


async def test_a_store_belongs_to_the_world_that_came_first(fresh_redis_url: str) -> None:
    async with open_hot_state(fresh_redis_url) as hot:
        assert await hot.claim_world("simulated")
        assert await hot.claim_world("simulated")
        assert not await hot.claim_world("real")


async def test_a_slate_is_new_only_after_another_one(fresh_redis_url: str) -> None:
    async with open_hot_state(fresh_redis_url) as hot:
        assert not await hot.enter_slate("one")
        assert not await hot.enter_slate("one")
        assert await hot.enter_slate("two")
        assert not await hot.enter_slate("two")
