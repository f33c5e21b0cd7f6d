"""Lanes: what one subscription over one connection carries. Data proves a lane, pongs do not: a socket whose pings are
answered while nothing else comes is a known failing of venues."""

from app.domain.prices import SECOND, BookId, LaneId, Nanos

LONGEST_PATIENCE = 300 * SECOND


class Lane:
    """The books that stand and fall together."""

    __slots__ = ("_first_patience", "_opened_at", "_patience", "books", "id", "is_cut", "proved_at")

    def __init__(self, lane_id: LaneId, now: Nanos, patience: int) -> None:
        self.id = lane_id
        self.books: set[BookId] = set()
        self.is_cut = False
        self.proved_at = self._opened_at = now  # when it last carried data; a snapshot is an answer, and opens it
        self._first_patience = self._patience = patience

    def open(self, now: Nanos) -> None:
        """A snapshot has come over it."""
        self.proved_at = self._opened_at = now
        self.is_cut = False

    def turn_back(self, now: Nanos) -> None:
        """The clock was set back to this."""
        self.proved_at, self._opened_at = min(self.proved_at, now), min(self._opened_at, now)

    def succeed(self, former: "Lane") -> None:
        """Carry what another lane did. A quiet night looks like a mute venue, so each time that opening another lane
        brings nothing new, the next silence is borne twice as long."""
        if former.is_cut and former.is_quiet:
            self._patience = max(self._patience, min(former._patience * 2, LONGEST_PATIENCE))

    @property
    def is_quiet(self) -> bool:
        """It has carried nothing but snapshots."""
        return self.proved_at <= self._opened_at

    def is_silent(self, now: Nanos) -> bool:
        """Whether to give it up."""
        patience = self._patience if self.is_quiet else self._first_patience
        return bool(self.books) and not self.is_cut and now - self.proved_at > patience
