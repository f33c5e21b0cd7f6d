"""The trading core behind a feed, and what must hold of it whatever a venue says."""

from collections.abc import Callable, Iterator, Sequence

import msgspec

from app.archive.tapes import DecisionHash, Piece
from app.domain.decisions import Decision, Resync
from app.domain.inputs import Followed, Input
from app.domain.money import ONE_DOLLAR
from app.domain.prices import FINEST_GRID, MILLISECOND, SECOND, Ladder, Level, Listed, Nanos, Quote
from app.hot.shown import book_shown, quote_shown
from app.intake import Intake
from app.pipeline import Pipeline

BEGAN = Nanos(1_795_305_600 * SECOND)
BETWEEN = 20 * MILLISECOND  # two frames
PATIENCE = SECOND
MOST = 2**63  # of a number in a file of the archive, or in Postgres

_PACKED = msgspec.msgpack.Encoder()
_JSON = msgspec.json.Encoder()


class Core:
    """Follows these markets from now on. `resync`: asks the feed for a book that is in doubt."""

    def __init__(self, *listed: Listed) -> None:
        self.at = BEGAN
        self._listed = listed
        self._pipeline = Pipeline(PATIENCE)
        self._intake = Intake(self._pipeline, self.now)
        self.resync: Callable[[Resync], object] = lambda told: None
        self._intake.heed(self._heed)
        for one in listed:
            self.put(Followed(one, FINEST_GRID, self.at))

    def now(self) -> Nanos:
        return self.at

    def put(self, told: Input) -> None:
        self._intake.put(told)

    def pass_time(self) -> None:
        self.at = Nanos(self.at + BETWEEN)
        self._intake.pass_time()

    def _heed(self, decision: Decision) -> None:
        if isinstance(decision, Resync):
            self.resync(decision)
        elif isinstance(decision, Quote):
            _check_quote(decision)

    def check(self) -> None:
        """At the end: every book is whole, can be shown to others, and the tape can be kept and played again."""
        for one in self._listed:
            ladder = self._pipeline.ladder(one.book_id)
            assert ladder is not None
            _check_book(ladder)
            book = book_shown(ladder, self.at, SECOND, 10)
            assert msgspec.json.decode(_JSON.encode(book), type=type(book)) == book
            for contract in (one.first, one.second):
                quote = contract and self._pipeline.quote(contract)
                if quote:
                    _check_quote(quote)
                    shown = quote_shown(one, quote, self.at, SECOND)
                    assert msgspec.json.decode(_JSON.encode(shown), type=type(shown)) == shown
        taped = self._intake.take_tape()
        _check_tape(taped.inputs, taped.decisions)


def _check_book(ladder: Ladder) -> None:
    bids, asks = ladder.bids, ladder.asks
    for price, size in (*bids, *asks):
        assert 0 < price < ONE_DOLLAR, f"a price of {price}"
        assert 0 < size < MOST, f"a size of {size}"
    assert _prices(bids) == sorted(set(_prices(bids)), reverse=True)
    assert _prices(asks) == sorted(set(_prices(asks)))


def _prices(levels: Sequence[Level]) -> list[int]:
    return [price for price, _ in levels]


def _check_quote(quote: Quote) -> None:
    assert quote.bid is None or 0 < quote.bid < ONE_DOLLAR
    assert quote.ask is None or 0 < quote.ask < ONE_DOLLAR
    assert 0 <= quote.bid_size < MOST
    assert 0 <= quote.ask_size < MOST
    if quote.doubt is None and quote.bid is not None and quote.ask is not None:
        assert quote.bid < quote.ask, "a crossed quote that nobody doubts"


def _check_tape(inputs: Sequence[Input], decisions: Sequence[Decision]) -> None:
    piece = Piece(0, tuple(inputs), DecisionHash().take(decisions))
    read = msgspec.msgpack.decode(_PACKED.encode(piece), type=Piece)
    assert read == piece
    for number in _integers(msgspec.to_builtins(piece)):
        assert -MOST <= number < MOST, f"{number} does not fit into a column"
    played, again = Pipeline(PATIENCE), DecisionHash()
    decided = ""
    for told in read.inputs:
        decided = again.take(played.apply(told))
    assert decided == piece.decided, "played again, the tape decides otherwise"


def _integers(value: object) -> Iterator[int]:
    if isinstance(value, int):
        yield value
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _integers(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _integers(one)
