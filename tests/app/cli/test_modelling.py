"""`crosscourt models`: what was seen is learned from, cards are kept, and nothing is used that beats nobody."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli import command
from app.history.database import Database
from app.history.recorder import Recorder
from tests.app.analytics.models.seasons import thin
from tests.app.harvests.evenings import tape_evening
from tests.app.hot.samples import NOW

Run = Callable[..., Result]


@pytest.fixture
def run(fresh_database_url: str, fresh_redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    given = {"DATABASE__URL": fresh_database_url, "REDIS__URL": fresh_redis_url, "DATA_DIR": str(tmp_path)}

    def run_it(*arguments: str) -> Result:
        return CliRunner().invoke(command, ["models", *arguments], env={**given, "COLUMNS": "200"})

    return run_it


@pytest.fixture
def seen(tmp_path: Path, fresh_database_url: str) -> None:
    """Sixty games on a tape, and what they ended as in Postgres."""
    ended = tape_evening(tmp_path, 60, thin)

    async def write() -> None:
        history = Database(fresh_database_url, pool_size=1)
        await Recorder(history).record_games(list(ended.values()), NOW)
        await history.close()

    asyncio.run(write())


@pytest.mark.usefixtures("seen")
def test_what_beats_the_market_is_trained_shown_promoted_and_withdrawn(run: Run, tmp_path: Path) -> None:
    done = run("train", "--simulated", "--json")
    assert done.exit_code == 0, done.output
    (card,) = json.loads(done.stdout)
    assert (card["id"], card["verdict"], card["compared_games"]) == ("nba/1", "better", 60)
    assert {path.name for path in (tmp_path / "models").iterdir()} == {"nba-1.json", "nba-1.md", "nba-1.html"}
    assert "SIMULATED" in (tmp_path / "models" / "nba-1.html").read_text()
    assert json.loads(run("show", "nba/1", "--json").stdout)["card"] == card
    assert "better than the market, SIMULATED" in run("show", "nba/1").stdout
    assert json.loads(run("promote", "nba/1", "--json").stdout)["promoted_by"] == "cli"
    (listed,) = json.loads(run("list", "--json").stdout)
    assert listed["promoted_at"] is not None
    assert json.loads(run("withdraw", "nba", "--json").stdout) == {"league": "nba", "was_in_use": True}
    assert json.loads(run("list", "--json").stdout)[0]["promoted_at"] is None


def test_what_is_not_better_is_refused(run: Run, shared: Path, tmp_path: Path) -> None:
    page = tmp_path / "card.html"
    assert run("train", "--recordings", str(shared / "data"), "--league", "nba").exit_code == 0
    done = run("promote", "nba/1")
    assert done.exit_code == 1
    assert "nba/1 is not promoted: insufficient data: 1 game, 50 are asked for" in done.output
    assert run("show", "nba/1", "--page", str(page)).exit_code == 0
    assert "insufficient data" in page.read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("train",), "no game that is over was seen"),
        (("train", "--league", "moon"), "there is no league 'moon'"),
        (("train", "--recordings", "nowhere"), "nowhere is no folder"),
        (("show", "nba/9"), "there is no model nba/9"),
        (("promote", "nba/9"), "there is no model nba/9"),
    ],
)
def test_what_cannot_be_done_says_so(run: Run, arguments: tuple[str, ...], said: str) -> None:
    done = run(*arguments)
    assert (done.exit_code, said in done.output) == (1, True), done.output


def test_nothing_was_measured_and_nothing_is_taken_off(run: Run) -> None:
    assert json.loads(run("haircuts", "--keep", "--json").stdout) == []
