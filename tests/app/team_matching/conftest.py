"""The platform as a client meets it: its API on a real port, its Redis, and the worker that answers there."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn

from app.history.database import Database
from app.hot.state import open_hot_state
from app.main import create_app
from app.settings import Settings
from tests.app.hot.conftest import Server
from tests.workers.bots import until
from tests.workers.worlds import World


@asynccontextmanager
async def serving(settings: Settings, workers: Sequence[str]) -> AsyncIterator[str]:
    """The application with these workers, over real HTTP; its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    app = create_app(settings, workers)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="on"))
    task = asyncio.create_task(server.serve([listener]))
    try:
        await until(lambda: server.started or task.done())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listener.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A Valkey of this test's own, started."""
    server = Server(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def world(fresh_database_url: str, fresh_redis_url: str) -> AsyncIterator[World]:
    """A process over its stores."""
    history = Database(fresh_database_url, pool_size=4)
    await history.migrate()
    async with open_hot_state(fresh_redis_url) as hot:
        yield World(hot, history)
    await history.close()
