"""Who was overtaken says nothing more."""

from collections.abc import AsyncIterator

import pytest

from app.errors import HotStoreUnavailable, Superseded
from app.hot.connections import Door, open_redis
from app.hot.fences import obey, take_fence
from app.hot.keys import FENCE_LIFETIME, fence_key
from app.hot.state import HotState
from tests.app.hot.samples import fence_of, life_of, put_list


@pytest.fixture
async def door(fresh_redis_url: str) -> AsyncIterator[Door]:
    door = Door(open_redis(fresh_redis_url))
    yield door
    await door.close()


async def test_each_taking_gets_a_greater_number_whatever_is_taken(
    hot: HotState, door: Door, fresh_redis_url: str
) -> None:
    taken = [await take_fence(door, subject) for subject in ("view:1", "view:2", "view:1")]
    assert taken == sorted(set(taken))
    assert await fence_of(hot, "view:1") == taken[2]
    assert await fence_of(hot, "view:3") == 0
    assert FENCE_LIFETIME - 5 < await life_of(fresh_redis_url, fence_key("view:1")) <= FENCE_LIFETIME


async def test_a_write_under_an_older_fence_is_refused_and_changes_nothing(door: Door) -> None:
    old, new = await take_fence(door, "view:1"), await take_fence(door, "view:1")
    await obey(door, "view:1", new, [("SET", "view:1", "new"), ("SET", "count", 123_456_789_012)])
    with pytest.raises(Superseded):
        await obey(door, "view:1", old, [("SET", "view:1", "old")])
    assert await door.values(["view:1", "count"]) == [b"new", b"123456789012"]


async def test_a_fence_that_a_restarted_server_has_forgotten_is_told_again(door: Door) -> None:
    await obey(door, "view:1", 7, [("SET", "view:1", "x")])
    with pytest.raises(Superseded):
        await obey(door, "view:1", 6, [("SET", "view:1", "y")])


async def test_a_key_of_another_type_is_emptied_and_a_wrong_command_is_told(door: Door, fresh_redis_url: str) -> None:
    await put_list(fresh_redis_url, "quote:1")
    await obey(door, "view:1", 1, [("HSET", "quote:1", "bid", "0.5")])
    assert await door.try_each(("HGET", "quote:1", "bid")) == [b"0.5"]
    with pytest.raises(HotStoreUnavailable, match=r"(?i)unknown"):
        await obey(door, "view:1", 1, [("NONSENSE", "x")])
