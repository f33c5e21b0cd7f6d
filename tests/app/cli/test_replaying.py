"""What `crosscourt replay --json` says, and which run `record` takes."""

import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.cli.recording import newest_run
from app.cli.replaying import shown
from app.errors import BadInput
from app.replay.plays import Playing, play
from tests.app.replay.tapes import DECISIONS, EVENING, TRADES


def test_money_is_told_as_exact_dollars_and_called_simulated() -> None:
    told: Any = msgspec.json.decode(msgspec.json.encode(shown(play(EVENING))))
    assert (told["hash"], told["trades_hash"], told["same"]) == (DECISIONS, TRADES, True)
    assert all(account["simulated"] for account in told["accounts"])
    for account in told["accounts"]:
        has = {name: Decimal(account[name]) for name in ("cash", "positions", "fees", "realised", "deposits")}
        assert has["cash"] + has["positions"] + has["fees"] == has["deposits"] + has["realised"]
    assert sum(Decimal(each["gain"]) for each in told["accounts"]) == Decimal(told["gain"])
    assert told["curve"][0]["at"].endswith("+00:00")
    assert told["times_real_time"] > 0


def test_a_beginning_is_told_without_an_end() -> None:
    told: Any = shown(play(EVENING, Playing(until=5)))
    assert told["lasted"] <= 5


def test_the_newest_run_is_the_one_that_was_written_to_last(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no tape"):
        newest_run(tmp_path)
    for name, at in (("one", 100), ("two", 300), ("three", 200)):
        (tmp_path / name).mkdir()
        part = tmp_path / name / "00000.tape"
        part.write_bytes(b"")
        os.utime(part, (at, at))
    (tmp_path / "empty").mkdir()
    assert newest_run(tmp_path) == tmp_path / "two"
