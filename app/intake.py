"""The way into the trading core: every input is numbered, kept for the tape, applied, and what follows is handed on."""

from collections.abc import Callable, Sequence
from typing import Any

from app.domain.decisions import Decision, Taped
from app.domain.frames import ConnectionNumber, RawFrame
from app.domain.inputs import Input, Tick
from app.domain.markets import VenueId
from app.domain.prices import Nanos
from app.pipeline import Pipeline

MOST_KEPT = 500_000  # inputs of a tape that nobody writes away; then it has a hole, and says so
FEW_KEPT = 1_000  # where no tape is wanted
TICK_MOST = 50_000_000  # nanoseconds between two ticks at least: several may keep the time

Listener = Callable[[Decision], None]


class Intake:
    """One per process. `now`: the clock by which inputs are stamped; the core itself has none."""

    def __init__(self, pipeline: Pipeline, now: Callable[[], Nanos], *, keeps_tape: bool = True) -> None:
        self.pipeline = pipeline
        self.now = now
        self._handlers = pipeline.handlers
        self._most_kept = MOST_KEPT if keeps_tape else FEW_KEPT
        self._inputs: list[Input] = []
        self._decisions: list[Decision] = []
        self._frames: list[RawFrame] = []
        self._first = self._first_frame = 0
        self._ticked_at = Nanos(0)
        self._listeners: list[Listener] = []

    def put(self, told: Input) -> None:
        """Tell the core; returns when everything that follows has been handed on."""
        self._inputs.append(told)
        decisions = self._handlers[type(told)](told)
        if decisions:
            self._hand_on(decisions)

    def pass_time(self) -> None:
        """Tell the core that time passes, unless somebody else just has; often nothing is decided upon it, and the tape
        grows all the same."""
        now = self.now()
        if 0 <= now - self._ticked_at < TICK_MOST:
            return
        self._ticked_at = now
        if len(self._inputs) > self._most_kept:
            self._forget()
        self.put(Tick(now))

    def keep_frame(self, venue: VenueId, connection: ConnectionNumber, payload: bytes, received_at: Nanos) -> None:
        """For the tape: a venue has said this, and what is made of it is told next."""
        number, sequence = self._first_frame + len(self._frames), self._first + len(self._inputs)
        self._frames.append(RawFrame(number, sequence, received_at, venue, connection, payload))

    def heed(self, listener: Listener) -> Callable[[], None]:
        """Be told of every decision, at once and in order; a listener returns quickly. Calling the answer ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def overhear(self, kind: type[Input], listener: Callable[[Any], None]) -> Callable[[], None]:
        """Be told of every input of one kind, after the core. Calling the answer ends it."""
        apply = self._handlers[kind]

        def told_too(told: Any) -> Sequence[Decision]:
            decisions = apply(told)
            listener(told)
            return decisions

        self._handlers = {**self._handlers, kind: told_too}

        def end() -> None:
            self._handlers = {**self._handlers, kind: apply}

        return end

    def take_tape(self) -> Taped:
        """What was told and decided since this was last asked for."""
        piece = Taped(self._first, self._inputs, self._decisions, self._frames)
        self._forget()
        return piece

    def _hand_on(self, decisions: Sequence[Decision]) -> None:
        if len(self._inputs) > self._most_kept:
            self._forget()
        self._decisions += decisions
        for listener in self._listeners:
            for decision in decisions:
                listener(decision)

    def _forget(self) -> None:
        self._first += len(self._inputs)
        self._first_frame += len(self._frames)
        self._inputs, self._decisions, self._frames = [], [], []
