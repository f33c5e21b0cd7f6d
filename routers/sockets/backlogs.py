"""What one client could not take yet. Of what has a newest only its name is kept, of all else every word."""

from collections import deque
from collections.abc import Iterable
from typing import Protocol

MOST_LINES = 1_000  # updates and answers that wait for one client
MOST_WAITING = 4 * 1024 * 1024  # characters of them


class TooSlow(Exception):
    """More waits for a client than is kept for one: it must come again and say where it was."""


class Source(Protocol):
    """Knows the newest of what it is asked for by name. `turn`: counts what it has told to all."""

    turn: int

    def messages(self, names: Iterable[str]) -> list[str]: ...


class Backlog:
    """Lines leave in their order and none is ever dropped; after them the newest of whatever has changed."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque()
        self._length = 0
        self._changed: dict[Source, dict[str, None]] = {}
        self._taken: dict[Source, int] = {}

    def __bool__(self) -> bool:
        return bool(self._lines or self._changed)

    def add(self, line: str) -> None:
        """Raises TooSlow."""
        if len(self._lines) >= MOST_LINES or self._length + len(line) > MOST_WAITING:
            raise TooSlow
        self._push(line)

    def mark(self, source: Source, names: Iterable[str]) -> None:
        """These have changed; how they stand is asked when they can be told."""
        self._changed.setdefault(source, {}).update(dict.fromkeys(names))

    def is_ahead(self, source: Source) -> bool:
        """Something newer than what is being told to all was taken already."""
        return self._taken.get(source) == source.turn

    def forget(self, source: Source) -> None:
        """It is followed no longer."""
        self._changed.pop(source, None)
        self._taken.pop(source, None)

    def take(self) -> str | None:
        """What is told next; None when nothing waits."""
        while not self._lines and self._changed:
            source = next(iter(self._changed))
            self._taken[source] = source.turn
            for line in source.messages(self._changed.pop(source)):
                self._push(line)
        if not self._lines:
            return None
        line = self._lines.popleft()
        self._length -= len(line)
        return line

    def clear(self) -> None:
        self._lines.clear()
        self._changed.clear()
        self._length = 0

    def _push(self, line: str) -> None:
        self._lines.append(line)
        self._length += len(line)
