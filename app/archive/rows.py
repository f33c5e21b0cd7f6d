"""What the core was told and what it decided, as rows of the archive's files."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta

import msgspec
import pyarrow as pa
from msgspec.structs import astuple

from app.archive.layouts import LAYOUTS, Row
from app.archive.manifests import Dataset
from app.archive.places import NO_LEAGUE, Place, Places
from app.archive.shelves import Partition
from app.archive.tapes import Decided, Piece
from app.clock import EPOCH
from app.domain.decisions import Decision, Healed, Resync, Silent
from app.domain.frames import RawFrame
from app.domain.inputs import Input
from app.domain.prices import SECOND, Quote
from app.domain.signals import Judged

FILE_ROWS = 131_072  # of one partition, then they are written
MOST_ROWS = 200_000  # that wait, of all partitions
DAY = 86_400 * SECOND

_Key = tuple[Dataset, int, str]  # dataset, number of the day, league
_PACKED = msgspec.msgpack.Encoder()


class Names:
    """Names that come again and again: a row has the number of its names, and the column is made of them at once."""

    def __init__(self, width: int) -> None:
        self._numbers: dict[tuple[str, ...], int] = {}
        self._columns: tuple[list[str], ...] = tuple([] for _ in range(width))

    def number(self, *names: str) -> int:
        """Of these together."""
        found = self._numbers.setdefault(names, len(self._numbers))
        if found == len(self._columns[0]):
            for column, name in zip(self._columns, names, strict=True):
                column.append(name)
        return found

    def columns(self, numbers: Sequence[int]) -> list[pa.Array]:
        """The names of each row."""
        places = pa.array(numbers, pa.int32())
        return [pa.array(column, pa.string()).take(places) for column in self._columns]


class Rows:
    """Rows of one run, sorted into partitions. `put`: writes those of one partition, when there are many."""

    def __init__(
        self, run: str, places: Places, put: Callable[[Partition, pa.Table], None], *, keeps_decisions: bool
    ) -> None:
        self._run = run
        self._places = places
        self._put = put
        self._keeps_decisions = keeps_decisions
        self._waiting: defaultdict[_Key, list[Row]] = defaultdict(list)
        self._kinds: dict[type, int] = {}
        self._kind_names, self._place_names, self._contract_names = Names(1), Names(3), Names(3)
        self._books: dict[str, tuple[int, str]] = {}  # the number of its names, and its league
        self._contracts: dict[str, tuple[int, str]] = {}

    def take(self, piece: Piece, part: int) -> None:
        """The inputs of a piece, and its check."""
        number, books, kinds, waiting, encode = piece.first, self._books, self._kinds, self._waiting, _PACKED.encode
        for told in piece.inputs:  # a slate has millions: what is known is looked up here
            if (kind := kinds.get(type(told))) is None:
                kind = self._kind(told)
            at, (names, league) = told.received_at, books.get(getattr(told, "book_id", "")) or self._names(told)
            waiting["inputs", at // DAY, league].append((number, at, kind, names, encode(told)))
            number += 1
        check = (self._run, piece.first, at, part, len(piece.inputs), piece.decided)
        waiting["checks", at // DAY, NO_LEAGUE].append(check)
        self._write_much()

    def take_decided(self, decided: Decided) -> None:
        """What was decided upon a piece that was taken."""
        piece, contracts, waiting = decided.first, self._contracts, self._waiting
        for number, decision in enumerate(decided.decisions, decided.number):
            if isinstance(decision, Quote):
                names, league = contracts.get(decision.contract_id) or self._contract(decision)
                at = decision.received_at
                waiting["quotes", at // DAY, league].append((number, at, piece, names, decision))
            elif isinstance(decision, Judged):
                row = _of_signal(self._run, number, piece, decision)
                waiting["signals", decision.at // DAY, decision.signal.league].append(row)
            if self._keeps_decisions:
                self._take_decision(decision, number, piece)
        self._write_much()

    def take_said(self, frames: Sequence[RawFrame]) -> None:
        """What venues said: whose game it is about nobody has read yet."""
        for each in frames:
            told = (each.number, each.received_at, each.sequence, each.venue, each.connection, each.payload)
            self._waiting["frames", each.received_at // DAY, NO_LEAGUE].append((self._run, *told))
        self._write_much()

    def flush(self) -> None:
        """Write what waits."""
        for key in sorted(self._waiting):
            self._write(key)

    def _take_decision(self, decision: Decision, number: int, piece: int) -> None:
        place, at = self._place_of(decision), moment(decision)
        about = (place.venue, place.game_id, place.book_id)
        row = (self._run, number, at, piece, tag(decision), *about, _PACKED.encode(decision))
        self._waiting["decisions", at // DAY, place.league].append(row)

    def _kind(self, told: Input) -> int:
        """The number of what it is called. What says where things belong is listened to each time."""
        number = self._kind_names.number(tag(told))
        if self._places.learn(told):
            self._books.clear()
            self._contracts.clear()
        else:
            self._kinds[type(told)] = number
        return number

    def _names(self, told: Input) -> tuple[int, str]:
        place = self._places.of(told)
        found = self._place_names.number(place.venue, place.game_id, place.book_id), place.league
        if place.book_id == getattr(told, "book_id", None):
            self._books[place.book_id] = found
        return found

    def _contract(self, quote: Quote) -> tuple[int, str]:
        place, contract = self._places.of_contract(quote.contract_id), quote.contract_id
        found = self._contract_names.number(place.venue, place.game_id, contract), place.league
        self._contracts[contract] = found
        return found

    def _place_of(self, decision: Decision) -> Place:
        if isinstance(decision, Quote):
            return self._places.of_contract(decision.contract_id)
        if isinstance(decision, Resync | Healed):
            return self._places.of_book(decision.book_id)
        if isinstance(decision, Silent):
            return self._places.of_lane(decision.lane)
        return Place(game_id=decision.signal.game_id, league=decision.signal.league)

    def _write_much(self) -> None:
        """What would be a file of its own, and the most of what is too much together."""
        for key in [key for key, rows in self._waiting.items() if len(rows) >= FILE_ROWS]:
            self._write(key)
        while sum(map(len, self._waiting.values())) >= MOST_ROWS:
            self._write(max(self._waiting, key=lambda one: len(self._waiting[one])))

    def _write(self, key: _Key) -> None:
        rows, (dataset, day, league) = self._waiting.pop(key), key
        partition = Partition(dataset, f"{EPOCH + timedelta(days=day):%Y-%m-%d}", league)
        if dataset == "inputs":
            table = self._table_of_inputs(rows)
        else:
            table = self._table_of_quotes(rows) if dataset == "quotes" else LAYOUTS[dataset].table(rows)
        self._put(partition, table)

    def _table_of_inputs(self, rows: Sequence[Row]) -> pa.Table:
        numbers, moments, kinds, names, bodies = zip(*rows, strict=True)
        named = (*self._kind_names.columns(kinds), *self._place_names.columns(names))
        return LAYOUTS["inputs"].table_of([pa.repeat(self._run, len(rows)), numbers, moments, *named, bodies])

    def _table_of_quotes(self, rows: Sequence[Row]) -> pa.Table:
        numbers, moments, pieces, names, quotes = zip(*rows, strict=True)
        named = self._contract_names.columns(names)
        said = dict(zip(Quote.__struct_fields__, zip(*map(astuple, quotes), strict=True), strict=True))
        columns = (pa.repeat(self._run, len(rows)), numbers, moments, pieces, *named)
        return LAYOUTS["quotes"].table_of([*columns, *(said[name] for name in _OF_QUOTE)])


_OF_QUOTE = ("bid", "bid_size", "ask", "ask_size", "venue_time", "proved_at", "sequence", "mark", "doubt", "lane")


def moment(decision: Decision) -> int:
    """When it was decided, in nanoseconds."""
    return decision.received_at if isinstance(decision, Quote) else decision.at


def tag(said: Input | Decision) -> str:
    """What it is called wherever it is packed."""
    return str(said.__struct_config__.tag)


def _of_signal(run: str, number: int, piece: int, judged: Judged) -> Row:
    signal, estimate = judged.signal, judged.signal.estimate
    return (
        *(run, number, judged.at, piece, signal.id, signal.detector, signal.account, signal.game_id),
        *(judged.stage, judged.reason, judged.detail, judged.is_final, judged.limits, len(signal.legs), signal.size),
        *(signal.cost, signal.fees, signal.profit, signal.worst, signal.worst_scenario, signal.unit_edge),
        *(signal.worth, signal.tail_cost, signal.skew, signal.found_at, signal.expires_at, signal.locked_until),
        signal.return_per_day,
        *((estimate.probability, estimate.source) if estimate else (None, None)),
        _PACKED.encode(judged),
    )
