"""Who is served before a resting order, as far as a book that counts only sizes says.

What lay at the price when the order came is ahead of it. Trades at the price serve those first; of what is cancelled
there, a share was ahead. Book and trades come apart, so what went from the level may be told as a trade a moment later,
and the other way round: nothing counts twice.
"""

import msgspec

from app.domain.money import Size, size_text
from app.domain.orders import AccountId, OrderId
from app.domain.prices import SECOND, Nanos

ECHO = 2 * SECOND  # book and trades tell the same thing within that


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """What a resting order got, and what it would have got of kinder and harsher markets. `optimistic`: all, once its
    price was touched; `likely`: by its place in the queue, which is what was booked; `pessimistic`: only of what was
    traded through its price."""

    order_id: OrderId
    account: AccountId
    size: Size
    optimistic: Size
    likely: Size
    pessimistic: Size
    at: Nanos

    @property
    def words(self) -> str:
        """For the reason that is written down with the end of an order."""
        kind, likely, harsh = map(size_text, (self.optimistic, self.likely, self.pessimistic))
        return f"outlook {kind} if touched, {likely} by the queue, {harsh} if traded through"


class Place:
    """Of one order in the queue at its price. `lies`: what the venue showed there when it came; `share`: of what is
    cancelled, 0..1."""

    __slots__ = ("_advanced", "_gone", "_gone_at", "_lies", "_share", "_traded", "_traded_at", "ahead")

    def __init__(self, lies: int, share: float) -> None:
        self.ahead = lies
        self._lies = lies
        self._share = share
        self._traded, self._traded_at = 0, Nanos(0)  # and not yet gone from the book
        self._gone, self._gone_at = 0, Nanos(0)  # from the book: cancelled, or traded and not yet told so
        self._advanced = 0  # so far we have come for it

    def see(self, lies: int, now: Nanos) -> None:
        """So much lies there now."""
        if now - self._traded_at > ECHO:
            self._traded = 0
        gone = max(0, self._lies - lies)
        explained = min(gone, self._traded)
        self._traded -= explained
        gone -= explained
        before, self._lies = self.ahead, lies
        self.ahead = max(0, min(self.ahead - int(gone * self._share), lies))
        if gone:
            self._forget(now)
            self._gone, self._gone_at = self._gone + gone, now
            self._advanced += before - self.ahead

    def serve(self, size: int, now: Nanos) -> int:
        """So much was traded at the price; how much of it was left for us."""
        self._forget(now)
        known = min(size, self._gone)
        already = min(known, self._advanced)
        self._gone -= known
        self._advanced -= already
        self._traded, self._traded_at = self._traded + size - known, now
        moved = size - already
        over = max(0, moved - self.ahead)
        self.ahead = max(0, self.ahead - moved)
        return over

    def _forget(self, now: Nanos) -> None:
        if now - self._gone_at > ECHO:
            self._gone = self._advanced = 0

    def clear(self) -> None:
        """The price was traded through: nobody is ahead any more."""
        self.ahead = 0
