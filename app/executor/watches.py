"""Watches open positions over the trading core of this process: each quote of a contract that is held, whatever is in
doubt about its book, and how its game stands. What a rule sells is noted at once."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from itertools import cycle, islice
from typing import TypeVar

from app.domain.decisions import Decision, Resync
from app.domain.exit_rules import default_rules
from app.domain.fees import FeeSchedule
from app.domain.games import Game
from app.domain.links import Link
from app.domain.markets import ContractId
from app.domain.money import SIZE_UNITS, Price
from app.domain.positions import ExitRules, Position
from app.domain.prices import CENT_GRID, BookId, Level, Nanos, Quote, book_id, mirrored_levels
from app.domain.signals import Estimate
from app.executor.desks import USUAL_FEES
from app.intake import Intake
from app.positions.exits import NOTHING, Exit, Proceeds, due, proceeds
from app.positions.marks import Mark, first_mark, mark_of
from app.positions.sweeps import Key, Row, Sweep
from app.signals.claims import Number, claim_of, has_draw
from app.signals.fair_value import chance_of
from app.signals.remainders import seconds_left

LOOKED_AT = 500  # rows a second at least, whether or not anything was said of them
ALL_WITHIN = 5  # seconds

Rows = tuple[Row, ...]
Name = TypeVar("Name", bound=str)


class Watch:
    """`news` is set when something is said of what is held. `fresh_within`: nanoseconds, of a usable quote."""

    def __init__(self, intake: Intake, fresh_within: int) -> None:
        self.sweep = Sweep()
        self.marks: dict[Key, Mark] = {}
        self.moved: dict[Key, None] = {}  # marks that are not what they were
        self.news = asyncio.Event()
        self._pipeline = intake.pipeline
        self._now = intake.now
        self._fresh_within = fresh_within
        self._by_first: dict[ContractId, Rows] = {}  # by the contract in whose terms its book is told
        self._firsts: dict[Key, ContractId] = {}
        self._by_book: dict[BookId, Rows] = {}
        self._fees: dict[ContractId, FeeSchedule] = {}
        self._expected: dict[ContractId, Price] = {}
        self._touched: dict[Row, None] = {}
        self._sold: dict[Key, None] = {}  # what a rule sells, as it seemed a moment ago
        self._next = 0

    def put(self, position: Position, own_rules: ExitRules | None) -> None:
        """Watch it from now on, or as it is now. `own_rules` None: those that such a position has."""
        rules = own_rules or default_rules(position.account, position.detector)
        is_new = self.sweep.find((position.account, position.contract_id)) is None
        row = self.sweep.put(position, rules)
        if is_new:
            self.marks[row.key] = first_mark(position)
            self._by_book[_book(row)] = (*self._by_book.get(_book(row), ()), row)
            self._find_first(row)
        self.look_at(row)

    def drop(self, key: Key) -> None:
        """It is closed."""
        row = self.sweep.find(key)
        if row is None:
            return
        self.sweep.drop(key)
        self.marks.pop(key, None)
        self.moved.pop(key, None)
        self._sold.pop(key, None)
        _leave(self._by_book, _book(row), row)
        first = self._firsts.pop(key, None)
        if first is not None:
            _leave(self._by_first, first, row)

    def hear(self, decision: Decision) -> None:
        """In the midst of the core's work: what is touched is looked at when that is done."""
        if type(decision) is Quote:
            rows = self._by_first.get(decision.contract_id)
        elif type(decision) is Resync:
            rows = self._by_book.get(decision.book_id)
        else:
            return
        if rows:
            self._touched.update(dict.fromkeys(rows))
            self.news.set()

    def learn(
        self, row: Row, game: Game | None, link: Link | None, expected: Price | None, estimate: Estimate | None
    ) -> None:
        """How its game stands, what it is paid once that is known, and what somebody else than the market says of who
        wins."""
        rules, contract_id = row.rules, row.position.contract_id
        if link is not None and link.fees is not None:
            self._fees[contract_id] = link.fees
        if expected is None:
            self._expected.pop(contract_id, None)
        else:
            self._expected[contract_id] = expected
        left = None if game is None or rules.before_close_s is None else seconds_left(game)
        is_off = game is not None and _stands(game, rules.on_game_states)
        is_closing = left is not None and left <= (rules.before_close_s or 0)
        self.sweep.warn(row, is_off=is_off, is_closing=is_closing)
        self.sweep.expect(row, _worth(game, link, estimate))
        self.look_at(row)

    def look_at(self, row: Row) -> None:
        """At its book as it is now."""
        self._price(row, self._pipeline.quote(row.position.contract_id))

    def look_around(self) -> Iterator[None]:
        """At some of the rows, in turn: what grows old says nothing, and a book may change behind its best. A step at a
        time, so that others have their turn in between."""
        keys = [row.key for row in self.sweep.rows]
        count = min(len(keys), max(LOOKED_AT, -(-len(keys) // ALL_WITHIN)))
        begin, self._next = self._next, self._next + count
        for key in islice(cycle(keys), begin % max(1, len(keys)), begin % max(1, len(keys)) + count):
            row = self.sweep.find(key)
            if row is not None:
                if key not in self._firsts:
                    self._find_first(row)
                self.look_at(row)
            yield

    def take_moved(self, most: int) -> list[Row]:
        """Some of those whose mark is not what it was; the others have their turn later, as they are then."""
        keys = list(islice(self.moved, most))
        for key in keys:
            del self.moved[key]
        found = (self.sweep.find(key) for key in keys)
        return [row for row in found if row is not None]

    def check(self, now: Nanos) -> Sequence[Exit]:
        """What is to be sold of all that was touched since, by the books as they are now."""
        self.news.clear()
        touched, self._touched = self._touched, {}
        for row in touched:
            if self.sweep.find(row.key) is row:
                self.look_at(row)
        sold, self._sold = self._sold, {}
        found = (self.sweep.find(key) for key in sold)
        return self._exits([row for row in found if row is not None], now)

    def check_all(self, now: Nanos) -> Sequence[Exit]:
        """The same of everything that is held: time alone may sell, too."""
        exits = self.check(now)
        known = {(each.position.account, each.position.contract_id) for each in exits}
        return (*exits, *self._exits([row for row in self.sweep.sweep(now) if row.key not in known], now))

    def _exits(self, rows: Iterable[Row], now: Nanos) -> list[Exit]:
        exits = (self._exit(row, now) for row in rows)
        return [each for each in exits if each is not None]

    def _exit(self, row: Row, now: Nanos) -> Exit | None:
        offered = self._offered(row, self._pipeline.quote(row.position.contract_id), now)
        return due(row.position, row.bounds, offered, self.sweep.seen(row), now)

    def _price(self, row: Row, quote: Quote | None) -> None:
        now, key = self._now(), row.key
        before = self.marks[key]
        expected = self._expected.get(key[1])
        mark = mark_of(quote, before, expected, now, self._fresh_within)
        if mark.price != before.price or mark.source != before.source:
            self.moved[key] = None
        self.marks[key] = mark
        self.sweep.mark(row, mark.price, is_unpaid=mark.is_unpaid)
        offered = self._offered(row, quote, now)
        if self.sweep.offer(row, NOTHING if offered is None else offered.unit, now) is not None:
            self._sold[key] = None

    def _offered(self, row: Row, quote: Quote | None, now: Nanos) -> Proceeds | None:
        """What could be had; None without a book that can be trusted, for what no rule ever sells, and for what is
        over: it is paid."""
        if row.is_kept or row.position.contract_id in self._expected or quote is None or quote.bid is None:
            return None
        if quote.state(now, self._fresh_within) != "fresh":
            return None
        size = row.position.size
        bids: Sequence[Level] = ((quote.bid, quote.bid_size),) if quote.bid_size >= size else self._bids(row)
        grid = self._pipeline.grid(_book(row)) or CENT_GRID
        fees = self._fees.get(row.position.contract_id, USUAL_FEES)
        return proceeds(bids, size, row.rules.slip, grid, fees, now)

    def _bids(self, row: Row) -> Sequence[Level]:
        ladder = self._pipeline.ladder(_book(row))
        if ladder is None:
            return ()
        is_first = ladder.listed.first == row.position.contract_id
        return ladder.bids if is_first else mirrored_levels(ladder.asks)

    def _find_first(self, row: Row) -> None:
        """In whose terms its book is told, once there is one here."""
        ladder = self._pipeline.ladder(_book(row))
        if ladder is not None:
            first = self._firsts[row.key] = ladder.listed.first
            self._by_first[first] = (*self._by_first.get(first, ()), row)


def _worth(game: Game | None, link: Link | None, estimate: Estimate | None) -> int:
    """Of one contract, in micro-dollars."""
    if game is None or link is None or link.polarity is None or estimate is None:
        return NOTHING
    claim = claim_of(game, link.proposition, link.polarity)
    of_winner = Number("winner", "regulation" if has_draw(game) else "game")  # what the estimate is of
    return (
        round(chance_of(claim, estimate) * SIZE_UNITS) if claim is not None and claim.number == of_winner else NOTHING
    )


def _book(row: Row) -> BookId:
    return book_id(row.position.venue, row.position.market_id)


def _leave(rows: dict[Name, Rows], name: Name, row: Row) -> None:
    left = tuple(each for each in rows.pop(name, ()) if each is not row)
    if left:
        rows[name] = left


def _stands(game: Game, states: Iterable[str]) -> bool:
    """`delayed` is how a game goes on, not how it stands."""
    return any(game.status == state or (state == "delayed" and game.is_delayed) for state in states)
