"""A hot state on a real server."""

from collections.abc import AsyncIterator

import pytest

from app.hot.state import HotState, open_hot_state


@pytest.fixture
async def hot(fresh_redis_url: str) -> AsyncIterator[HotState]:
    async with open_hot_state(fresh_redis_url) as hot:
        yield hot
