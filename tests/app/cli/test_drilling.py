"""`crosscourt drill`: where it refuses, before anything is broken. What it does: tests/platform/test_drills.py."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli import command
from app.clock import wall_clock
from app.domain.markets import VenueId
from app.history.database import Database
from app.history.drills import keep_drill
from app.history.permissions import allow_live
from tests.app.history.test_drills import SAFE

Run = Callable[..., Result]
Deed = Callable[[Database], Awaitable[None]]


@pytest.fixture
def run(fresh_database_url: str, fresh_redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """On stores in which nothing ever ran."""
    monkeypatch.chdir(tmp_path)
    given = {"DATABASE__URL": fresh_database_url, "REDIS__URL": fresh_redis_url, "COLUMNS": "300"}

    def run_it(*arguments: str, **more: str) -> Result:
        words = ["drill", "--api-key", "somebodys", "--url", "http://127.0.0.1:9", *arguments]
        return CliRunner().invoke(command, words, env={**given, **more})

    return run_it


def written(database_url: str, *deeds: Deed) -> None:
    """Done in the stores, before."""

    async def write() -> None:
        database = Database(database_url)
        await database.migrate()
        for deed in deeds:
            await deed(database)
        await database.close()

    asyncio.run(write())


def test_an_unknown_drill_is_refused(run: Run) -> None:
    done = run("--only", "flood")
    assert (done.exit_code, "mute_kalshi" in done.output) == (1, True)


def test_where_real_money_is_allowed_nothing_is_broken(run: Run, fresh_database_url: str) -> None:
    written(fresh_database_url, lambda there: allow_live(there, [VenueId("kalshi")], "a person", wall_clock()))
    done = run("--only", "kill_switch")
    assert (done.exit_code, "real money may be traded here" in done.output) == (1, True)


def test_a_platform_that_does_not_answer_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.drills.scenes.TRIES", 0)
    done = run("--only", "kill_switch")
    assert (done.exit_code, "/keys is not answered" in done.output) == (1, True)


def test_drills_that_were_run_are_shown_without_a_platform(run: Run, fresh_database_url: str) -> None:
    written(fresh_database_url, lambda there: keep_drill(there, SAFE))
    shown = run("--history")
    assert (shown.exit_code, "Drills (simulated)" in shown.output, "2.3 s" in shown.output) == (0, True, True)
    (kept,) = json.loads(run("--history", "--json").stdout)
    assert (kept["name"], kept["verdict"], kept["safe_after"]) == ("mute_kalshi", "safe", 2.31)


def test_real_venues_have_no_faults_on_demand(run: Run) -> None:
    done = run()
    assert (done.exit_code, "mute_kalshi, mute_polymarket, wrong_link need faults" in done.output) == (1, True)
    assert "--only kill_switch" in done.output
