"""A world of a test's own."""

from collections.abc import AsyncIterator

import pytest

from app.history.database import Database
from app.hot.state import open_hot_state
from tests.workers.worlds import World


@pytest.fixture
async def world(fresh_database_url: str, fresh_redis_url: str) -> AsyncIterator[World]:
    history = Database(fresh_database_url, pool_size=4)
    await history.migrate()
    async with open_hot_state(fresh_redis_url) as hot:
        yield World(hot, history)
    await history.close()
