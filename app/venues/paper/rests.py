"""Orders that wait in the books: what others' offers and trades leave for them.

An order that has been filled is followed a while longer, so that it is known whether a harsher market would have filled
it, too.
"""

from collections.abc import Iterator
from typing import NamedTuple

from app.domain.inputs import Traded
from app.domain.money import Size
from app.domain.orders import OrderId
from app.domain.prices import SECOND, BookId, Ladder, Nanos
from app.venues.paper.matching import goes_past, matched, reaches
from app.venues.paper.placings import Placing
from app.venues.paper.queues import Place
from app.venues.paper.takings import Takings, opposing

FOLLOWED = 600 * SECOND  # after it was filled


class Made(NamedTuple):
    """An order that rested gets so much, at its own price."""

    placing: Placing
    size: Size


class Rests:
    """`queue_share`: of what is cancelled at a price, so much was ahead of us."""

    def __init__(self, takings: Takings, queue_share: float) -> None:
        self._takings = takings
        self._queue_share = queue_share
        self._waiting: dict[BookId, dict[OrderId, Placing]] = {}

    def has(self, book_id: BookId) -> bool:
        """Whether anything waits in a book, or is followed."""
        return book_id in self._waiting

    def join(self, placing: Placing, ladder: Ladder) -> None:
        """It goes to the end of the queue at its price."""
        placing.place = Place(_lies(ladder, placing), self._queue_share)
        self._waiting.setdefault(placing.book_id, {})[placing.order.id] = placing

    def leave(self, placing: Placing) -> None:
        """It waits no longer, and is not followed."""
        waiting = self._waiting.get(placing.book_id, {})
        if waiting.pop(placing.order.id, None) is not None and not waiting:
            del self._waiting[placing.book_id]

    def look(self, ladder: Ladder, now: Nanos) -> Iterator[Made]:
        """The book stands so. Who offers at an order's price, or beyond, trades with it; else its queue has moved."""
        for placing in self._in_turn(ladder.listed.book_id, now):
            got = matched(self._takings.left(ladder, placing.is_bid), placing.is_bid, placing.limit, placing.left)
            self._note(placing, ladder, now)
            if got:
                self._takings.take(placing.book_id, placing.is_bid, got)
                yield Made(placing, Size(sum(size for _, size in got)))

    def trade(self, told: Traded, now: Nanos) -> Iterator[Made]:
        """Others have traded; the best price is served first, and of one price the oldest."""
        left = int(told.size)
        for placing in self._in_turn(told.book_id, now):
            if placing.is_bid is told.is_buy or not reaches(placing.is_bid, placing.limit, told.price):
                continue
            size = min(_served(placing, told, left, now), placing.left)
            if size:
                left -= size
                yield Made(placing, Size(size))

    def _in_turn(self, book: BookId, now: Nanos) -> list[Placing]:
        waiting = tuple(self._waiting.get(book, {}).values())
        for placing in waiting:
            if not placing.is_open and now - placing.ended_at > FOLLOWED:
                self.leave(placing)
        alive = (each for each in waiting if each.order.time_in_force == "gtc" or each.order.expires_at > now)
        return sorted(alive, key=lambda each: -each.limit if each.is_bid else each.limit)

    def _note(self, placing: Placing, ladder: Ladder, now: Nanos) -> None:
        """What is offered to it, or how its queue has moved."""
        offered = matched(opposing(ladder, placing.is_bid), placing.is_bid, placing.limit, placing.order.size)
        past = sum(size for price, size in offered if goes_past(placing.is_bid, placing.limit, price))
        if offered:
            placing.queue.clear()
            placing.is_touched = True
            placing.through = max(placing.through, past)
        else:
            placing.queue.see(_lies(ladder, placing), now)


def _served(placing: Placing, told: Traded, size: int, now: Nanos) -> int:
    """What a trade leaves for an order."""
    placing.is_touched = True
    if not goes_past(placing.is_bid, placing.limit, told.price):
        return placing.queue.serve(size, now)
    placing.queue.clear()
    placing.through += size
    return size


def _lies(ladder: Ladder, placing: Placing) -> int:
    """What the venue shows at an order's own price and side."""
    return next((size for price, size in opposing(ladder, not placing.is_bid) if price == placing.limit), 0)
