"""How far a venue's clock is from ours: the least that its messages seemed to take on the way, which is the skew of the
clocks plus the shortest way there is."""

from app.domain.prices import SECOND, Nanos

WINDOW = 60 * SECOND
NEVER = float("inf")


class VenueClock:
    """Nanoseconds between the venue's time and our hearing of it, at least, in this window and in the one before."""

    __slots__ = ("_before", "_began", "_least")

    def __init__(self) -> None:
        self._least = self._before = NEVER
        self._began = Nanos(0)

    @property
    def skew(self) -> int | None:
        """Nanoseconds over the last one or two minutes; negative when the venue's clock is ahead of ours."""
        least = min(self._least, self._before)
        return None if least == NEVER else int(least)

    def forget(self) -> None:
        """Our own clock was set: nothing that was compared with it holds."""
        self._least = self._before = NEVER
        self._began = Nanos(0)

    def take(self, venue_time: Nanos, received_at: Nanos) -> None:
        """A message was sent and heard then. One without the venue's time tells nothing."""
        if venue_time and received_at - venue_time < self._least:
            self._least = received_at - venue_time

    def pass_time(self, now: Nanos) -> None:
        """Forget what is too long ago: clocks drift, and are set."""
        if now - self._began > WINDOW:
            self._began, self._before, self._least = now, self._least, NEVER
