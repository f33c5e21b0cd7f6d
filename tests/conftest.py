"""What every test may ask for."""

import asyncio
import functools
import gc
import importlib.metadata
import itertools
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx._transports.default
import pytest
import redis
from hypothesis import settings
from xdist.remote import Producer

from app.embedded import Endpoints, embedded_servers
from app.history.database import Database
from app.hot.state import open_hot_state
from tests import databases
from tests.schedules import FewPlatformsAtATime
from tests.servers import Server
from tests.workers.worlds import World

ROOT = Path(__file__).resolve().parents[1]
settings.register_profile("house", deadline=None)  # what takes long on a busy machine is no fault
settings.load_profile("house")
SHARED = {"everyones", "offline"}  # platforms
TURNS = {"test_first_minute": 0, "test_halts": 1, "test_endings": 3, "test_docs": 4}  # of files that share; others: 2
DEPTH = sys.getrecursionlimit()

# What each new client, and each new connection, would read again: the certificates to trust, a library's own version.
_transports = httpx._transports.default
_transports.create_ssl_context = functools.cache(_transports.create_ssl_context)
importlib.metadata.version = functools.cache(importlib.metadata.version)
gc.set_threshold(50_000, 20, 20)  # modules and tests come to stay: to walk them again and again was a third of the time


@pytest.fixture(autouse=True)
def as_deep_as_ever() -> None:
    """A library of an official client lets Python recurse a hundred times deeper when it is imported: nested JSON would
    then end the process, not the request."""
    sys.setrecursionlimit(DEPTH)


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
    asyncio.run(databases.prepare(endpoints.database_url))
    return endpoints.database_url


@pytest.fixture(scope="session")
def redis_url(endpoints: Endpoints) -> str:
    """A running Valkey that all tests share; `fresh_redis_url` is an empty logical database of one's own in it."""
    assert endpoints.redis_url
    return endpoints.redis_url


@pytest.fixture
async def fresh_database_url(database_url: str) -> str:
    """A migrated database without a row. It is one for all tests, emptied for each."""
    return await databases.empty(database_url)


@pytest.fixture
async def unmigrated_database_url(database_url: str) -> str:
    """A database without a table."""
    return await databases.make_unmigrated(database_url)


_logical_databases = itertools.cycle(range(1, 16))  # 0 belongs to `redis_url` itself


@pytest.fixture
def fresh_redis_url(redis_url: str) -> Iterator[str]:
    """An empty logical database. Channels of pub/sub are shared with the others: that is how Valkey is."""
    url = f"{redis_url}?db={next(_logical_databases)}"
    with redis.Redis.from_url(url) as client:
        client.flushdb()
        yield url
        client.flushdb()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A Valkey of this test's own, started; it may be stopped and started again."""
    server = Server(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def world(fresh_database_url: str, fresh_redis_url: str) -> AsyncIterator[World]:
    """A process over empty stores, its score source and venues told what to say."""
    history = Database(fresh_database_url, pool_size=4)
    async with open_hot_state(fresh_redis_url) as hot:
        yield World(hot, history)
    await history.close()


def pytest_collection_finish() -> None:
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First the files that share a platform, until one of them ends it, so that it does not run beside everything else;
    and the longest must not come last."""
    long = {item.path for item in items if item.get_closest_marker("slow")}
    share = {item.path for item in items if SHARED & set(getattr(item, "fixturenames", ()))}
    items.sort(key=lambda item: (item.path not in share, TURNS.get(item.path.stem, 2), item.path not in long))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FewPlatformsAtATime | None:
    return FewPlatformsAtATime(config, log) if config.getvalue("dist") == "loadfile" else None
