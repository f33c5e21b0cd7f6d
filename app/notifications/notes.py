"""A note: one thing that somebody may want to know; and a message: notes that are told together."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import msgspec

from app.settings import NotificationKind

SEVERE: frozenset[NotificationKind] = frozenset({"halt", "exposed", "overdue", "incident", "worker"})
PLURALS: dict[NotificationKind, tuple[str, str]] = {
    "fill": ("fill", "fills"),
    "exit": ("exit", "exits"),
    "halt": ("halt", "halts"),
    "exposed": ("exposed trade", "exposed trades"),
    "overdue": ("overdue settlement", "overdue settlements"),
    "incident": ("incident", "incidents"),
    "worker": ("word of a worker", "words of workers"),
    "test": ("test", "tests"),
}
MOST_LINES = 20  # of one message


class Note(msgspec.Struct, frozen=True):
    """One thing that has happened, in words."""

    kind: NotificationKind
    words: str
    at: datetime


class Message(msgspec.Struct, frozen=True):
    """What is sent to one target."""

    title: str
    body: str
    is_severe: bool


def message_of(notes: Sequence[Note], dropped: int, world: str) -> Message:
    """The notes in one message, what matters most first. `dropped`: others that there was no room for; `world`: whose
    figures they are, empty for real ones."""
    ordered = sorted(notes, key=lambda note: (note.kind not in SEVERE, note.at))
    shown, more = ordered[:MOST_LINES], max(0, len(ordered) - MOST_LINES) + dropped
    counts = Counter(note.kind for note in ordered)
    title = ", ".join(f"{n} {PLURALS[kind][n > 1]}" for kind, n in counts.items())
    lines = [f"{note.at:%H:%M:%S} {note.words}" for note in shown]
    lines += [f"and {more} more: GET /fills, /incidents and /health/workers have all of it"] if more else []
    named = " ".join(part for part in ("Crosscourt", world) if part)
    return Message(f"{named}: {title}", "\n".join(lines), any(note.kind in SEVERE for note in ordered))
