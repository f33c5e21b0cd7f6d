"""What all accounts hold and own, all of one moment, read again and again as it changes.

Ten thousand positions are not read each second. Postgres says in one number whether any open position is another than
before, and another whether anything was posted; then those are read that have changed lately, and all of them when
these alone do not explain the number. Sums of what was posted go on from where they were certain.
"""

import json
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import TextClause, text

from app.clock import moment_of
from app.domain.exit_rules import read_rules
from app.domain.ledgers import Balances, Book
from app.domain.markets import ContractId
from app.domain.money import Money
from app.domain.orders import AccountId, AccountKind
from app.domain.positions import ExitRules, Position
from app.history.database import Database
from app.history.trading_tables import UNSETTLED

REMEMBERED = timedelta(hours=1)  # positions that were closed
OVERLAP = timedelta(minutes=1)  # a change may be visible so much later than it happened
CERTAIN_AFTER = 60.0  # seconds: no statement takes longer, so no smaller number appears any more

Key = tuple[AccountId, ContractId]

_NAMES = ("account", "contract_id", "venue", "market_id", "game_id", "league", "trade_id", "detector", "version")
_AMOUNTS = ("size", "cost", "fees", "realised")
_MOMENTS = ("opened_at", "changed_at", "closed_at")
_COLUMNS = (
    *_NAMES,
    *(f"CAST({name} * 1000000 AS bigint)" for name in _AMOUNTS),
    *(f"COALESCE(CAST(extract(epoch FROM {name}) * 1000000 AS bigint) * 1000, 0)" for name in _MOMENTS),
)
_MARK = "hashtextextended(concat_ws(' ', account, contract_id, version, exit_rules), 0)"

_ONE_MOMENT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
_LOOK = text(f"""
    SELECT (SELECT COALESCE(bit_xor({_MARK}), 0) FROM positions WHERE closed_at IS NULL),
           (SELECT COALESCE(max(last.number), 0) FROM accounts, LATERAL (
               SELECT max(number) AS number FROM postings WHERE postings.account = accounts.id) AS last)
""")
_ACCOUNTS = text("SELECT id, kind FROM accounts WHERE closed_at IS NULL ORDER BY opened_at, id")
_POSITIONS = f"SELECT {', '.join(_COLUMNS)}, exit_rules, {_MARK} FROM positions WHERE"
_ALL = text(f"{_POSITIONS} closed_at IS NULL OR closed_at >= :since")
_LATELY = text(f"{_POSITIONS} changed_at >= :since OR (closed_at IS NULL AND exit_rules IS NOT NULL)")
_SUMS = text("""
    SELECT postings.account, book, CAST(sum(amount) * 1000000 AS bigint),
           COALESCE(CAST(sum(-amount) FILTER (
               WHERE book = 'cash' AND amount < 0 AND kind = 'fill' AND at >= :midnight) * 1000000 AS bigint), 0),
           bool_or(kind = 'reset')
    FROM postings JOIN entries ON entries.posting_id = postings.id
    WHERE postings.account = ANY(:accounts) AND number > :after AND number <= :upto
    GROUP BY postings.account, book
""")
_SELLING = text(f"""
    SELECT account, contract_id FROM orders WHERE {UNSETTLED.text} AND side = 'sell'
    UNION SELECT account, body ->> 'contract_id' FROM instructions
    WHERE state IN ('waiting', 'taken') AND kind = 'close' AND expires_at > :now
""")


class Watched(NamedTuple):
    """A position, and rules of its own; None: those that such a position has."""

    position: Position
    rules: ExitRules | None


class Purse(NamedTuple):
    """What an account owns. `spent`: on purchases since midnight UTC."""

    balances: Balances = Balances()
    spent: Money = Money(0)


class News(NamedTuple):
    """What differs from the look before. `was_reset`: accounts that have begun anew since."""

    changed: Sequence[Key] = ()
    is_of_money: bool = False
    was_reset: frozenset[AccountId] = frozenset()


class Lookout:
    """All accounts as they were at the last look."""

    def __init__(self, database: Database) -> None:
        self.accounts: Mapping[AccountId, AccountKind] = {}
        self.open: dict[Key, Watched] = {}
        self.closed: dict[Key, Position] = {}  # within the last hour
        self.purses: Mapping[AccountId, Purse] = {}
        self._database = database
        self._marks: dict[Key, int] = {}
        self._mark: int | None = None
        self._number = -1
        self._changed_at: datetime | None = None
        self._sums = _Sums()

    async def look(self, now: datetime) -> News:
        """Read what has changed. Raises HistoryUnavailable; then all is as it was."""
        async with self._database.transaction() as connection:
            await connection.execute(_ONE_MOMENT)
            mark, number = (await connection.execute(_LOOK)).one()
            accounts = {AccountId(row[0]): row[1] for row in await connection.execute(_ACCOUNTS)}
            is_of_money = number != self._number or accounts != self.accounts or self._sums.is_over(now)
            rows = [] if mark == self._mark else await self._read(connection, mark, now)
            sums = await self._sums.read(connection, list(accounts), number, now) if is_of_money else None
        self.accounts = accounts
        changed = self._take(rows, now)
        self._mark, self._number = mark, number
        if sums is None:
            return News(changed)
        self.purses = sums.purses
        return News(changed, True, sums.was_reset)

    async def selling(self, now: datetime) -> frozenset[Key]:
        """What is being sold, or somebody has just asked for it. Raises HistoryUnavailable."""
        async with self._database.transaction() as connection:
            rows = await connection.execute(_SELLING, {"now": now})
            return frozenset((AccountId(row[0]), ContractId(row[1])) for row in rows)

    async def _read(self, connection: AsyncConnection, mark: int, now: datetime) -> Sequence["_Read"]:
        if self._changed_at is not None:
            rows = await _rows(connection, _LATELY, self._changed_at - OVERLAP)
            marks = dict(self._marks)
            for row in rows:
                marks.pop(row.key, None)
                marks.update({row.key: row.mark} if row.is_open else {})
            if _together(marks) == mark:
                return rows
        rows = await _rows(connection, _ALL, now - REMEMBERED)
        known = {row.key for row in rows}
        return (*rows, *(_Read.gone(key) for key in self.open if key not in known))

    def _take(self, rows: Sequence["_Read"], now: datetime) -> Sequence[Key]:
        changed = tuple(row.key for row in rows if self._marks.get(row.key) != (row.mark if row.is_open else None))
        for row in rows:
            self.open.pop(row.key, None)
            self._marks.pop(row.key, None)
            if row.is_open and row.watched is not None:
                self.open[row.key], self._marks[row.key] = row.watched, row.mark
                self.closed.pop(row.key, None)
            elif row.watched is not None:
                self.closed[row.key] = row.watched.position
            if row.watched is not None:
                at = moment_of(row.watched.position.changed_at)
                self._changed_at = at if self._changed_at is None else max(at, self._changed_at)
        long_ago = [key for key, each in self.closed.items() if moment_of(each.closed_at) < now - REMEMBERED]
        for key in long_ago:
            del self.closed[key]
        return changed


class _Read(NamedTuple):
    """A row of a position. `watched` None: it is not there any more."""

    key: Key
    watched: Watched | None
    mark: int = 0

    @property
    def is_open(self) -> bool:
        return self.watched is not None and not self.watched.position.closed_at

    @classmethod
    def gone(cls, key: Key) -> "_Read":
        return cls(key, None)


class _Summed(NamedTuple):
    purses: Mapping[AccountId, Purse]
    was_reset: frozenset[AccountId]


_Sum = tuple[AccountId, Book, int, int, bool]  # micro-dollars: in the book, and of them spent today; and a reset
Books = dict[AccountId, dict[Book, int]]


class _Sums:
    """Sums of the books up to a number below which nothing appears any more; what came after is summed each time."""

    def __init__(self) -> None:
        self._until = 0
        self._books: Books = defaultdict(lambda: defaultdict(int))
        self._spent: dict[AccountId, int] = defaultdict(int)
        self._day: datetime | None = None
        self._seen = (time.monotonic(), 0)
        self._reset: set[AccountId] | None = None  # what was reset before the first look is no news

    def is_over(self, now: datetime) -> bool:
        """Another day has begun: nothing is spent of it yet."""
        return self._day != _midnight(now)

    async def read(
        self, connection: AsyncConnection, accounts: Sequence[AccountId], upto: int, now: datetime
    ) -> _Summed:
        if self.is_over(now):
            self._day = _midnight(now)
            self._spent.clear()
        seen_at, seen = self._seen
        if time.monotonic() - seen_at > CERTAIN_AFTER:
            await self._settle(connection, accounts, seen)
            self._seen = (time.monotonic(), upto)
        books: Books = {account: dict(self._books[account]) for account in accounts}
        spent = dict(self._spent)
        reset = set()
        for account, book, amount, bought, was_reset in await self._since(connection, accounts, upto):
            books[account][book] = books[account].get(book, 0) + amount
            spent[account] = spent.get(account, 0) + bought
            reset |= {account} if was_reset else set()
        purses = {account: Purse(_balances(books[account]), Money(spent.get(account, 0))) for account in accounts}
        news, self._reset = set() if self._reset is None else reset - self._reset, reset
        return _Summed(purses, frozenset(news))

    async def _settle(self, connection: AsyncConnection, accounts: Sequence[AccountId], upto: int) -> None:
        for account, book, amount, bought, _ in await self._since(connection, accounts, upto):
            self._books[account][book] += amount
            self._spent[account] += bought
        self._until = upto

    async def _since(self, connection: AsyncConnection, accounts: Sequence[AccountId], upto: int) -> Sequence[_Sum]:
        asked = {"accounts": list(accounts), "after": self._until, "upto": upto, "midnight": self._day}
        return [_sum(*row) for row in await connection.execute(_SUMS, asked)]


def _sum(account: AccountId, book: Book, amount: int, bought: int, was_reset: bool) -> _Sum:
    return account, book, amount, bought, was_reset


async def _rows(connection: AsyncConnection, statement: TextClause, since: datetime) -> Sequence[_Read]:
    return [_read(tuple(row)) for row in await connection.execute(statement, {"since": since})]


def _read(row: Sequence[object]) -> _Read:
    *told, rules, mark = row
    position = msgspec.convert(dict(zip((*_NAMES, *_AMOUNTS, *_MOMENTS), told, strict=True)), Position)
    written = json.loads(rules) if isinstance(rules, str) else rules
    own = read_rules(written) if isinstance(written, dict) else None
    assert isinstance(mark, int)  # Postgres's own
    return _Read((position.account, position.contract_id), Watched(position, own), mark)


def _together(marks: Mapping[Key, int]) -> int:
    found = 0
    for mark in marks.values():
        found ^= mark
    return found


def _balances(books: Mapping[Book, int]) -> Balances:
    return Balances(
        cash=Money(books.get("cash", 0)),
        positions=Money(books.get("positions", 0)),
        fees=Money(books.get("fees", 0)),
        realised=Money(-books.get("realised", 0)),
        deposits=Money(-books.get("deposits", 0)),
    )


def _midnight(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
