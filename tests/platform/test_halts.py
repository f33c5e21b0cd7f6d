"""The kill switch over REST and by command: it reaches each process that trades at once, and nothing but an admin's
word ends it. That it outlives every death: test_endings.py.
"""

import json
import statistics
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from typer.testing import CliRunner

from app import cli
from tests.platform.cores import SELDOM, WHY, Cores
from tests.platform.platforms import Platform, crosscourt, eventually

WITHIN = 0.1  # seconds from the answer to the core of another process
ROUNDS = 9
LEAGUES = ("nba", "nfl", "mlb", "nhl", "epl", "mls", "laliga", "ucl", "wnba")

pytestmark = pytest.mark.usefixtures("here")


@pytest.fixture(scope="module")
def both(up: Platform) -> Iterator[Cores]:
    with closing(Cores(up, has_second=True)) as both:
        assert eventually(both.has_heard, every=SELDOM)
        yield both


def command(both: Cores, *words: str) -> Any:
    """What a command says in JSON, on the data directory of the running platform."""
    done = CliRunner().invoke(cli.command, [*words, "--data-dir", str(both.up.data_dir), "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_a_halt_reaches_the_core_of_every_process_within_100_ms_of_the_answer(both: Cores) -> None:
    answered = {name: both.halt("league", name)["answered_at"] for name in LEAGUES[:ROUNDS]}
    assert eventually(lambda: both.knows(*answered), every=SELDOM)
    for process_id in both.ids:
        heard = [(both.heard_at(process_id, name, 0.0), at) for name, at in answered.items()]
        late = [heard_at - at for heard_at, at in heard if heard_at is not None]
        print(f"process {process_id}: {', '.join(f'{1000 * each:.1f}' for each in late)} ms after the answer")
        assert len(late) == ROUNDS
        assert statistics.median(late) < WITHIN  # one of them may meet a moment in which the machine is busy
    for name in answered:
        both.resume("league", name)
    assert eventually(lambda: both.knows(), every=SELDOM)


def test_a_halt_by_command_reaches_them_too(both: Cores) -> None:
    done = command(both, "halt", "--scope", "venue", "--name", "kalshi", "--reason", WHY)
    assert (done["halt"]["halted_by"], done["is_new"], done["is_told"]) == ("cli", True, True)
    assert eventually(lambda: both.knows("kalshi"), every=SELDOM)
    assert [each["name"] for each in both.up.get("/risk")["halts"]] == ["kalshi"]
    assert command(both, "resume", "--scope", "venue", "--name", "kalshi")["halts"] == []
    assert eventually(lambda: both.knows(), every=SELDOM)
    where = ("--data-dir", both.up.data_dir)
    refused = crosscourt("resume", "--scope", "game", "--name", "nobody", *where, folder=both.up.data_dir.parent)
    assert (refused.returncode, "GET /risk" in refused.stderr) == (1, True)


def test_nothing_is_sent_while_everything_is_halted_and_only_an_admin_ends_it(both: Cores) -> None:
    assert eventually(lambda: both.signals(0.0, stage="sent"))
    halted_at = both.halt()["answered_at"]
    assert eventually(lambda: both.signals(halted_at, reason="halted")), "no edge came that could be refused"
    assert eventually(lambda: both.knows("all"), every=SELDOM)
    heard = [both.heard_at(process_id, "all", 0.0) or 0.0 for process_id in both.ids]
    assert both.signals(max(heard), stage="sent") == 0
    made = command(both, "keys", "create", "trader", "--scopes", "read,paper,live")
    denied = both.post("resume", {"X-API-Key": made["key"]}, scope="all")
    assert denied["status_code"] == 403
    assert "scope admin" in denied["detail"]
    assert "crosscourt keys create" in denied["remedy"]
    assert both.knows("all")
    both.resume()
    assert eventually(lambda: both.knows(), every=SELDOM)
