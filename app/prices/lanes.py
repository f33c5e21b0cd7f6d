"""Lanes: what one subscription over one connection carries. Data proves a lane, pongs do not: a socket whose pings are
answered while nothing else comes is a known failing of venues."""

from app.domain.prices import SECOND, BookId, LaneId, Nanos

LONGEST_PATIENCE = 300 * SECOND


class Lane:
    """The books that stand and fall together."""

    __slots__ = ("_asked_at", "_first_patience", "_patience", "books", "id", "is_cut", "proved_at")

    def __init__(self, lane_id: LaneId, now: Nanos, patience: int) -> None:
        self.id = lane_id
        self.books: set[BookId] = set()
        self.is_cut = False
        self.proved_at = now  # when it last carried data
        self._asked_at = now  # when it was last given up
        self._first_patience = self._patience = patience

    def falls_silent(self, now: Nanos) -> bool:
        """Whether to give it up. A quiet night looks like a mute venue, so each time that opening a lane anew brings
        nothing, the next silence is borne twice as long."""
        if self.proved_at > self._asked_at:
            self._patience = self._first_patience
        if self.is_cut or not self.books or now - max(self.proved_at, self._asked_at) <= self._patience:
            return False
        self._asked_at = now
        self._patience = min(self._patience * 2, LONGEST_PATIENCE)
        return True
