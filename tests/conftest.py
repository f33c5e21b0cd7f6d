"""What every test may ask for."""

import itertools
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
import redis
from sqlalchemy import make_url

from app.embedded import Endpoints, embedded_servers

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recordings beside the project's root; tests that need it are skipped where it is absent."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("no recordings: ../shared is not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def endpoints() -> Iterator[Endpoints]:
    """One embedded Postgres and one Valkey for the whole run."""
    with (
        tempfile.TemporaryDirectory(prefix="crosscourt-tests-") as folder,
        embedded_servers(Path(folder), postgres=True, valkey=True) as endpoints,
    ):
        yield endpoints


@pytest.fixture(scope="session")
def database_url(endpoints: Endpoints) -> str:
    """A running Postgres that all tests share; `fresh_database_url` is a database of one's own in it."""
    assert endpoints.database_url
    return endpoints.database_url


@pytest.fixture(scope="session")
def redis_url(endpoints: Endpoints) -> str:
    """A running Valkey that all tests share; `fresh_redis_url` is an empty logical database of one's own in it."""
    assert endpoints.redis_url
    return endpoints.redis_url


@pytest.fixture
async def fresh_database_url(database_url: str) -> AsyncIterator[str]:
    """An empty database, dropped after the test even if connections to it are still open."""
    url, name = make_url(database_url), f"test_{uuid4().hex}"
    keeper = await asyncpg.connect(user=url.username, database=url.database, host=url.query["host"])
    try:
        await keeper.execute(f"CREATE DATABASE {name}")
        yield url.set(database=name).render_as_string(hide_password=False)
        await keeper.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await keeper.close()


_logical_databases = itertools.cycle(range(1, 16))  # 0 belongs to `redis_url` itself


@pytest.fixture
def fresh_redis_url(redis_url: str) -> Iterator[str]:
    """An empty logical database. Channels of pub/sub are shared with the others: that is how Valkey is."""
    url = f"{redis_url}?db={next(_logical_databases)}"
    with redis.Redis.from_url(url) as client:
        client.flushdb()
        yield url
        client.flushdb()
