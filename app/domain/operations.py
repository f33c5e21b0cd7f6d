"""How the platform itself is doing."""

from datetime import datetime

import msgspec


class Beat(msgspec.Struct, frozen=True, kw_only=True):
    """A worker's sign of life. `counts`: what it did and what it met, by name."""

    worker: str
    process_id: int
    host: str
    started_at: datetime
    at: datetime
    every: float  # seconds between runs; a beat older than three of these is late
    runs: int = 0
    failures: int = 0
    took_ms: float = 0.0  # the last run
    loop_lag_ms: float = 0.0  # how late the event loop was, at worst, since the last beat
    last_error: str = ""
    counts: dict[str, int] = {}
