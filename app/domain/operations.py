"""How the platform itself is doing."""

from collections import Counter
from datetime import datetime

import msgspec

TURNS_MISSED = 3  # a beat older than this many of the worker's turns is late
LEAST_PATIENCE = 30.0  # seconds: a round may take a while


class Round:
    """What a worker does in one round, counted by name, and what goes wrong in it without ending it."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.troubles: list[str] = []
        self.standing: list[str] = []  # what went wrong in an earlier round and is not tried in this one

    @property
    def is_idle(self) -> bool:
        """Nothing was due."""
        return not self.counts

    @property
    def trouble(self) -> str:
        """The last thing that went wrong, and how many others did; empty when nothing did."""
        everything = [*self.standing, *self.troubles]
        others = f" (and {len(everything) - 1} more)" if len(everything) > 1 else ""
        return everything[-1] + others if everything else ""

    def note(self, what: str, trouble: str) -> None:
        """Count a failure and remember it in words."""
        self.counts[what] += 1
        self.troubles.append(trouble)


class Beat(msgspec.Struct, frozen=True, kw_only=True):
    """A worker's sign of life. `counts`: what it did and what it met, by name."""

    worker: str
    process_id: int
    host: str
    started_at: datetime
    at: datetime  # the end of the last run, or the start
    every: float  # seconds between runs; a beat older than three of these is late
    runs: int = 0
    failures: int = 0
    took_ms: float = 0.0  # the last run
    loop_lag_ms: float = 0.0  # how late the event loop was, at worst, since the last beat
    last_error: str = ""
    counts: dict[str, int] = {}
    runs_in_each: bool = False  # in every process that has the worker, not in one of them

    @property
    def patience(self) -> float:
        """Seconds after its last round, when it is late."""
        return max(TURNS_MISSED * self.every, LEAST_PATIENCE)

    @property
    def name(self) -> str:
        """Whose sign of life this is: the worker's, or that of one of several."""
        return f"{self.worker}@{self.host}:{self.process_id}" if self.runs_in_each else self.worker
