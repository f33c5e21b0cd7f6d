"""Tapes that are made out of others."""

from pathlib import Path

import pytest

from app.archive.tapes import Piece, read_tape
from app.domain.games import GameId
from app.domain.inputs import Followed, GameTaken, Input
from app.domain.prices import SECOND, Nanos
from app.errors import BadInput
from app.replay.cuts import Wanted, cut_tape
from app.replay.plays import Playing, play
from tests.app.replay.tapes import EVENING

GAME = GameId("401826797")


def told(tape: Path) -> list[Input]:
    return [one for frame in read_tape(tape) if isinstance(frame, Piece) for one in frame.inputs]


def test_a_whole_cut_is_the_same_run(tmp_path: Path) -> None:
    cut_tape(EVENING, tmp_path / "all.tape", Wanted())
    found, before = play(tmp_path / "all.tape"), play(EVENING)
    assert (found.hash, found.trades_hash, found.same) == (before.hash, before.trades_hash, True)


def test_the_last_minutes_begin_with_what_was_known_by_then(tmp_path: Path) -> None:
    made = cut_tape(EVENING, tmp_path / "last.tape", Wanted(last=40))
    inputs = told(tmp_path / "last.tape")
    assert 39 < made.lasted <= 40
    assert made.inputs == len(inputs)
    assert {one.game.id for one in inputs if isinstance(one, GameTaken)} == {GAME}
    assert [one for one in inputs[:200] if isinstance(one, Followed)]
    assert play(tmp_path / "last.tape").same is True


def test_a_cut_decides_of_its_game_what_the_run_did(tmp_path: Path) -> None:
    """It is the only one on the tape; of another one nothing is left but the time."""
    cut_tape(EVENING, tmp_path / "own.tape", Wanted(GAME))
    cut_tape(EVENING, tmp_path / "other.tape", Wanted(GameId("another")))
    assert play(tmp_path / "own.tape").signals == play(EVENING).signals
    assert play(tmp_path / "other.tape", Playing()).quotes == 0


def test_a_cut_lies_between_two_moments(tmp_path: Path) -> None:
    began = told(EVENING)[0].received_at
    wanted = Wanted(since=Nanos(began + 40 * SECOND), until=Nanos(began + 50 * SECOND))
    assert 9.5 < cut_tape(EVENING, tmp_path / "between.tape", wanted).lasted <= 10
    assert 34 < cut_tape(EVENING, tmp_path / "first.tape", Wanted(first=35)).lasted <= 35
    assert play(tmp_path / "between.tape").same is True


def test_what_is_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "there.tape").write_text("")
    with pytest.raises(BadInput, match="there already"):
        cut_tape(EVENING, tmp_path / "there.tape", Wanted())
    with pytest.raises(BadInput, match="no tape"):
        cut_tape(tmp_path / "nowhere", tmp_path / "new.tape", Wanted())
