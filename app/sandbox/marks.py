"""Which state of which book a venue named when: the truth that followers are held against."""

import itertools
from collections import OrderedDict, deque

FRAMES = 20_000  # remembered of one subscription
SUBSCRIPTIONS = 32  # remembered, gone ones too


class SequenceMarks:
    """Kalshi's: a subscription counts its frames. Numbers of subscriptions are never used twice in a process."""

    def __init__(self) -> None:
        self._sids = itertools.count(1)
        self._frames: OrderedDict[int, deque[tuple[int, str, int]]] = OrderedDict()
        self._latest: dict[int, dict[str, tuple[int, int]]] = {}

    def new_sid(self) -> int:
        """The number of a new subscription."""
        sid = next(self._sids)
        self._frames[sid] = deque(maxlen=FRAMES)
        self._latest[sid] = {}
        while len(self._frames) > SUBSCRIPTIONS:
            forgotten, _ = self._frames.popitem(last=False)
            del self._latest[forgotten]
        return sid

    def note(self, sid: int, seq: int, ticker: str, version: int) -> None:
        """This frame showed this version of this book."""
        if sid in self._frames:
            self._frames[sid].append((seq, ticker, version))
            self._latest[sid][ticker] = seq, version

    def version(self, sid: int, seq: int, ticker: str) -> int | None:
        """What the last frame about a book up to this one showed; None when that is forgotten or was never said."""
        latest = self._latest.get(sid, {}).get(ticker)
        if latest is None:
            return None
        if latest[0] <= seq:
            return latest[1]
        said = (frame for frame in reversed(self._frames[sid]) if frame[0] <= seq and frame[1] == ticker)
        return next((version for _, _, version in said), None)


class HashMarks:
    """Polymarket's: a book is named by the hash of what it shows, for as long as anybody knows what that was."""

    def __init__(self) -> None:
        self._versions: dict[str, dict[str, int]] = {}  # by hash, the oldest first

    def note(self, token: str, hashed: str, version: int, oldest: int = 0) -> None:
        """This hash named this version of a token's book; of the book no version before the oldest is remembered."""
        known = self._versions.setdefault(token, {})
        known.pop(hashed, None)
        known[hashed] = version
        while known[first := next(iter(known))] < oldest:
            del known[first]

    def version(self, token: str, hashed: str) -> int | None:
        """Which version it was; None when that is forgotten or was never said."""
        known = self._versions.get(token)
        return known.get(hashed) if known else None
