"""Whatever is lost, repeated or unreadable on the way: the best prices are the venue's, or the book is in doubt."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.domain.inputs import Followed, Tick
from app.domain.prices import CENT_GRID, MILLISECOND, SECOND, LaneId, Nanos
from app.pipeline import Pipeline
from app.venues.polymarket.amounts import Amounts
from app.venues.polymarket.updates import Reader
from tests.app.venues.polymarket.frames import (
    FIRST,
    NOW,
    SECOND_TOKEN,
    PlainBook,
    book,
    change,
    changes,
    frame,
    pair_of,
)

Fate = Literal["comes", "lost", "twice", "torn"]
Change = tuple[bool, int, int]  # bid or ask, cents, size


class Venue:
    """The venue's own book, and the frames that it sends of it, both tokens in each."""

    def __init__(self) -> None:
        self.book = PlainBook()

    def snapshot(self) -> bytes:
        bids, asks = ({f"{at / 10_000:.2f}": f"{n // 1_000_000}" for at, n in side.items()} for side in self.levels)
        return frame(book(bids, asks))

    def change(self, some: Sequence[Change]) -> bytes:
        """One message; its orders are executed before it is sent, so the book is never crossed."""
        made: list[tuple[str, str, str]] = []
        for is_bid, cents, size in some:
            bid, ask = self.book.best
            if is_bid and size and ask is not None and cents * 100 >= ask:
                continue
            if not is_bid and size and bid is not None and cents * 100 <= bid:
                continue
            made.append(("BUY" if is_bid else "SELL", f"{cents / 100:.2f}", str(size)))
            self.book.change(*made[-1])
        bid, ask = self.book.best
        first = (self.text(bid, "0"), self.text(ask, "1"))
        second = (
            self.text(None if ask is None else 10_000 - ask, "0"),
            self.text(None if bid is None else 10_000 - bid, "1"),
        )
        both = []
        for side, price, size in made:
            both.append(change(side, price, size, first))
            other = "SELL" if side == "BUY" else "BUY"
            both.append(change(other, f"{1 - float(price):.2f}", size, second, token=SECOND_TOKEN))
        return frame(changes(*both))

    @property
    def levels(self) -> tuple[dict[int, int], dict[int, int]]:
        return self.book.levels

    @staticmethod
    def text(price: int | None, nothing: str) -> str:
        return nothing if price is None else f"{price / 10_000:.2f}"


some_changes = st.lists(st.tuples(st.booleans(), st.integers(30, 40), st.integers(0, 3)), min_size=1, max_size=4)
fates = st.sampled_from(("comes", "comes", "comes", "lost", "twice", "torn"))
pauses = st.integers(0, 400)  # milliseconds


@settings(max_examples=200)
@given(st.lists(st.tuples(some_changes, fates, pauses), max_size=40), some_changes)
def test_the_best_is_the_venues_or_the_book_is_in_doubt(
    story: Sequence[tuple[Sequence[Change], Fate, int]], last: Sequence[Change]
) -> None:
    venue, pair, pipeline = Venue(), pair_of(FIRST, SECOND_TOKEN), Pipeline(3600 * SECOND)
    reader = Reader(LaneId("polymarket:1"), {FIRST: pair, SECOND_TOKEN: pair}, pipeline.apply, Amounts(), Counter())
    now = NOW
    pipeline.apply(Followed(pair.listed, CENT_GRID, now))
    reader.read(venue.snapshot(), now)
    for some, fate, pause in story:
        now = Nanos(now + pause * MILLISECOND)
        payload = venue.change(some)
        for part in {"comes": [payload], "twice": [payload] * 2, "torn": [payload[: len(payload) // 2]], "lost": []}[
            fate
        ]:
            reader.read(part, now)
        pipeline.apply(Tick(now))
    named = venue.change(last)
    assume(b"best_bid" in named)
    reader.read(named, now)  # the next message that comes names the best
    pipeline.apply(Tick(Nanos(now + 2 * SECOND)))
    quote = pipeline.quote(pair.listed.first)
    assert quote is not None
    assert quote.doubt is not None or (quote.bid, quote.ask) == venue.book.best


@given(st.lists(some_changes, max_size=40))
def test_when_all_comes_the_book_is_the_venues_to_the_last_level(story: Sequence[Sequence[Change]]) -> None:
    venue, pair, pipeline = Venue(), pair_of(FIRST, SECOND_TOKEN), Pipeline(3600 * SECOND)
    reader = Reader(LaneId("polymarket:1"), {FIRST: pair, SECOND_TOKEN: pair}, pipeline.apply, Amounts(), Counter())
    pipeline.apply(Followed(pair.listed, CENT_GRID, NOW))
    reader.read(venue.snapshot(), NOW)
    for some in story:
        reader.read(venue.change(some), NOW)
    pipeline.apply(Tick(Nanos(NOW + 2 * SECOND)))
    ladder = pipeline.ladder(pair.book_id)
    assert ladder is not None
    assert ladder.doubt is None
    assert (dict(ladder.bids), dict(ladder.asks)) == venue.levels
