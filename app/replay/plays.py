"""Plays a tape: its inputs in their order, each at its moment, and everything that they set going in between.

The core hears what is on the tape and nothing else, so that it decides as it did then; beside it the accounts trade on
paper what it sends. When something is to be another way it hears other limits, and what these accounts hold.
"""

import asyncio
import gc
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from app.archive.tapes import FORMAT, DecisionHash, Header, Piece, read_tape
from app.domain.decisions import Decision
from app.domain.inputs import GameTaken, Held, Input, Limited, Traded
from app.domain.prices import SECOND, Nanos, Quote
from app.domain.risks import RiskLimits
from app.domain.signals import Judged
from app.errors import BadInput
from app.intake import Intake
from app.pipeline import Pipeline
from app.replay.changes import Changes
from app.replay.executions import Execution
from app.replay.loops import VirtualLoop, run_virtually
from app.replay.outcomes import Played, accounts_of, games_of
from app.replay.trackers import Tracker

LEAST_SLEEP = 0.02  # seconds, where a tape is to be played at a pace

Watching = Callable[[Played, Nanos], object]  # is shown now and then how far it is, and what time it is there


class Playing:
    """How a tape is to be played. `is_own`: the accounts of the replay are what the core hears of; always so when
    something is changed. `speed`: times real time, None: as fast as may be; `until`: seconds of the tape."""

    def __init__(
        self,
        changes: Changes | None = None,
        *,
        is_own: bool = False,
        speed: float | None = None,
        until: float | None = None,
        watching: Watching = lambda *_: None,
    ) -> None:
        self.changes = changes or Changes()
        self.is_own = is_own or bool(self.changes)
        self.speed = speed
        self.until = until
        self.watching = watching


AS_IT_WENT = Playing()


def play(tape: Path, playing: Playing = AS_IT_WENT) -> Played:
    """Raises BadInput for what is no tape."""
    frames = read_tape(tape)
    header = next(frames, None)
    if not isinstance(header, Header):
        raise BadInput(f"{tape} does not begin as a tape does", remedy="Was it copied whole?")
    if header.format != FORMAT:
        raise BadInput(
            f"{tape} is of format {header.format}, and this version plays format {FORMAT}",
            remedy="Replay it with the version that wrote it.",
        )
    pieces = (frame for frame in frames if isinstance(frame, Piece) and frame.inputs)
    first = next(pieces, None)
    if first is None:
        return Played(tape=header.began, world=header.world)
    loop = VirtualLoop(first.inputs[0].received_at)
    with _nothing_collected():
        return run_virtually(loop, Play(header, chain((first,), pieces), playing, loop).run())


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """What a tape holds is no rubbish, and looking whether it is takes a sixth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class Play:
    """One run of a tape over a virtual loop."""

    def __init__(self, header: Header, pieces: Iterator[Piece], playing: Playing, loop: VirtualLoop) -> None:
        changes = playing.changes
        self._pieces = pieces
        self._playing = playing
        self._loop = loop
        self._intake = Intake(Pipeline(changes.patience or header.patience), lambda: loop.now, keeps_tape=False)
        self._execution = Execution(self._intake, changes.paper)
        self._tracker = Tracker(
            self._intake, self._execution, changes.fresh_within, changes.exit_rules, tells=playing.is_own
        )
        self._said: list[Decision] = []
        self._decided = DecisionHash()
        self._refused = Counter[str]()
        self._inputs: Iterator[Input] = iter(())
        self._piece: Piece | None = None
        self._waiting: Input | None = None  # the next one, whose moment has not come
        self._over = asyncio.Event()
        self._ends_at = None if playing.until is None else loop.now + playing.until * SECOND
        self._found = Played(tape=header.began, world=header.world, settings=dict(changes.said), began=loop.now)
        self._found.is_own = playing.is_own
        self._found.same = True if header.part == 0 and not playing.is_own else None
        self._told_as: Mapping[type, Callable[[Input], object]] = (
            {Limited: self._limit, Held: self._hold} if playing.is_own else {Held: self._open}
        )
        self._pace = _Pace(playing.speed, loop.now)

    async def run(self) -> Played:
        """To the end of the tape; what is under way then stays as it is."""
        began = time.perf_counter()
        intake = self._intake
        for listener in (self._said.append, self._count, self._execution.hear, self._tracker.watch.hear):
            intake.heed(listener)
        intake.overhear(Traded, self._execution.note_trade)
        intake.overhear(GameTaken, self._tracker.take)
        await self._execution.begin()
        if self._playing.changes:  # the tape may tell no limits at all
            intake.put(Limited(self._playing.changes.limits(RiskLimits()), self._loop.now))
        beside = (*self._execution.tasks(), self._tracker.keep_looking(), self._tracker.keep_selling())
        tasks = [asyncio.ensure_future(each) for each in (self._over.wait(), *beside)]
        self._loop.play_on = self._play_on
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        self._loop.play_on = self._loop.jump
        for fallen in done:
            fallen.result()
        self._tracker.look()
        await _end(tasks)
        await self._execution.end()
        return self._result(time.perf_counter() - began)

    def _play_on(self, until: Nanos | None) -> None:
        """The next inputs, up to that moment, or until one has set something going."""
        loop, put, told_as, pace = self._loop, self._intake.put, self._told_as, self._pace
        told = self._waiting
        self._waiting = None
        while True:
            if told is None:
                told = next(self._inputs, None) or self._next_of_pieces()
                if told is None:
                    return
            at = told.received_at
            if at > loop.now:
                if until is not None and at > until:
                    self._waiting, loop.now = told, until
                    return
                if pace.is_kept:
                    pace.keep(at)
                loop.now = at
            special = told_as.get(type(told))
            if special is None:
                put(told)
            else:
                special(told)
            if loop.is_stirred:
                return
            told = None

    def _next_of_pieces(self) -> Input | None:
        """The first input of the next piece; None: there is none, and the play is over."""
        self._close_piece()
        self._playing.watching(self._found, self._loop.now)
        piece = self._within_time(next(self._pieces, None))
        if piece is None or not piece.inputs:
            self._over.set()
            return None
        self._open_piece(piece)
        return next(self._inputs)

    def _within_time(self, piece: Piece | None) -> Piece | None:
        """What of it is to be played; of a part of a piece nobody has written what was decided."""
        ends_at = self._ends_at
        if piece is None or ends_at is None or piece.inputs[-1].received_at <= ends_at:
            return piece
        return Piece(piece.first, tuple(each for each in piece.inputs if each.received_at <= ends_at), "")

    def _open_piece(self, piece: Piece) -> None:
        found = self._found
        found.missed = piece.first - found.inputs
        if found.missed:
            found.same = None
        self._piece, self._inputs = piece, iter(piece.inputs)

    def _close_piece(self) -> None:
        found, piece = self._found, self._piece
        if piece is None:
            return
        found.inputs += len(piece.inputs)
        found.decisions += len(self._said)
        found.hash = self._decided.take(self._said)
        self._said.clear()
        if found.same and piece.decided and found.hash != piece.decided:
            found.same, found.differs_at = False, piece.first
        self._piece = None

    def _limit(self, told: Input) -> None:
        assert isinstance(told, Limited)
        limits = self._playing.changes.limits(told.limits)
        self._intake.put(Limited(limits, told.received_at))

    def _hold(self, told: Input) -> None:
        """What was held then is no word on what is held now; but so much the account was worth."""
        assert isinstance(told, Held)
        holdings = told.holdings
        name = "risk.model_bankroll" if holdings.account == "model" else "risk.bankroll"
        limits = self._intake.pipeline.desk.limits
        bankroll = limits.model_bankroll if holdings.account == "model" else limits.bankroll
        self._execution.open(holdings.account, bankroll if name in self._playing.changes.said else holdings.equity)

    def _open(self, told: Input) -> None:
        assert isinstance(told, Held)
        self._hold(told)
        self._intake.put(told)

    def _count(self, decision: Decision) -> None:
        if type(decision) is Quote:
            self._found.quotes += 1
        elif type(decision) is Judged:
            if decision.stage == "sent":
                self._found.signals += 1
            else:
                self._refused[f"{decision.stage}: {decision.reason}"] += 1

    def _result(self, seconds: float) -> Played:
        found, execution, tracker = self._found, self._execution, self._tracker
        found.refused = dict(self._refused.most_common())
        found.orders = dict(Counter(each.last.state for each in execution.journal.orders.values()))
        found.fills = execution.fills
        found.trades = dict(execution.statuses)
        found.exits = dict(execution.exits)
        found.accounts = accounts_of(tracker.equity())
        found.games = games_of(execution.ledger, tracker.watch.marks)
        found.fell, found.curve = tracker.curves.fell, tracker.curves.points
        found.trades_hash = str(execution.print)
        found.lasted = round((self._loop.now - found.began) / SECOND, 3)
        found.seconds = round(seconds, 3)
        return found


class _Pace:
    """Lets the world's time pass as the tape's does, so many times as fast."""

    def __init__(self, speed: float | None, began: Nanos) -> None:
        self.is_kept = speed is not None
        self._speed = speed or 1.0
        self._began = began
        self._began_at = time.monotonic()

    def keep(self, now: Nanos) -> None:
        early = (now - self._began) / SECOND / self._speed - (time.monotonic() - self._began_at)
        if early > LEAST_SLEEP:
            time.sleep(early)


async def _end(tasks: Sequence[asyncio.Task[object]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
