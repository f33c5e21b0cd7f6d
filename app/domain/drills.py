"""Drills: something is broken on purpose, on paper, and it is measured how soon the platform is safe again."""

from datetime import datetime
from typing import Literal

import msgspec

DrillVerdict = Literal["safe", "failed", "not_run"]


class DrillResult(msgspec.Struct, frozen=True, kw_only=True):
    """One drill as it went. Durations in seconds. `within`: how soon it had to be safe; `safe_after`: from breaking it
    to being safe, None when it never was while it was watched; `whole_after`: from mending it to all being as before,
    None where nothing needs that, or it was not seen. `detail`: what was broken, and what was seen; `left_over`: what
    could not be put back, in words."""

    run: str  # drills of one call belong together
    name: str
    world: str  # "real", "simulated"
    began_at: datetime
    verdict: DrillVerdict
    within: float
    safe_after: float | None = None
    whole_after: float | None = None
    means: str = ""  # what safe is, in words
    detail: str = ""
    left_over: str = ""
