"""A world of a test's own."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from app.history.database import Database
from app.hot.state import open_hot_state
from tests.app.hot.conftest import Server
from tests.workers.worlds import World


@pytest.fixture
async def world(fresh_database_url: str, fresh_redis_url: str) -> AsyncIterator[World]:
    history = Database(fresh_database_url, pool_size=4)
    await history.migrate()
    async with open_hot_state(fresh_redis_url) as hot:
        yield World(hot, history)
    await history.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A Valkey of this test's own, started; it may be stopped and started again."""
    server = Server(tmp_path)
    server.start()
    yield server
    server.stop()
