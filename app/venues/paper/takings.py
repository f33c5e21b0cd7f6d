"""What paper orders have taken out of books that know nothing of it.

The venue goes on showing what we took, so it is remembered and counted off: nothing is taken twice, by whichever order
and whichever of a market's two contracts. What comes to a level later is new. What goes from a level may have been what
we took: of that, no more is remembered than still lies there.
"""

from collections.abc import Iterable, Iterator, Sequence

from app.domain.money import Price, Size
from app.domain.prices import BookId, Ladder, Level


class Takings:
    """Everything in terms of the books' first contracts."""

    def __init__(self) -> None:
        self._taken: dict[BookId, dict[tuple[bool, Price], Size]] = {}

    def has(self, book_id: BookId) -> bool:
        """Whether anything of a book has been taken that may still be shown."""
        return book_id in self._taken

    def see(self, ladder: Ladder) -> None:
        """The book stands so now."""
        book_id = ladder.listed.book_id
        taken = self._taken.pop(book_id, None)
        if taken:
            lies = {is_bid: dict(opposing(ladder, is_bid)) for is_bid in (True, False)}
            capped = ((place, min(size, lies[place[0]].get(place[1], 0))) for place, size in taken.items())
            if shown := {place: Size(size) for place, size in capped if size}:
                self._taken[book_id] = shown

    def left(self, ladder: Ladder, is_bid: bool) -> Iterator[Level]:
        """What is there for one who bids, or who asks, the best first, of the book as it was last seen."""
        taken = self._taken.get(ladder.listed.book_id, {})
        for price, lies in opposing(ladder, is_bid):
            left = lies - taken.get((is_bid, price), 0)
            if left > 0:
                yield price, Size(left)

    def take(self, book_id: BookId, is_bid: bool, levels: Iterable[Level]) -> None:
        """One who bids, or asks, has got these."""
        for price, size in levels:
            taken = self._taken.setdefault(book_id, {})
            taken[is_bid, price] = Size(taken.get((is_bid, price), 0) + size)


def opposing(ladder: Ladder, is_bid: bool) -> Sequence[Level]:
    """The side that a bid, or an ask, trades with."""
    return ladder.asks if is_bid else ladder.bids
