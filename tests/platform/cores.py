"""Processes with a core each: a platform, and those beside it that work on some of its games and serve nothing.

How soon something reaches a core is read from the core's own tape: the moment that it was told, by its own clock.
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from app.archive.tapes import SUFFIX, Piece, read_tape
from app.domain.inputs import Halted
from tests.platform.platforms import Beside, Json, Platform

SELDOM = 0.5  # seconds between two looks at whole tapes
WHY = "a test of the kill switch"


class Told(NamedTuple):
    """What a core was told to be halted, and when."""

    at: float  # unix seconds
    names: frozenset[str]  # of leagues; "all"


class Cores:
    """A platform, and perhaps a second process beside it; both trade."""

    def __init__(self, up: Platform, *, has_second: bool) -> None:
        self.up = up
        self._beside = [Beside(up, "risk_watcher,game_shard,signal_recorder,archiver")] if has_second else []

    @property
    def ids(self) -> Sequence[int]:
        return [each.process.pid for each in (self.up, *self._beside)]

    def tapes(self, process_id: int) -> Sequence[Path]:
        """What the core of a process was told."""
        runs = (self.up.data_dir / "tape").glob(f"*-{process_id}")
        return [run for run in runs if any(run.glob(f"*{SUFFIX}"))]

    def post(self, what: str, key: dict[str, str], **body: str) -> Json:
        answer = self.up.http.post(f"/risk/{what}", json=body, headers=key)
        return {**answer.json(), "status_code": answer.status_code, "answered_at": time.time()}

    def halt(self, scope: str = "all", name: str = "") -> Json:
        done = self.post("halt", self.up.key, scope=scope, name=name, reason=WHY)
        assert done["status_code"] == 200, done
        return done

    def resume(self, scope: str = "all", name: str = "") -> None:
        assert self.post("resume", self.up.key, scope=scope, name=name)["status_code"] == 200

    def told(self, process_id: int) -> Sequence[Told]:
        """By the tape of one process."""
        found: list[Told] = []
        for tape in self.tapes(process_id):
            pieces = (frame for frame in read_tape(tape) if isinstance(frame, Piece))
            halted = (each for piece in pieces for each in piece.inputs if isinstance(each, Halted))
            found += (Told(each.received_at / 1e9, names_of(each)) for each in halted)
        return found

    def has_heard(self) -> bool:
        """All cores were told what is halted, as each is at its start."""
        return all(self.told(process_id) for process_id in self.ids)

    def heard_at(self, process_id: int, name: str, since: float) -> float | None:
        """When a core was told first that this is halted."""
        return next((each.at for each in self.told(process_id) if each.at >= since and name in each.names), None)

    def knows(self, *names: str) -> bool:
        """All cores believe just this to be halted, by what they were told last."""
        last = [(self.told(process_id) or [Told(0, frozenset())])[-1] for process_id in self.ids]
        return all(each.at and each.names == set(names) for each in last)

    def signals(self, since: float, **wanted: str) -> int:
        """How many were found since, by any process."""
        at = datetime.fromtimestamp(since, UTC).isoformat().replace("+00:00", "Z")
        asked = "".join(f"&{name}={value}" for name, value in wanted.items())
        return int(self.up.get(f"/signals?since={at}{asked}")["total"])

    def close(self) -> None:
        for each in self._beside:
            each.close()


def inputs_on(tape: Path) -> int:
    """How many there are by now."""
    return sum(len(frame.inputs) for frame in read_tape(tape) if isinstance(frame, Piece))


def names_of(told: Halted) -> frozenset[str]:
    return frozenset(halt.name or halt.scope for halt in told.halts)
