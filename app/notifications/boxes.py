"""What waits for one target: gathered for a moment, sent together, and not more often than is good for anybody."""

from collections import deque

from app.notifications.notes import SEVERE, Message, Note, message_of
from app.settings import NotificationKind

MOST_WAITING = 500  # notes; beyond it the oldest that is no alarm is let go
MINUTE = 60.0  # seconds


class Box:
    """One rule's. `now` is any clock in seconds that never goes back. It sends nothing itself."""

    def __init__(self, kinds: frozenset[NotificationKind], gather_for: float, per_minute: int, world: str) -> None:
        """`kinds` empty: all of them."""
        self._kinds = kinds
        self._gather_for = gather_for
        self._per_minute = per_minute
        self._world = world
        self._waiting: deque[Note] = deque()
        self._since = 0.0  # the first of those that wait came then
        self._sent: deque[float] = deque()
        self._dropped = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, note: Note, now: float) -> None:
        """If it is wanted here."""
        if self._kinds and note.kind not in self._kinds:
            return
        if not self._waiting:
            self._since = now
        self._waiting.append(note)
        if len(self._waiting) > MOST_WAITING:
            self._let_go()

    def take(self, now: float) -> Message | None:
        """What is to be sent now, all together; None: nothing, or not yet."""
        while self._sent and now - self._sent[0] >= MINUTE:
            self._sent.popleft()
        is_due = bool(self._waiting) and now - self._since >= self._gather_for
        if not is_due or len(self._sent) >= self._per_minute:
            return None
        message = message_of(tuple(self._waiting), self._dropped, self._world)
        self._waiting.clear()
        self._dropped = 0
        self._sent.append(now)
        return message

    def _let_go(self) -> None:
        plain = next((note for note in self._waiting if note.kind not in SEVERE), self._waiting[0])
        self._waiting.remove(plain)
        self._dropped += 1
