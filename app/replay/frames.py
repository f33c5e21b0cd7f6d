"""The raw frames that a run has kept, once more through the code that reads sockets: whether they come to the very
inputs that are on its tape.

Each connection is read by a reader of its own, which follows what the tape says was followed, and is told of every
book that the core came to doubt, as a feed is. What a feed hears over REST, and when a connection ends, is on the tape
alone.
"""

import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Protocol, cast

import msgspec

from app.archive.frames import frames_of
from app.archive.tapes import Piece, read_tape
from app.domain.decisions import Resync
from app.domain.frames import RawFrame
from app.domain.inputs import Dropped, Followed, Input, Regridded
from app.domain.markets import VenueId
from app.domain.prices import FINEST_GRID, SECOND, BookId, LaneId, Nanos
from app.errors import BadInput
from app.pipeline import Pipeline
from app.ports import Put
from app.venues.kalshi.connections import Connection
from app.venues.kalshi.markets import KALSHI
from app.venues.polymarket.amounts import Amounts
from app.venues.polymarket.markets import POLYMARKET
from app.venues.polymarket.pairs import Pair
from app.venues.polymarket.updates import Reader

ENDLESS = 2**62  # the number of an input that never comes
PATIENCE = 5 * SECOND  # that a lane is granted; it says nothing of frames
MANY = 1_000_000  # markets on one connection: whatever it carried, it has room for
SHOWN = 5  # frames that came to something else


class Reread(msgspec.Struct, kw_only=True):
    """What came of the frames of a run. `same`: inputs that are on the tape where the frame says; `differing`: frames
    of which something else came, the first of them named; `untaped`: frames whose inputs are on the tape no more."""

    run: str
    frames: int = 0
    connections: int = 0
    inputs: int = 0
    same: int = 0
    differing: int = 0
    untaped: int = 0
    first: list[str] = []
    seconds: float = 0.0


class Ear(Protocol):
    """One connection of a venue."""

    def hear(self, payload: bytes, received_at: Nanos) -> object: ...

    def follow(self, told: Followed) -> None: ...

    def drop(self, book_id: BookId) -> None: ...

    def resync(self, book_id: BookId) -> None: ...


class _OfKalshi:
    def __init__(self, put: Put, lane: LaneId, now: Callable[[], Nanos]) -> None:
        counts, numbers = Counter[str](), itertools.count(1)
        self._connection = Connection(MANY, put, now, counts, lambda _: None, lambda *_: None, numbers)
        self.hear = self._connection.hear
        self._tickers: dict[BookId, str] = {}

    def follow(self, told: Followed) -> None:
        if (listed := told.listed).book_id not in self._tickers:
            self._tickers[listed.book_id] = listed.market_id
            self._connection.join(listed.market_id, listed.book_id)

    def drop(self, book_id: BookId) -> None:
        if ticker := self._tickers.pop(book_id, ""):
            self._connection.leave(ticker)

    def resync(self, book_id: BookId) -> None:
        if ticker := self._tickers.get(book_id):
            self._connection.resync(ticker)


class _OfPolymarket:
    def __init__(self, put: Put, lane: LaneId, now: Callable[[], Nanos]) -> None:
        self._by_token: dict[str, Pair] = {}
        self._by_book: dict[BookId, Pair] = {}
        self.hear = Reader(lane, self._by_token, put, Amounts(), Counter()).read

    def follow(self, told: Followed) -> None:
        pair = self._by_book.get(told.listed.book_id)
        if pair is None:
            pair = self._by_book[told.listed.book_id] = Pair(told.listed)
            self._by_token |= dict.fromkeys(pair.tokens, pair)
        if told.grid != FINEST_GRID:  # or nobody has said it
            pair.take_tick(told.grid.steps[0].step)

    def drop(self, book_id: BookId) -> None:
        if pair := self._by_book.pop(book_id, None):
            for token in pair.tokens:
                del self._by_token[token]

    def resync(self, book_id: BookId) -> None:
        if pair := self._by_book.get(book_id):
            pair.has_book = False


EARS: Mapping[VenueId, Callable[[Put, LaneId, Callable[[], Nanos]], Ear]] = {
    KALSHI: _OfKalshi,
    POLYMARKET: _OfPolymarket,
}


class _Tape:
    """The inputs of a run, one after another. `number`: of the next one."""

    def __init__(self, run: Path) -> None:
        self._inputs = _numbered(run)
        self.number, self.next = -1, cast("Input | None", None)
        self.go_on()

    def go_on(self) -> None:
        self.number, self.next = next(self._inputs, (ENDLESS, None))


class _Listening:
    """Every connection of a run, while its tape goes on."""

    def __init__(self, run: Path, found: Reread) -> None:
        self._tape, self._found = _Tape(run), found
        self._core = Pipeline(PATIENCE)
        self._followed: dict[BookId, Followed] = {}
        self._ears: dict[tuple[VenueId, int], Ear] = {}
        self._lanes: dict[LaneId, LaneId] = {}  # ours, and as the tape calls it
        self._fault = ""  # of the frame that is read

    def hear(self, frame: RawFrame) -> None:
        """What its venue's code makes of it should come next on the tape."""
        while self._tape.number < frame.sequence:
            self._take()
        self._found.untaped += self._tape.number > frame.sequence
        if self._tape.number > frame.sequence:
            return
        self._fault = ""
        ear = self._ears.get((frame.venue, frame.connection)) or self._open(frame)
        ear.hear(frame.payload, frame.received_at)
        if self._fault:
            self._found.differing += 1
            self._found.first += [f"frame {frame.number}: {self._fault}"] if len(self._found.first) < SHOWN else []

    def _put(self, said: Input) -> None:
        """In the midst of a frame."""
        self._found.inputs += 1
        if self._fault or self._tape.next is None or not self._is_same(said, self._tape.next):
            self._fault = self._fault or f"{said} where the tape has {self._tape.next}"
            return
        self._found.same += 1
        self._take()

    def _take(self) -> None:
        """The tape goes on."""
        told = self._tape.next
        self._tape.go_on()
        if isinstance(told, Followed):
            self._followed[told.listed.book_id] = told
            for ear in self._of(told.listed.venue):
                ear.follow(told)
        elif isinstance(told, Dropped) and (followed := self._followed.pop(told.book_id, None)):
            for ear in self._of(followed.listed.venue):
                ear.drop(told.book_id)
        elif isinstance(told, Regridded) and (followed := self._followed.get(told.book_id)):
            self._followed[told.book_id] = followed = msgspec.structs.replace(followed, grid=told.grid)
            for ear in self._of(followed.listed.venue):
                ear.follow(followed)
        for said in self._core.apply(told) if told is not None else ():
            if isinstance(said, Resync):
                for ear in self._ears.values():
                    ear.resync(said.book_id)

    def _now(self) -> Nanos:
        """As the clock stood when this was told."""
        return Nanos(0) if self._tape.next is None else self._tape.next.received_at

    def _is_same(self, said: Input, taped: Input) -> bool:
        """A lane has its name from when it was opened: which is which is learned as they come."""
        ours, theirs = getattr(said, "lane", None), getattr(taped, "lane", None)
        if ours is None or theirs is None:
            return said == taped
        alike = said == msgspec.structs.replace(taped, lane=ours)
        return alike and self._lanes.setdefault(ours, theirs) == theirs

    def _open(self, frame: RawFrame) -> Ear:
        self._found.connections += 1
        ear = EARS[frame.venue](self._put, LaneId(f"{frame.venue}:{frame.connection}"), self._now)
        self._ears[frame.venue, frame.connection] = ear
        for told in self._followed.values():
            if told.listed.venue == frame.venue:
                ear.follow(told)
        return ear

    def _of(self, venue: VenueId) -> Iterator[Ear]:
        return (ear for (name, _), ear in self._ears.items() if name == venue)


def reread(run: Path) -> Reread:
    """Raises BadInput for a run that has kept no frames."""
    found, began = Reread(run=run.name), time.perf_counter()
    listening = _Listening(run, found)
    for frame in frames_of(run):
        found.frames += 1
        listening.hear(frame)
    if not found.frames:
        raise BadInput(f"{run.name} has kept no frames", remedy="A platform keeps them with TAPE__FRAMES=true.")
    found.seconds = round(time.perf_counter() - began, 3)
    return found


def _numbered(run: Path) -> Iterator[tuple[int, Input]]:
    for piece in read_tape(run):
        if isinstance(piece, Piece):
            yield from enumerate(piece.inputs, piece.first)
