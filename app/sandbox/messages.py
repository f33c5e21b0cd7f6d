"""Wire messages as they are built here or read from a recording: JSON objects whose fields are looked at with care."""

from datetime import UTC, datetime
from importlib import resources
from zoneinfo import ZoneInfo

import msgspec

Message = dict[str, object]

EASTERN = ZoneInfo("America/New_York")

_FIXED = resources.files("app.sandbox").joinpath("data", "fixed.json").read_bytes()
FIXED: dict[str, Message] = msgspec.json.decode(_FIXED, type=dict[str, Message])  # fields that never vary, by object


def text(message: Message, field: str) -> str:
    """The string in a field; empty when it is absent or something else."""
    value = message.get(field)
    return value if isinstance(value, str) else ""


def parts(message: Message, field: str) -> list[Message]:
    """The objects in a list field; none when it is absent or something else."""
    value = message.get(field)
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def part(message: Message, field: str) -> Message:
    """The object in a field; empty when it is absent or something else."""
    value = message.get(field)
    return value if isinstance(value, dict) else {}


def moment(written: str) -> datetime | None:
    """A time as any of the three hosts writes it (ISO with or without seconds, space and `+00`), or None."""
    tidy = written.strip().replace(" ", "T").replace("Z", "+00:00")
    if tidy.endswith("+00"):
        tidy += ":00"
    try:
        read = datetime.fromisoformat(tidy)
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def iso(at: datetime) -> str:
    """`2026-11-23T00:30:00Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_fine(at: datetime) -> str:
    """`2026-11-23T00:30:00.123456Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
