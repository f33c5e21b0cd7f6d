"""Are the workers alive? A beat is compared with what the roster promises."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from pydantic import BaseModel, Field

from app.domain.operations import Beat

TURNS_MISSED = 3  # a beat older than this many of the worker's turns is late
LEAST_PATIENCE = 30.0  # seconds: a round may take a while


class Expected(NamedTuple):
    """A worker that should run somewhere."""

    name: str
    every: float  # seconds
    process: str


class WorkerAnswer(BaseModel):
    """How one worker is doing, wherever it runs."""

    worker: str = Field(examples=["game_poller"])
    process: str = Field(examples=["discovery"])
    state: Literal["running", "late", "missing"]
    every: float = Field(description="Seconds between its rounds.", examples=[15])
    age: float | None = Field(
        description="Seconds since its last round ended; null when it is missing.", examples=[4.2]
    )
    at: datetime | None = None
    started_at: datetime | None = None
    host: str = ""
    process_id: int | None = None
    runs: int = 0
    failures: int = 0
    took_ms: float = Field(0.0, description="The last round.")
    loop_lag_ms: float = Field(0.0, description="How late its process was, at worst, between two beats.")
    last_error: str = ""
    counts: dict[str, int] = Field({}, description="What it did, and what the feeds met since the start.")

    @property
    def trouble(self) -> str:
        """What is wrong, in words; empty when nothing is."""
        if self.state == "late":
            return f"{self.worker}: its last round was {self.age:.0f} s ago, it runs each {self.every:g} s"
        return f"{self.worker}: no sign of life" if self.state == "missing" else ""


def worker_answers(expected: Sequence[Expected], beats: Sequence[Beat], now: datetime) -> list[WorkerAnswer]:
    """Every worker of the roster in its order, then those that beat without being in it."""
    heard = {beat.worker: beat for beat in beats}
    promised = [_answer(each, heard.pop(each.name, None), now) for each in expected]
    return promised + [_answer(Expected(beat.worker, beat.every, ""), beat, now) for beat in heard.values()]


def _answer(expected: Expected, beat: Beat | None, now: datetime) -> WorkerAnswer:
    if beat is None:
        return WorkerAnswer(
            worker=expected.name, process=expected.process, state="missing", every=expected.every, age=None
        )
    age = max(0.0, (now - beat.at).total_seconds())
    is_late = age > max(TURNS_MISSED * beat.every, LEAST_PATIENCE)
    return WorkerAnswer(
        worker=beat.worker,
        process=expected.process,
        state="late" if is_late else "running",
        every=beat.every,
        age=round(age, 1),
        at=beat.at,
        started_at=beat.started_at,
        host=beat.host,
        process_id=beat.process_id,
        runs=beat.runs,
        failures=beat.failures,
        took_ms=beat.took_ms,
        loop_lag_ms=beat.loop_lag_ms,
        last_error=beat.last_error,
        counts=beat.counts,
    )
