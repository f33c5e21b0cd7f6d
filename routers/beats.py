"""Are the workers alive? A beat is compared with what the roster promises."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec
from pydantic import BaseModel, Field
from pydantic.config import JsonDict

from app.domain.operations import Beat

POLLER: JsonDict = {
    "worker": "game_poller",
    "process": "discovery",
    "state": "running",
    "every": 15.0,
    "age": 4.2,
    "at": "2026-01-09T00:30:00Z",
    "started_at": "2026-01-08T18:00:00Z",
    "host": "desk",
    "process_id": 4711,
    "runs": 1560,
    "failures": 0,
    "took_ms": 84.5,
    "loop_lag_ms": 3.1,
    "last_error": "",
    "counts": {"games": 41},
}
KALSHI: JsonDict = {
    "feed": "kalshi",
    "requests": 165,
    "answers": 160,
    "not_modified": 5,
    "bytes": 1181055,
    "troubles": {"timeout": 1},
}


class Expected(NamedTuple):
    """A worker that should run somewhere."""

    name: str
    every: float  # seconds
    process: str


class FeedAnswer(BaseModel):
    """What one outside host was asked, and what it met, since the start; over every process that asks it."""

    feed: str = Field(examples=["kalshi"])
    requests: int = Field(examples=[165])
    answers: int = Field(examples=[160])
    not_modified: int = Field(description="Answers that were the same as before.", examples=[5])
    bytes: int = Field(examples=[1181055])
    troubles: dict[str, int] = Field(description="Everything that went wrong, by kind.", examples=[{"timeout": 1}])


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
    counts: dict[str, int] = Field({}, description="What its last round did.")

    @property
    def trouble(self) -> str:
        """What is wrong, in words; empty when nothing is."""
        if self.state == "late":
            return f"{self.worker}: its last round was {self.age:.0f} s ago, it runs each {self.every:g} s"
        return f"{self.worker}: no sign of life" if self.state == "missing" else ""


def feed_answers(feeds: Sequence[str], beats: Sequence[Beat]) -> list[FeedAnswer]:
    """What all processes together asked of each feed."""
    return [_feed_answer(feed, beats) for feed in feeds]


def _feed_answer(feed: str, beats: Sequence[Beat]) -> FeedAnswer:
    telling = [beat for beat in beats if any(_is_of(name, feed) for name in beat.counts)]
    newest = {(beat.host, beat.process_id): beat for beat in sorted(telling, key=lambda beat: beat.at)}
    counts: Counter[str] = Counter()  # they are a process's, so only one of its beats is counted
    for beat in newest.values():
        counts.update({name.removeprefix(f"{feed}_"): n for name, n in beat.counts.items() if _is_of(name, feed)})
    plain = {name: counts.pop(name, 0) for name in ("requests", "answers", "not_modified", "bytes")}
    return FeedAnswer(feed=feed, troubles=dict(counts), **plain)


def worker_answers(
    expected: Sequence[Expected], beats: Sequence[Beat], now: datetime, feeds: Sequence[str] = ()
) -> list[WorkerAnswer]:
    """Every worker of the roster in its order, once for each process that has it; then those that beat without being
    in it."""
    heard = defaultdict[str, list[Beat | None]](list)
    for beat in beats:
        heard[beat.worker].append(_without_feeds(beat, feeds))
    promised = [_answer(each, beat, now) for each in expected for beat in heard.pop(each.name, [None])]
    others = [beat for several in heard.values() for beat in several if beat is not None]
    return promised + [_answer(Expected(beat.worker, beat.every, ""), beat, now) for beat in others]


def troubles_of(answers: Sequence[WorkerAnswer]) -> dict[str, str]:
    """What is wrong with each worker, in words. One that runs in several processes is well while any of them is: what
    the others had goes on there."""
    troubles: dict[str, str] = {}
    for answer in answers:
        troubles[answer.worker] = answer.trouble and troubles.get(answer.worker, answer.trouble)
    return troubles


def _is_of(name: str, feed: str) -> bool:
    return name.startswith(f"{feed}_")


def _without_feeds(beat: Beat, feeds: Sequence[str]) -> Beat:
    own = {name: n for name, n in beat.counts.items() if not any(_is_of(name, feed) for feed in feeds)}
    return msgspec.structs.replace(beat, counts=own)


def _answer(expected: Expected, beat: Beat | None, now: datetime) -> WorkerAnswer:
    if beat is None:
        return WorkerAnswer(
            worker=expected.name, process=expected.process, state="missing", every=expected.every, age=None
        )
    age = max(0.0, (now - beat.at).total_seconds())
    is_late = age > beat.patience
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
