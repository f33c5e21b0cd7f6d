"""Spans of time and paces, as people write them.

>>> read_span("15m"), read_span("90"), read_pace("10x"), read_pace("max")
(900.0, 90.0, 10.0, None)
"""

import re

from app.errors import BadInput

UNITS = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400}

_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd]?)")
_PACE = re.compile(r"(\d+(?:\.\d+)?)x?")


def read_span(text: str) -> float:
    """Seconds. Raises BadInput."""
    found = _SPAN.fullmatch(text.strip().lower())
    if found is None or not float(found[1]):
        raise BadInput(f"{text!r} is no span of time", remedy="Write 90s, 15m, 2h or 1d.")
    return float(found[1]) * UNITS[found[2]]


def read_pace(text: str) -> float | None:
    """Times real time; None: as fast as may be. Raises BadInput."""
    if text.strip().lower() == "max":
        return None
    found = _PACE.fullmatch(text.strip().lower())
    if found is None or not float(found[1]):
        raise BadInput(f"{text!r} is no pace", remedy="Write max, or 1x, 10x, 0.5x.")
    return float(found[1])
