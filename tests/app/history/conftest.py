"""A history on a real Postgres."""

from collections.abc import AsyncIterator

import pytest

from app.history.database import Database


@pytest.fixture
async def history(fresh_database_url: str) -> AsyncIterator[Database]:
    database = Database(fresh_database_url, pool_size=4)
    yield database
    await database.close()
