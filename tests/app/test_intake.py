from itertools import islice

import pytest

from app.domain.decisions import Decision
from app.domain.frames import ConnectionNumber
from app.domain.inputs import Input
from app.domain.markets import VenueId
from app.domain.prices import SECOND, Quote
from app.intake import Intake
from app.pipeline import Pipeline
from tests.app.prices.boards import YES, added, at, followed, levels, snapshot


def opened(*, keeps_tape: bool = True) -> Intake:
    intake = Intake(Pipeline(5 * SECOND), lambda: at(0), keeps_tape=keeps_tape)
    for told in START:
        intake.put(told)
    return intake


START: tuple[Input, ...] = (followed(), snapshot(levels((40, 10)), levels((45, 10))))


def test_what_is_decided_is_handed_on_at_once_and_in_order() -> None:
    heard: list[Decision] = []
    intake = opened()
    stop = intake.heed(heard.append)
    intake.put(added(True, 41, 2, now=1))
    intake.put(added(True, 42, 2, now=2))
    stop()
    intake.put(added(True, 43, 2, now=3))
    assert [quote.bid for quote in heard if isinstance(quote, Quote)] == [4_100, 4_200]
    newest = intake.pipeline.quote(YES)
    assert newest is not None
    assert newest.bid == 4_300


def test_the_tape_holds_every_input_and_decision_once() -> None:
    intake = opened()
    first = intake.take_tape()
    intake.put(added(True, 41, 2, now=1))
    second = intake.take_tape()
    assert (first.first, first.inputs, second.first) == (0, list(START), 2)
    core = Pipeline(5 * SECOND)
    assert [*first.decisions, *second.decisions] == [
        said for told in (*first.inputs, *second.inputs) for said in core.apply(told)
    ]
    assert intake.take_tape().inputs == []


def test_a_tape_that_nobody_writes_away_has_a_hole_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.intake.FEW_KEPT", 10)
    intake = opened(keeps_tape=False)
    for number in islice(range(100), 25):
        intake.put(added(True, 41, 1, now=number))
    piece = intake.take_tape()
    assert piece.first + len(piece.inputs) == 27
    assert piece.first > 0
    assert len(piece.inputs) <= 11


def test_time_that_passes_without_a_decision_fills_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.intake.FEW_KEPT", 10)
    intake = opened(keeps_tape=False)
    for _ in range(50):
        intake.pass_time()
    assert len(intake.take_tape().inputs) <= 11


def test_frames_that_are_kept_say_where_their_inputs_lie() -> None:
    intake = opened()
    for number in (1, 2):
        intake.keep_frame(VenueId("kalshi"), ConnectionNumber(1), b"{}", at(number))
        intake.put(added(True, 40 + number, 2, now=number))
    first = intake.take_tape()
    intake.keep_frame(VenueId("kalshi"), ConnectionNumber(1), b"{}", at(3))
    assert [(frame.number, frame.sequence) for frame in (*first.frames, *intake.take_tape().frames)] == [
        (0, 2),
        (1, 3),
        (2, 4),
    ]
