"""All open positions at once: which of them a rule sells, and what they are worth.

A column holds one figure of every position, a row all figures of one. What the market says of a contract changes the
rows of that contract and no others; once a second the rules are asked of all rows together, in the words of
`exits.reason`, which is the law.
"""

from collections.abc import Mapping, Sequence
from enum import IntEnum, auto
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.domain.markets import ContractId
from app.domain.money import ONE_DOLLAR, Money, Price
from app.domain.orders import AccountId
from app.domain.positions import ExitRule, ExitRules, Position
from app.domain.prices import Nanos
from app.positions.exits import (
    ENDLESS,
    GONE_FOR,
    NOTHING,
    SHARES,
    Bounds,
    Seen,
    bounds_of,
    is_over_worth,
    never_sells,
    reason,
)

FIRST_ROOM = 256  # rows

Key = tuple[AccountId, ContractId]
Numbers = NDArray[np.int64]


class _Column(IntEnum):
    """Those of `Bounds` come first, in their order."""

    COST = 0
    HELD_UNTIL = auto()
    STOP_AT = auto()
    TAKE_AT = auto()
    KEPT = auto()
    OVER_WORTH = auto()
    TIME_AT = auto()
    SIZE = auto()
    ACCOUNT = auto()
    UNIT = auto()  # what could be had for one contract
    BEST = auto()
    WORTH = auto()  # ENDLESS: nobody says
    GONE_SINCE = auto()
    IS_OFF = auto()
    IS_CLOSING = auto()
    MARK = auto()
    IS_UNPAID = auto()


_BOUNDS = slice(0, len(Bounds._fields))


class Row:
    """A position that is watched. `at`: its place in the columns, which may change when another one is closed;
    `is_kept`: no rule ever sells it."""

    __slots__ = ("at", "bounds", "entered_at", "is_kept", "position", "rules")

    def __init__(self, position: Position, rules: ExitRules, at: int) -> None:
        self.at = at
        self.entered_at = position.changed_at  # what it was before nobody remembers, so that may have been a purchase
        self._take(position, rules)

    def change(self, position: Position, rules: ExitRules) -> None:
        """As it is now."""
        if position.size > self.position.size:
            self.entered_at = position.changed_at
        self._take(position, rules)

    def _take(self, position: Position, rules: ExitRules) -> None:
        self.position = position
        self.rules = rules
        self.bounds = bounds_of(position, rules, self.entered_at)
        self.is_kept = never_sells(rules)

    @property
    def key(self) -> Key:
        return self.position.account, self.position.contract_id


class Worth(NamedTuple):
    """What the positions of an account are worth by their marks; `unpaid`: of it, won and not paid yet."""

    value: Money = Money(0)
    unpaid: Money = Money(0)


class Sweep:
    """Every open position of every account."""

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._by_key: dict[Key, Row] = {}
        self._by_contract: dict[ContractId, tuple[Row, ...]] = {}
        self._accounts: dict[AccountId, int] = {}
        self._table: Numbers = np.zeros((len(_Column), FIRST_ROOM), np.int64)

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def rows(self) -> Sequence[Row]:
        """All of them, in no order."""
        return self._rows

    @property
    def contracts(self) -> Mapping[ContractId, tuple[Row, ...]]:
        """The rows of each contract that anybody holds."""
        return self._by_contract

    def find(self, key: Key) -> Row | None:
        return self._by_key.get(key)

    def rows_of(self, contract_id: ContractId) -> tuple[Row, ...]:
        """Those that a change of its price touches."""
        return self._by_contract.get(contract_id, ())

    def put(self, position: Position, rules: ExitRules) -> Row:
        """Watch it, or watch it as it is now: what was seen of it stays."""
        key = position.account, position.contract_id
        row = self._by_key.get(key)
        if row is None:
            row = self._add(position, rules, key)
        else:
            row.change(position, rules)
        self._table[_BOUNDS, row.at] = row.bounds
        self._table[_Column.SIZE, row.at] = position.size
        return row

    def drop(self, key: Key) -> None:
        """It is closed. The last row takes its place."""
        row = self._by_key.pop(key, None)
        if row is None:
            return
        last = self._rows.pop()
        if last is not row:
            self._table[:, row.at] = self._table[:, last.at]
            last.at = row.at
            self._rows[row.at] = last
        others = tuple(each for each in self._by_contract.pop(key[1]) if each is not row)
        if others:
            self._by_contract[key[1]] = others

    def mark(self, row: Row, price: Price, *, is_unpaid: bool = False) -> None:
        """One contract of it counts as so much."""
        self._table[_Column.MARK, row.at] = price
        self._table[_Column.IS_UNPAID, row.at] = is_unpaid

    def offer(self, row: Row, unit: int, now: Nanos) -> ExitRule | None:
        """So much could be had for one contract of it now, NOTHING where nobody bids; the rule that sells it for
        that."""
        table, at = self._table, row.at
        table[_Column.UNIT, at] = unit
        if unit > table[_Column.BEST, at]:
            table[_Column.BEST, at] = unit
        worth = int(table[_Column.WORTH, at])
        if not is_over_worth(row.bounds, unit, worth):
            table[_Column.GONE_SINCE, at] = 0
        elif not table[_Column.GONE_SINCE, at]:
            table[_Column.GONE_SINCE, at] = now
        return reason(row.bounds, unit, self.seen(row), now)

    def expect(self, row: Row, worth: int) -> None:
        """One contract of it should be worth so much, NOTHING when nobody says."""
        self._table[_Column.WORTH, row.at] = ENDLESS if worth == NOTHING else worth

    def warn(self, row: Row, *, is_off: bool, is_closing: bool) -> None:
        """How its game stands, by its rules."""
        self._table[_Column.IS_OFF : _Column.IS_CLOSING + 1, row.at] = is_off, is_closing

    def seen(self, row: Row) -> Seen:
        """What is known of it besides what could be had."""
        best, _, gone_since, is_off, is_closing = self._table[_Column.BEST : _Column.IS_CLOSING + 1, row.at].tolist()
        return Seen(best, gone_since, bool(is_off), bool(is_closing))

    def unit(self, row: Row) -> int:
        """What could be had for one contract when that was last told."""
        return int(self._table[_Column.UNIT, row.at])

    def sweep(self, now: Nanos) -> Sequence[Row]:
        """Those that some rule sells now, for what could be had when that was last told."""
        table = self._table[:, : len(self._rows)]
        unit, best, gone_since = table[_Column.UNIT], table[_Column.BEST], table[_Column.GONE_SINCE]
        gone = unit - table[_Column.WORTH] >= table[_Column.OVER_WORTH]
        gone_since[gone & (gone_since == 0)] = now
        gone_since[~gone] = 0
        is_due = (table[_Column.IS_OFF] | table[_Column.IS_CLOSING]) > 0
        is_due |= unit >= table[_Column.TAKE_AT]
        is_due |= (best > table[_Column.COST]) & (unit * SHARES <= best * table[_Column.KEPT])
        is_due |= gone & (gone_since <= now - GONE_FOR)
        is_due |= table[_Column.TIME_AT] <= now
        is_due &= table[_Column.HELD_UNTIL] <= now
        is_due |= unit <= table[_Column.STOP_AT]
        is_due &= unit > 0
        return [self._rows[at] for at in np.flatnonzero(is_due).tolist()]

    def worths(self) -> Mapping[AccountId, Worth]:
        """What the accounts' positions are worth by their marks."""
        table = self._table[:, : len(self._rows)]
        values = table[_Column.SIZE] * table[_Column.MARK] // ONE_DOLLAR
        found = {}
        for account, number in self._accounts.items():
            own = np.where(table[_Column.ACCOUNT] == number, values, 0)
            unpaid = int(own @ table[_Column.IS_UNPAID])
            found[account] = Worth(Money(int(own.sum())), Money(unpaid))
        return found

    def _add(self, position: Position, rules: ExitRules, key: Key) -> Row:
        at = len(self._rows)
        if at == self._table.shape[1]:
            self._table = np.concatenate((self._table, np.zeros_like(self._table)), axis=1)
        row = Row(position, rules, at)
        self._rows.append(row)
        self._by_key[key] = row
        self._by_contract[key[1]] = (*self.rows_of(key[1]), row)
        self._table[:, at] = 0
        self._table[_Column.UNIT : _Column.WORTH + 1, at] = NOTHING, NOTHING, ENDLESS
        self._table[_Column.ACCOUNT, at] = self._accounts.setdefault(key[0], len(self._accounts))
        return row
