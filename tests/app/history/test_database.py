import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from app.embedded import embedded_servers
from app.errors import HistoryUnavailable
from app.history.database import Database
from app.history.recorder import Recorder
from tests.app.history.samples import NOW, count, game


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql://anna:secret@127.0.0.1:9/crosscourt", "127.0.0.1:9, database crosscourt"),
        ("postgresql://anna:secret@/crosscourt?host=/nowhere", "socket /nowhere, database crosscourt"),
        ("postgresql://anna:secret@no-such-host.invalid/crosscourt", "no-such-host.invalid:5432, database crosscourt"),
    ],
)
async def test_postgres_that_is_not_there_is_named(url: str, name: str) -> None:
    database = Database(url)
    for use in (database.ping, database.migrate):
        with pytest.raises(HistoryUnavailable, match=name) as raised:
            await use()
        assert "secret" not in str(raised.value)
        assert "DATABASE__URL" in raised.value.remedy
    await database.close()


async def test_a_database_that_does_not_exist_is_named(database_url: str) -> None:
    database = Database(make_url(database_url).set(database="nobody_made_it").render_as_string(hide_password=False))
    with pytest.raises(HistoryUnavailable, match='"nobody_made_it" does not exist'):
        await database.migrate()
    await database.close()


async def test_a_refused_statement_is_told_without_its_values(history: Database) -> None:
    with pytest.raises(ProgrammingError, match="does not exist") as raised:
        await history.write(text("INSERT INTO nowhere VALUES (:secret)"), {"secret": "hush"})
    assert "hush" not in f"{raised.value} {raised.value.__cause__}"


async def test_bad_data_is_not_taken_for_an_absent_server(history: Database) -> None:
    with pytest.raises(DBAPIError) as raised:
        await history.write(text("INSERT INTO rules VALUES (:hash, 'b', now())"), {"hash": "a\0b"})
    assert not isinstance(raised.value, HistoryUnavailable)


@pytest.mark.parametrize(("code", "is_away"), [("57P03", True), ("53300", True), ("22021", False), ("42P01", False)])
async def test_what_the_server_says_of_itself_is_its_absence(history: Database, code: str, is_away: bool) -> None:
    with pytest.raises(HistoryUnavailable if is_away else DBAPIError):
        await history.write(text(f"DO $$ BEGIN RAISE 'so' USING ERRCODE = '{code}'; END $$"))


async def test_a_transaction_that_fails_leaves_nothing_behind(history: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        await _write_and_fall(history)
    assert await count(history, "rules") == 0


async def _write_and_fall(history: Database) -> None:
    async with history.transaction() as connection:
        await connection.execute(text("INSERT INTO rules VALUES ('a', 'b', now())"))
        raise ZeroDivisionError


async def test_a_full_pool_makes_callers_wait_their_turn(history: Database) -> None:
    await asyncio.gather(*(history.ping() for _ in range(20)))


@pytest.fixture
def own_postgres(tmp_path: Path) -> Iterator[str]:
    """A server that this test may kill; its keeper starts it again."""
    with embedded_servers(tmp_path, postgres=True, valkey=False) as endpoints:
        assert endpoints.database_url
        yield endpoints.database_url


async def test_a_killed_postgres_is_used_again_with_what_was_committed(own_postgres: str, tmp_path: Path) -> None:
    history = Database(own_postgres)
    await history.migrate()
    await Recorder(history).record_games([game()], NOW)
    killed = await _began(history)
    _kill_postgres(tmp_path)
    refused = await _calls_until_another_answers(history, killed)
    assert await count(history, "games") == 1
    assert all("database" in str(error) for error in refused)
    await history.close()


def _kill_postgres(data_dir: Path) -> None:
    (process,) = data_dir.rglob("postmaster.pid")
    os.kill(int(process.read_text().split("\n")[0]), signal.SIGKILL)


async def _began(history: Database) -> object:
    async with history.transaction() as connection:
        return (await connection.execute(text("SELECT pg_postmaster_start_time()"))).scalar_one()


async def _calls_until_another_answers(history: Database, killed: object) -> list[HistoryUnavailable]:
    """Those that were refused. What the killed one has left behind may answer for a moment."""
    refused: list[HistoryUnavailable] = []
    async with asyncio.timeout(60):
        while True:
            try:
                if await _began(history) != killed:
                    return refused
            except HistoryUnavailable as error:
                refused.append(error)
            await asyncio.sleep(0.05)


async def test_who_comes_alone_is_served_by_the_connection_used_last(fresh_database_url: str) -> None:
    database = Database(fresh_database_url, pool_size=4)

    async def served_by() -> int:
        async with database.transaction() as connection:
            return int((await connection.execute(text("SELECT pg_backend_pid() FROM pg_sleep(0.05)"))).scalar_one())

    at_once = await asyncio.gather(*(served_by() for _ in range(4)))
    one_by_one = [await served_by() for _ in range(4)]
    assert (len(set(at_once)), len(set(one_by_one))) == (4, 1)
    await database.close()
