"""What the core was told and what it decided, as rows of the archive's files."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta

import msgspec

from app.archive.layouts import Row
from app.archive.manifests import Dataset
from app.archive.places import NO_LEAGUE, Place, Places
from app.archive.shelves import Partition
from app.archive.tapes import Decided, Piece
from app.clock import EPOCH
from app.domain.decisions import Decision, Healed, Resync, Silent
from app.domain.inputs import Input
from app.domain.markets import ContractId
from app.domain.prices import SECOND, Quote
from app.domain.signals import Judged

FILE_ROWS = 131_072  # of one partition, then they are written
MOST_ROWS = 200_000  # that wait, of all partitions
DAY = 86_400 * SECOND

_PACKED = msgspec.msgpack.Encoder()


class Rows:
    """Rows of one run, sorted into partitions. `put`: writes those of one partition, when there are many."""

    def __init__(
        self, run: str, places: Places, put: Callable[[Partition, Sequence[Row]], None], *, keeps_decisions: bool
    ) -> None:
        self._run = run
        self._places = places
        self._put = put
        self._keeps_decisions = keeps_decisions
        self._waiting: defaultdict[Partition, list[Row]] = defaultdict(list)
        self._many = 0
        self._days: dict[int, str] = {}
        self._books: dict[str, Place] = {}
        self._contracts: dict[ContractId, Place] = {}

    def take(self, piece: Piece, part: int) -> None:
        """The inputs of a piece, and its check."""
        if self._places.learn(piece.inputs):
            self._books.clear()
            self._contracts.clear()
        run, number = self._run, piece.first
        for told in piece.inputs:
            venue, game_id, book_id, league = self._place(told)
            at = told.received_at
            self._add("inputs", league, at, (run, number, at, tag(told), venue, game_id, book_id, _PACKED.encode(told)))
            number += 1
        self._add("checks", NO_LEAGUE, at, (run, piece.first, at, part, len(piece.inputs), piece.decided))

    def take_decided(self, decided: Decided) -> None:
        """What was decided upon a piece that was taken."""
        for number, decision in enumerate(decided.decisions, decided.number):
            if isinstance(decision, Quote):
                self._take_quote(decision, number, decided.first)
            elif isinstance(decision, Judged):
                row = _of_signal(self._run, number, decided.first, decision)
                self._add("signals", decision.signal.league, decision.at, row)
            if self._keeps_decisions:
                self._take_decision(decision, number, decided.first)

    def flush(self) -> None:
        """Write what waits."""
        for partition in sorted(self._waiting):
            self._write(partition)

    def _take_quote(self, quote: Quote, number: int, piece: int) -> None:
        contract = quote.contract_id
        if (place := self._contracts.get(contract)) is None:
            place = self._contracts[contract] = self._places.of_contract(contract)
        at, sizes = quote.received_at, (quote.bid, quote.bid_size, quote.ask, quote.ask_size)
        when, state = (quote.venue_time, quote.proved_at), (quote.sequence, quote.mark, quote.doubt, quote.lane)
        row = (self._run, number, at, piece, place.venue, place.game_id, contract, *sizes, *when, *state)
        self._add("quotes", place.league, at, row)

    def _take_decision(self, decision: Decision, number: int, piece: int) -> None:
        place, at = self._place_of(decision), moment(decision)
        about = (place.venue, place.game_id, place.book_id)
        self._add(
            "decisions",
            place.league,
            at,
            (self._run, number, at, piece, tag(decision), *about, _PACKED.encode(decision)),
        )

    def _place(self, told: Input) -> Place:
        book_id = getattr(told, "book_id", None)
        if book_id is None:
            return self._places.of(told)
        if (place := self._books.get(book_id)) is None:
            place = self._books[book_id] = self._places.of_book(book_id)
        return place

    def _place_of(self, decision: Decision) -> Place:
        if isinstance(decision, Quote):
            return self._places.of_contract(decision.contract_id)
        if isinstance(decision, Resync | Healed):
            return self._places.of_book(decision.book_id)
        if isinstance(decision, Silent):
            return self._places.of_lane(decision.lane)
        return Place(game_id=decision.signal.game_id, league=decision.signal.league)

    def _add(self, dataset: Dataset, league: str, at: int, row: Row) -> None:
        day = at // DAY
        if (date := self._days.get(day)) is None:
            date = self._days[day] = f"{EPOCH + timedelta(days=day):%Y-%m-%d}"
        partition = Partition(dataset, date, league)
        rows = self._waiting[partition]
        rows.append(row)
        self._many += 1
        if len(rows) >= FILE_ROWS:
            self._write(partition)
        elif self._many >= MOST_ROWS:
            self._write(max(self._waiting, key=lambda one: len(self._waiting[one])))

    def _write(self, partition: Partition) -> None:
        rows = self._waiting.pop(partition)
        self._many -= len(rows)
        self._put(partition, rows)


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
