"""What has happened, in words: fills and exits, halts since the last look, workers that are missed."""

from datetime import timedelta

import msgspec
import pytest

from app.domain.operations import Beat
from app.domain.risks import Halt
from app.hot.trading_shown import fill_shown
from app.hot.updates import Said
from tests.app.hot.samples import NOW
from tests.app.hot.test_trading_shown import FILL, ORDER
from workers.news import Roll, notes_of_halts, notes_of_updates


def said(channel: str = "fills", **changed: object) -> Said:
    fill = msgspec.structs.replace(FILL, **{name: value for name, value in changed.items() if hasattr(FILL, name)})
    order = msgspec.structs.replace(
        ORDER, **{name: value for name, value in changed.items() if not hasattr(FILL, name)}
    )
    return Said(1, 1, channel, 0, msgspec.json.encode(fill_shown(order, fill, is_simulated=True)))


def beat(worker: str = "execution", age: float = 0, every: float = 1.0, **more: object) -> Beat:
    at = NOW - timedelta(seconds=age)
    plain = {"process_id": 1, "host": "h", "started_at": at, "runs": 1, "failures": 0, "took_ms": 1.0}
    return msgspec.convert({**plain, "worker": worker, "at": at, "every": every, **more}, Beat)


@pytest.mark.parametrize(
    ("told", "kind", "words"),
    [
        (said(), "fill", "manual: buy 4 of Boston Yes at 0.4550 on kalshi (manual, fee $0.07)"),
        (said(purpose="exit", rule="stop", side="sell"), "exit", "exit by stop: sell 4 of Boston Yes"),
        (said(purpose="unwind", rule="unwind"), "fill", "unwind: buy 4"),
        (said(stage="undone"), "fill", "taken back by the venue: manual: buy 4"),
    ],
)
def test_a_fill_is_told_in_words(told: Said, kind: str, words: str) -> None:
    (note,) = notes_of_updates([told], {"kalshi:KX-BOS:yes": "Boston Yes"})
    assert (note.kind, note.words.startswith(words)) == (kind, True), note.words


def test_what_is_no_fill_is_passed_over() -> None:
    assert notes_of_updates([said("orders"), Said(1, 2, "fills", 1, b'{"id": 1}')], {}) == []


def test_only_younger_halts_are_news() -> None:
    halts = [
        Halt(
            scope="league", name="nba", reason="r", halted_by="cli", halted_at=(NOW + timedelta(seconds=s)).isoformat()
        )
        for s in (-1, 1)
    ]
    (note,) = notes_of_halts([*halts, msgspec.structs.replace(halts[1], halted_at="")], NOW)
    assert note.words == "halted: league nba by cli: r"


def test_a_worker_is_missed_once_and_not_while_another_process_has_it() -> None:
    roll = Roll()
    assert roll.call([beat(), beat("history_pruner", every=86_400)], NOW) == []
    assert roll.call([beat(age=40), beat(age=1, process_id=2)], NOW) == []
    later = NOW + timedelta(seconds=100)
    (note,) = roll.call([beat(age=40, last_error="no such table")], later)
    assert note.words == "execution is silent for 140 s; its last error: no such table"
    assert roll.call([], later) == []
    (back,) = roll.call([beat(age=-100)], later)
    assert back.words == "execution works again"
