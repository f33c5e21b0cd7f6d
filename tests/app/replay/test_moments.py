"""One signal's moment once more: the same record without a change, and what a change makes of it."""

from pathlib import Path

import msgspec
import pytest

from app.domain.questions import QuestionRefused
from app.domain.signals import Judged, SignalId
from app.errors import BadInput, Conflict, Unavailable
from app.replay.moments import Question, Rejudged, rejudge
from app.replay.rejudging import Rejudging
from tests.app.replay.tapes import as_run, judged_on


@pytest.fixture
def tapes(tmp_path: Path) -> Path:
    as_run(tmp_path / "tape")
    return tmp_path / "tape"


@pytest.fixture
def said(tapes: Path) -> list[Judged]:
    return judged_on(next(tapes.iterdir()))


def asked(tapes: Path, recorded: Judged, *changed: str) -> Rejudged:
    return rejudge(Question(str(tapes), recorded, changed))


def test_every_record_comes_again_to_the_last_digit(tapes: Path, said: list[Judged]) -> None:
    kept = [each for each in said if each.stage == "sent"]
    refused = [each for each in said if each.stage != "sent"]
    assert kept
    assert refused
    for recorded in (*kept, *refused[::20]):
        found = asked(tapes, recorded)
        assert (found.differs, found.now, found.settings) == ((), recorded, ())


def test_less_of_kelly_is_a_smaller_stake(tapes: Path, said: list[Judged]) -> None:
    recorded = next(each for each in said if each.stage == "sent")
    found = asked(tapes, recorded, "risk.kelly=0.05")
    assert found.differs == ()
    assert [(each.name, each.then, each.now) for each in found.settings] == [("risk.kelly_fraction", 0.25, 0.05)]
    assert found.now is not None
    assert (found.now.stage, found.now.signal.size) != ("sent", recorded.signal.size)
    assert found.now.signal.id == recorded.signal.id


def test_a_limit_lets_go_what_was_sent_and_lets_pass_what_was_not(tapes: Path, said: list[Judged]) -> None:
    sent = next(each for each in said if each.stage == "sent")
    stopped = asked(tapes, sent, "risk.min_edge=0.9").now
    assert stopped is not None
    assert (stopped.stage, stopped.reason) == ("edge", "min_edge")
    refused = next(each for each in said if each.reason == "entry_price")
    passed = asked(tapes, refused, "risk.max_entry_price=0.99").now
    assert passed is None or passed.reason != "entry_price"


def test_without_its_tape_there_is_no_moment(tapes: Path, said: list[Judged]) -> None:
    signal = msgspec.structs.replace(said[0].signal, id=SignalId("another-1"))
    with pytest.raises(Conflict, match="no tape"):
        asked(tapes, msgspec.structs.replace(said[0], signal=signal))
    elsewhere = msgspec.structs.replace(said[0].signal, found_at=said[-1].signal.found_at)
    with pytest.raises(Conflict, match="does not come to"):
        asked(tapes, msgspec.structs.replace(said[0], signal=elsewhere))


def test_what_plays_no_part_is_refused(tapes: Path, said: list[Judged]) -> None:
    with pytest.raises(BadInput, match="plays no part"):
        asked(tapes, said[0], "paper.kalshi_ms=1")
    with pytest.raises(QuestionRefused, match="there are"):
        asked(tapes, said[0], "risk.kely=1")


async def test_another_process_answers_the_same(tapes: Path, said: list[Judged]) -> None:
    recorded = next(each for each in said if each.stage == "sent")
    rejudging = Rejudging(tapes)
    assert await rejudging.ask(recorded, ("risk.kelly=0.05",)) == asked(tapes, recorded, "risk.kelly=0.05")
    signal = msgspec.structs.replace(recorded.signal, id=SignalId("another-1"))
    with pytest.raises(Conflict, match="no tape"):
        await rejudging.ask(msgspec.structs.replace(recorded, signal=signal), ())
    with pytest.raises(Unavailable, match="could not be played"):
        await Rejudging(tapes, within=0.001).ask(recorded, ())
