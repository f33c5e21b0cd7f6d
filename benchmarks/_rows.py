"""One row a goal: two sides timed in turn in one run, so that the ratio holds on a machine whose speed drifts."""

import json
import statistics
import sys
import time
from collections.abc import Callable

ROUNDS = 9

Clock = Callable[[], float]  # CPU seconds spent so far


def timed(
    ours: Callable[[], object],
    theirs: Callable[[], object],
    rounds: int = ROUNDS,
    clock: Clock = time.process_time,
) -> tuple[float, float]:
    """Median CPU seconds of each, measured in turn; both have run once before, uncounted.

    `clock`: whose CPU is counted; this process's unless another does the work."""
    ours()
    theirs()
    pairs = [(_once(ours, clock), _once(theirs, clock)) for _ in range(rounds)]
    return statistics.median(one for one, _ in pairs), statistics.median(other for _, other in pairs)


def _once(call: Callable[[], object], clock: Clock) -> float:
    began = clock()
    call()
    return clock() - began


def report(goal: str, what: str, value: float, baseline: float, target: float, unit: str = "us") -> None:
    """A JSON line to standard output, a line for people to standard error. `target`: the largest ratio that holds."""
    ratio = value / baseline
    row = {
        "goal": goal,
        "what": what,
        "value": round(value, 3),
        "unit": unit,
        "baseline": round(baseline, 3),
        "ratio": round(ratio, 4),
        "target": target,
        "holds": ratio <= target,
    }
    print(json.dumps(row), flush=True)
    mark = "holds" if row["holds"] else "MISSED"
    print(f"{goal:4} {what:58} {value:10.2f} {unit}  x{ratio:.4g} (target {target:g}) {mark}", file=sys.stderr)
