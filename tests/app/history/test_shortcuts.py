"""The short way to Postgres is used again after whatever happened to its connections."""

import asyncio
import contextlib

import asyncpg
import pytest
from sqlalchemy.sql import text

from app.errors import HistoryUnavailable
from app.history.addresses import read_url
from app.history.database import Database
from app.history.shortcuts import LARGEST, Shortcut

CUT_OFF = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> $1"


async def one(history: Database, statement: str, *values: object) -> object:
    ((value,),) = await history.run(statement, *values)
    return value


async def test_a_statement_is_committed_by_itself(history: Database) -> None:
    await history.run("INSERT INTO rules VALUES ($1, 'b', now())", "a")
    async with history.transaction() as connection:
        assert (await connection.exec_driver_sql("SELECT text FROM rules")).scalar() == "b"


async def test_a_refused_statement_stays_the_error_it_is_and_its_connection_in_use(history: Database) -> None:
    before = await one(history, "SELECT pg_backend_pid()")
    for _ in range(2):
        with contextlib.suppress(asyncpg.UniqueViolationError):
            await history.run("INSERT INTO rules VALUES ('a', 'b', now())")
    assert await one(history, "SELECT pg_backend_pid()") == before
    with pytest.raises(asyncpg.UndefinedTableError):
        await history.run("SELECT FROM nowhere")
    with pytest.raises(asyncpg.exceptions.DataError):
        await history.run("SELECT $1::integer", "no number")
    assert await one(history, "SELECT 1") == 1


async def test_more_statements_than_connections_wait_their_turn(history: Database) -> None:
    asked = [history.run("SELECT pg_sleep(0.01), pg_backend_pid()") for _ in range(5 * LARGEST)]
    found = await asyncio.gather(*asked)
    assert len({rows[0][1] for rows in found}) == LARGEST


async def test_a_connection_that_was_cut_off_is_replaced(history: Database) -> None:
    me = await one(history, "SELECT pg_backend_pid()")
    async with history.transaction() as connection:
        await connection.execute(text("SELECT pg_terminate_backend(:me)"), {"me": me})
    with contextlib.suppress(HistoryUnavailable):
        await history.run("SELECT 1")
    assert await one(history, "SELECT pg_backend_pid()") != me


async def test_a_statement_that_is_cut_off_says_that_nobody_knows(history: Database) -> None:
    sleeping = asyncio.create_task(history.run("SELECT pg_sleep(30)"))
    await asyncio.sleep(0.2)
    await history.run(CUT_OFF, await one(history, "SELECT pg_backend_pid()"))
    with pytest.raises(HistoryUnavailable):
        await sleeping


async def test_a_cancelled_statement_leaves_the_others_alone(history: Database) -> None:
    sleeping = [asyncio.create_task(history.run("SELECT pg_sleep(30)")) for _ in range(LARGEST)]
    await asyncio.sleep(0.05)
    for task in sleeping:
        task.cancel()
    await asyncio.gather(*sleeping, return_exceptions=True)
    assert await one(history, "SELECT 1") == 1


async def test_who_waits_too_long_is_cut_off(fresh_database_url: str) -> None:
    shortcut = Shortcut(read_url(fresh_database_url), "tests", connect_within=5, answer_within=0.2)
    for _ in range(2):
        with pytest.raises(asyncpg.ConnectionDoesNotExistError):
            await shortcut.run("SELECT pg_sleep(30)", ())
        assert await shortcut.run("SELECT 1", ())
    await shortcut.close()


async def test_nobody_there_is_named() -> None:
    database = Database("postgresql://anna:secret@/crosscourt?host=/nowhere")
    with pytest.raises(HistoryUnavailable, match="socket /nowhere, database crosscourt") as raised:
        await database.run("SELECT 1")
    assert "secret" not in str(raised.value)
    await database.close()
