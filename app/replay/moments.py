"""The moment of one signal once more, with some limits another way: by the tape of the process that has found it.

Everything up to that moment is told to two cores as it was then, so far as it matters for that game: its books, its
links and scores, limits, halts, what was held, the time, and that the lanes which carry its books carry anything. Just
before the input upon which it was judged one of the two gets the other limits. What it says then is the answer; what
the other one says must be the record itself.

`python -m app.replay.moments`: a question in, its answer out, both JSON; so that the platform goes on meanwhile.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from app.archive.manifests import read_manifest
from app.archive.tapes import FORMAT, Header, Piece, read_tape, shelf_of
from app.clock import moment_of
from app.domain.decisions import Decision
from app.domain.games import GameId
from app.domain.inputs import (
    Added,
    Began,
    Doubted,
    Followed,
    GameLeft,
    GameTaken,
    Heard,
    Hinted,
    Input,
    Limited,
    Named,
    Offered,
    Regridded,
    Replaced,
    Shown,
    Snapshot,
    Traded,
)
from app.domain.limits import Written, limits_shown
from app.domain.prices import SECOND, BookId, LaneId
from app.domain.signals import Judged, Signal
from app.errors import BadInput, Conflict, CrosscourtError
from app.pipeline import Pipeline
from app.replay.changes import Changes, changes_of

LATE = 2 * SECOND  # after the moment at which it was found nothing more is hoped for
CLOCKS_DIFFER = timedelta(seconds=5)  # of a folder's name, and of the first input in it
IDLE = 10  # niceness
OF_OTHERS = "The tape of a process lies in its own data directory; TAPE__KEEP says how much of it is kept."


class Setting(msgspec.Struct, frozen=True):
    """A limit as it was then, and as it is now."""

    name: str
    then: Written
    now: Written


class Rejudged(msgspec.Struct, frozen=True, kw_only=True, tag="rejudged"):
    """`now`: what comes of it with the settings; None: nothing, for `why`. `differs`: where the unchanged replay says
    something else than the record does; empty: it gave the very same."""

    tape: str
    settings: tuple[Setting, ...]
    now: Judged | None
    why: str = ""
    differs: tuple[str, ...] = ()
    inputs: int = 0


class Question(msgspec.Struct, frozen=True):
    """`tapes`: the folder of all runs; `recorded`: what was said then; `changed`: `name=value` each."""

    tapes: str
    recorded: Judged
    changed: tuple[str, ...] = ()


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """Why there is no answer: an error of ours, by its name."""

    kind: str
    message: str
    remedy: str


def limits_to_change(changed: Sequence[str]) -> Changes:
    """Raises QuestionRefused for what cannot be, and BadInput for what plays no part in a judgement."""
    changes = changes_of(changed)
    others = [name for name in changes.said if not name.startswith("risk.")]
    if others:
        raise BadInput(
            f"{others[0]} plays no part in whether a signal is sent", remedy="Change limits here: risk.kelly=0.1."
        )
    return changes


def rejudge(question: Question) -> Rejudged:
    """Raises QuestionRefused and BadInput for settings that cannot be, Conflict when there is no tape of that moment
    (any more), or it does not come to that signal."""
    changes = limits_to_change(question.changed)
    signal = question.recorded.signal
    tape = find_tape(Path(question.tapes), signal)
    frames = read_tape(tape)
    header = next(frames, None)
    if not isinstance(header, Header) or header.format != FORMAT or header.part:
        raise Conflict(f"the beginning of the tape {tape.name} is gone", remedy=OF_OTHERS)
    pieces = (frame for frame in frames if isinstance(frame, Piece))
    return _Retrial(question.recorded, changes, tape.name, header.patience).hear(_in_one_row(pieces, tape))


def find_tape(tapes: Path, signal: Signal) -> Path:
    """Of the process that has found it: its run begins with the name that the signal's begins with. Raises Conflict."""
    run, found_at = signal.id.rpartition("-")[0], moment_of(signal.found_at)
    archived = read_manifest(shelf_of(tapes / "any")).parts
    names = {*(folder.name for folder in tapes.glob("*") if folder.is_dir()), *archived}
    for name in sorted((each for each in names if _began(each) <= found_at + CLOCKS_DIFFER), reverse=True):
        if run == _run_of(tapes / name):
            return tapes / name
    raise Conflict(f"there is no tape of the process that has found signal {signal.id} (any more)", remedy=OF_OTHERS)


def _began(name: str) -> datetime:
    try:
        return datetime.strptime(name[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return datetime.max.replace(tzinfo=UTC) - CLOCKS_DIFFER


def _run_of(tape: Path) -> str | None:
    try:
        for frame in read_tape(tape):
            began = next((one for one in getattr(frame, "inputs", ()) if isinstance(one, Began)), None)
            if began is not None:
                return began.run
            if isinstance(frame, Piece):
                return None  # it comes first, or its beginning was let go
    except (BadInput, OSError):
        pass  # of another version, or let go this moment
    return None


def _in_one_row(pieces: Iterator[Piece], tape: Path) -> Iterator[Input]:
    """Raises Conflict where one is missing."""
    told = 0
    for piece in pieces:
        if piece.first != told:
            raise Conflict(f"the tape {tape.name} has a hole before that moment", remedy=OF_OTHERS)
        told += len(piece.inputs)
        yield from piece.inputs


class _Retrial:
    """One signal before two cores."""

    def __init__(self, recorded: Judged, changes: Changes, tape: str, patience: int) -> None:
        self._recorded = recorded
        self._changes = changes
        self._tape = tape
        self._as_then, self._as_now = Pipeline(patience), Pipeline(patience)
        self._sieve = _Sieve(recorded.signal.game_id)
        self._inputs = 0

    def hear(self, inputs: Iterator[Input]) -> Rejudged:
        """All that was told, up to the moment. Raises Conflict when that does not come."""
        latest = self._recorded.signal.found_at + LATE
        for told in inputs:
            if told.received_at > latest:
                break
            for one in self._sieve.of(told):
                self._inputs += 1
                then = self._meant(self._as_then.apply(one))
                if then is not None:
                    return self._judge(one, then)
                self._as_now.apply(one)
        raise Conflict(
            f"the tape {self._tape} does not come to signal {self._recorded.signal.id}",
            remedy="Look a moment later: the last second may not be on disk yet.",
        )

    def _judge(self, told: Input, then: Judged) -> Rejudged:
        core, game_id = self._as_now, self._recorded.signal.game_id
        before = core.desk.limits
        after = self._changes.limits(before)
        if self._changes:
            core.desk.limit(Limited(after, told.received_at))
            core.forget_said(game_id)
        now = self._meant(core.apply(told))
        shown = limits_shown(before), limits_shown(after)
        names = [name.partition(".")[2] for name in self._changes.said]
        return Rejudged(
            tape=self._tape,
            settings=tuple(Setting(f"risk.{name}", shown[0][name], shown[1][name]) for name in names),
            now=None if now is None else self._renamed(now),
            why="" if now is not None else "it is not looked at closely enough to be judged: sent a moment before, say",
            differs=tuple(differences(self._recorded, self._renamed(then))),
            inputs=self._inputs,
        )

    def _meant(self, decisions: Sequence[Decision]) -> Judged | None:
        return next((one for one in decisions if isinstance(one, Judged) and self._is_meant(one.signal)), None)

    def _is_meant(self, signal: Signal) -> bool:
        meant = self._recorded.signal
        return (
            signal.found_at == meant.found_at
            and signal.detector == meant.detector
            and [leg.contract_id for leg in signal.legs] == [leg.contract_id for leg in meant.legs]
        )

    def _renamed(self, judged: Judged) -> Judged:
        """Signals are numbered over all games; here are only those of one."""
        signal = msgspec.structs.replace(judged.signal, id=self._recorded.signal.id)
        return msgspec.structs.replace(judged, signal=signal)


def differences(recorded: Judged, replayed: Judged) -> Iterator[str]:
    """The fields in which they differ: `size`, `checks`, `legs[0].age`."""
    yield from _differing("", msgspec.to_builtins(recorded), msgspec.to_builtins(replayed))


def _differing(name: str, one: object, other: object) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in {**one, **other}:
            inner = f"{name}.{key}" if name and name != "signal" else str(key)
            yield from _differing(inner, one.get(key), other.get(key))
    elif isinstance(one, list | tuple) and isinstance(other, list | tuple) and len(one) == len(other):
        for number, (mine, theirs) in enumerate(zip(one, other, strict=True)):
            yield from _differing(f"{name}[{number}]", mine, theirs)
    elif one != other:
        yield name


class _Sieve:
    """Lets pass what matters for one game. Of the changes of other books only that their lanes carry something."""

    def __init__(self, game_id: GameId) -> None:
        self._game_id = game_id
        self._own: set[BookId] = set()
        self._lanes: dict[BookId, LaneId] = {}

    def of(self, told: Input) -> Sequence[Input]:
        match told:
            case Added() | Replaced() | Named() | Traded():
                return (told,) if told.book_id in self._own else self._proof(told)
            case Shown() | Regridded() | Doubted():
                return (told,) if told.book_id in self._own else ()
            case GameTaken():
                return (told,) if told.game.id == self._game_id else ()
            case GameLeft():
                return (told,) if told.game_id == self._game_id else ()
            case Offered():
                return (told,) if told.signal.game_id == self._game_id else ()
            case Hinted():
                return ()
            case Followed():
                if told.listed.game_id == self._game_id:
                    self._own.add(told.listed.book_id)
            case Snapshot():
                self._lanes[told.book_id] = told.lane
        return (told,)

    def _proof(self, told: Added | Replaced | Named | Traded) -> Sequence[Input]:
        lane = self._lanes.get(told.book_id)
        is_aside = isinstance(told, Named | Traded) and told.is_aside
        return () if lane is None or is_aside else (Heard(lane, told.received_at),)


def main() -> None:
    """One question from standard input, its answer to standard output."""
    os.nice(IDLE)
    question = msgspec.json.decode(sys.stdin.buffer.read(), type=Question)
    answer: Rejudged | Failed
    try:
        answer = rejudge(question)
    except CrosscourtError as error:
        answer = Failed(type(error).__name__, str(error), error.remedy)
    sys.stdout.buffer.write(msgspec.json.encode(answer))


if __name__ == "__main__":
    main()
