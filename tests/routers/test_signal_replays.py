"""A signal's moment again, over HTTP."""

import pytest

from app.domain.signals import Judged
from app.history.signals import Recorded, write_signals
from routers.signal_examples import REPLAY
from routers.signal_replays import SignalReplayAnswer
from tests.app.history.judged import judged
from tests.app.replay.tapes import as_run, judged_on
from tests.routers.houses import House


@pytest.fixture
async def sent(house: House) -> Judged:
    """One that the tape in the data directory tells of."""
    run = as_run(house.settings.data_dir / "tape")
    found = next(each for each in judged_on(run) if each.stage == "sent")
    await write_signals(house.history, [Recorded(found), Recorded(judged(1))], "simulated")
    return found


async def test_then_and_now_stand_side_by_side(house: House, sent: Judged) -> None:
    answer = await house.ask.get(f"/signals/{sent.signal.id}/replay", params={"set": ["risk.min_edge=0.9"]})
    told = answer.json()
    assert answer.status_code == 200, told
    assert (told["then"]["stage"], told["now"]["stage"], told["now"]["reason"]) == ("sent", "edge", "min_edge")
    assert (told["is_same"], told["differs"], told["simulated"]) == (True, [], True)
    assert told["settings"] == [{"name": "risk.min_edge", "then": "0.0050", "now": "0.9000"}]
    assert told["now"]["checks"][-1]["is_passed"] is False


async def test_what_cannot_be_is_said_so(house: House, sent: Judged) -> None:
    path = f"/signals/{sent.signal.id}/replay"
    assert (await house.ask.get("/signals/nobody-1/replay")).status_code == 404
    gone = await house.ask.get("/signals/a-1/replay")
    assert (gone.status_code, "TAPE__KEEP" in gone.json()["remedy"]) == (409, True)
    for changed in ("risk.kely=1", "risk.kelly=7", "paper.kalshi_ms=1", "x" * 200):
        assert (await house.ask.get(path, params={"set": changed})).status_code == 422, changed


def test_the_example_of_the_document_is_an_answer() -> None:
    assert SignalReplayAnswer.model_validate(REPLAY).model_dump(mode="json") == REPLAY
