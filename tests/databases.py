"""Databases in the Postgres that all tests of a process share."""

import asyncpg
from sqlalchemy import URL, make_url

from app.history.database import Database

MIGRATED, UNMIGRATED = "tests", "tests_unmigrated"
FOR_SURVIVAL = ("fsync", "full_page_writes", "autovacuum")  # tests that kill Postgres have one of their own

# Rows are deleted, tables stay: to migrate again takes a hundred times as long.
EMPTY = """
DO $$
DECLARE name regclass;
BEGIN
    PERFORM pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    SET LOCAL session_replication_role = replica;  -- in any order, whatever refers to what
    ALTER TABLE audit DISABLE TRIGGER only_added_to;  -- as the owner of the table, which is more than the platform does
    FOR name IN SELECT oid FROM pg_class
        WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
    LOOP
        EXECUTE 'DELETE FROM ' || name;
    END LOOP;
    ALTER TABLE audit ENABLE ALWAYS TRIGGER only_added_to;
    FOR name IN SELECT oid FROM pg_class  -- months that a test has made
        WHERE relkind = 'r' AND relnamespace = 'months'::regnamespace AND relname ~ '[0-9]{4}_[0-9]{2}$'
    LOOP
        EXECUTE 'DROP TABLE ' || name;
    END LOOP;
    PERFORM setval(seqrelid::regclass, seqstart, false) FROM pg_sequence;
END $$
"""


async def prepare(server: str) -> None:
    """Make the database that tests are given, migrated, in a server that need not outlive a power cut."""
    keeper = await _connect(make_url(server))
    for setting in FOR_SURVIVAL:
        await keeper.execute(f"ALTER SYSTEM SET {setting} = off")
    await keeper.execute("SELECT pg_reload_conf()")
    await keeper.execute(f"CREATE DATABASE {MIGRATED}")
    await keeper.close()
    database = Database(_url(server, MIGRATED), pool_size=1)
    await database.migrate()
    await database.close()


async def empty(server: str) -> str:
    """The migrated database without a row, its sequences at their start; even if connections to it are still open."""
    inside = await _connect(make_url(server).set(database=MIGRATED))
    await inside.execute(EMPTY)
    await inside.close()
    return _url(server, MIGRATED)


async def make_unmigrated(server: str) -> str:
    """Another database, without a table."""
    keeper = await _connect(make_url(server))
    await keeper.execute(f"DROP DATABASE IF EXISTS {UNMIGRATED} WITH (FORCE)")
    await keeper.execute(f"CREATE DATABASE {UNMIGRATED} STRATEGY file_copy")
    await keeper.close()
    return _url(server, UNMIGRATED)


def _url(server: str, database: str) -> str:
    return make_url(server).set(database=database).render_as_string(hide_password=False)


async def _connect(url: URL) -> asyncpg.Connection:
    return await asyncpg.connect(user=url.username, database=url.database, host=url.query["host"])
