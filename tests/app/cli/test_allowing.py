"""`crosscourt live`: a person says so in words, and it is written down."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli import command
from app.cli.allowing import PHRASE
from tests.app.venues.kalshi.tills import write_key

Run = Callable[..., Result]


@pytest.fixture
def run(fresh_database_url: str, fresh_redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """With live mode and a key for Kalshi, unless told otherwise."""
    monkeypatch.chdir(tmp_path)
    given = {
        "DATABASE__URL": fresh_database_url,
        "REDIS__URL": fresh_redis_url,
        "TRADING__MODE": "live",
        "KALSHI__KEY_ID": "my-key",
        "KALSHI__PRIVATE_KEY_FILE": str(write_key(tmp_path)),
    }

    def run_it(*arguments: str, typed: str = "", **more: str) -> Result:
        return CliRunner().invoke(command, ["live", *arguments], input=typed, env={**given, "COLUMNS": "200", **more})

    return run_it


def venues(done: Result) -> list[str]:
    told: list[str] = json.loads(done.stdout.splitlines()[-1])["venues"]
    return told


def test_it_is_enabled_by_typing_so_and_disabled_at_once(run: Run) -> None:
    assert venues(run("status", "--json")) == []
    done = run("enable", "--json", typed=f"{PHRASE}\n")
    assert (done.exit_code, venues(done)) == (0, ["kalshi"]), done.output
    assert "at most $25 an order and $250 a day" in done.stderr
    assert venues(run("status", "--json")) == ["kalshi"]
    assert "no real money may be spent" in run("disable").output
    assert venues(run("status", "--json")) == []


@pytest.mark.parametrize("typed", ["yes\n", "\n\n", ""])
def test_nothing_else_is_taken_for_it(run: Run, typed: str) -> None:
    assert run("enable", typed=typed).exit_code != 0
    assert venues(run("status", "--json")) == []


def test_on_paper_there_is_nothing_to_enable(run: Run) -> None:
    done = run("enable", typed=f"{PHRASE}\n", TRADING__MODE="paper")
    assert done.exit_code == 1
    assert "TRADING__MODE=live" in done.output


def test_a_key_that_others_can_read_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "kalshi.pem").chmod(0o644)
    done = run("enable", typed=f"{PHRASE}\n")
    assert done.exit_code == 1
    assert "may be read or changed by others (mode 0644)" in done.output
    assert venues(run("status", "--json")) == []
