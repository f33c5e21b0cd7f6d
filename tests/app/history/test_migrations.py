import asyncio
from collections.abc import AsyncIterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from app.history.database import Database
from app.history.migrations import downgrade, upgrade
from app.history.trading_tables import METADATA


@pytest.fixture
async def empty(unmigrated_database_url: str) -> AsyncIterator[Database]:
    database = Database(unmigrated_database_url, pool_size=2)
    yield database
    await database.close()


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def differences(connection: Connection) -> list[object]:
    return compare_metadata(MigrationContext.configure(connection), METADATA)


async def test_the_migrated_schema_is_the_one_the_tables_say(history: Database) -> None:
    async with history.transaction() as connection:
        assert await connection.run_sync(differences) == []
        assert await connection.run_sync(tables) == {*METADATA.tables, "alembic_version"}


async def test_migrations_go_up_down_and_up_again(empty: Database) -> None:
    for step, expected in (
        (upgrade, set(METADATA.tables)),
        (downgrade, set()),
        (upgrade, set(METADATA.tables)),
    ):
        async with empty.transaction() as connection:
            await connection.run_sync(step)
        async with empty.transaction() as connection:
            assert await connection.run_sync(tables) - {"alembic_version"} == expected


async def test_processes_that_start_at_once_migrate_one_after_the_other(unmigrated_database_url: str) -> None:
    databases = [Database(unmigrated_database_url, pool_size=1) for _ in range(4)]
    await asyncio.gather(*(database.migrate() for database in databases))
    await databases[0].migrate()  # and again on what is up to date
    await asyncio.gather(*(database.close() for database in databases))
