"""Fixtures of the executor: an empty database, a venue, a desk."""

from collections.abc import AsyncIterator

import pytest

from app.history.database import Database
from tests.app.executor.venues import Clock, Venue
from tests.app.history.trading import T0


@pytest.fixture
async def history(fresh_database_url: str) -> AsyncIterator[Database]:
    database = Database(fresh_database_url, pool_size=4)
    yield database
    await database.close()


@pytest.fixture
def clock() -> Clock:
    return Clock(T0)


@pytest.fixture
def venue(clock: Clock) -> Venue:
    return Venue(clock)
