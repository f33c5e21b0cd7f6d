"""Books in doubt: seen by everybody, used by nobody, until the venue has shown what is true."""

from collections import Counter
from collections.abc import Iterator, Sequence

from app.domain.decisions import Decision, Healed, Resync
from app.domain.markets import VenueId
from app.domain.prices import SECOND, BookId, Doubt, Nanos
from app.prices.books import Book

FIRST_WAIT = SECOND  # between two askings for a snapshot of one book; doubled each time
LONGEST_WAIT = 30 * SECOND
STEADY = 5 * SECOND  # a book that was right for so long is doubted for the first time again


class Quarantine:
    """Which books are in doubt, and since when snapshots are waited for."""

    def __init__(self) -> None:
        self._books: dict[BookId, Book] = {}

    def now(self) -> Counter[tuple[VenueId, Doubt]]:
        """How many books are in doubt, by venue and doubt."""
        return Counter((book.listed.venue, book.doubt) for book in self._books.values() if book.doubt)

    def await_first(self, book: Book) -> None:
        """A book that is new: its follower gets the first snapshot unasked."""
        self._books[book.id] = book
        book.wait = FIRST_WAIT * 5

    def doubt(self, book: Book, doubt: Doubt, now: Nanos) -> Sequence[Decision]:
        """From now on this book is not used. What it is doubted for first stays its reason, but that it is cut off
        explains more than what was seen before."""
        if book.doubt is not None and doubt != "disconnected":
            return ()
        is_new = book.doubt is None
        book.doubt, book.dispute, book.has_moved = doubt, None, False
        if not is_new:
            return ()
        if now - book.since > STEADY:
            book.wait = 0
        book.since = now
        self._books[book.id] = book
        return (book.quote(), *self._ask(book, now))

    def adopt(self, book: Book, doubt: Doubt, now: Nanos) -> Sequence[Decision]:
        """Whoever holds the book doubts it: their reason stands."""
        if book.doubt is None:
            return self.doubt(book, doubt, now)
        book.doubt = doubt
        return ()

    def heal(self, book: Book, now: Nanos) -> Sequence[Decision]:
        """The venue has shown it anew."""
        doubt, book.doubt = book.doubt, None
        book.suspicion, book.dispute, book.has_moved = None, None, False
        if doubt is None:
            return ()
        self._books.pop(book.id, None)
        if doubt == "waiting":
            book.wait = 0
        lasted, book.since = now - book.since, now
        return (Healed(book.id, doubt, now, lasted),)

    def forget(self, book: Book) -> None:
        """It is followed no longer."""
        self._books.pop(book.id, None)

    def overdue(self, now: Nanos) -> Iterator[Decision]:
        """The snapshots that did not come, or did not help, are asked for again."""
        for book in self._books.values():
            yield from self._ask(book, now)

    def _ask(self, book: Book, now: Nanos) -> Iterator[Decision]:
        if book.doubt is None or now - book.asked_at < book.wait:
            return
        book.asked_at = now
        book.wait = min(max(book.wait * 2, FIRST_WAIT), LONGEST_WAIT)
        yield Resync(book.id, book.doubt, now)
