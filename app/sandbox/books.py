"""One market's book as it goes from level to level, and what it was at each step."""

from collections import deque
from collections.abc import Iterator

import msgspec

from app.sandbox.grids import DOLLAR, Grid
from app.sandbox.makers import Ladder
from app.sandbox.markets import Market

REMEMBERED_FOR = 120_000  # milliseconds before the last change: whoever hears of one asks at once, or nearly
REMEMBERED = 1_200  # changes of one book at most, however busy it is

CROSSING = 50_000  # hundredths of contracts of what cannot be


class Change(msgspec.Struct, frozen=True, gc=False):
    """One level: hundredths of a contract before and after."""

    is_bid: bool
    price: int
    before: int
    after: int


class Book:
    """What stands in the book now. `version` counts changes; `at` is when the last one happened, unix milliseconds."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.bids: dict[int, int] = {}  # in no order
        self.asks: dict[int, int] = {}
        self.grid: Grid = market.grid
        self.at = 0
        self.version = 0
        self.is_open = False
        self.last = 0  # price of the last trade
        self.last_size = 0
        self.volume = 0  # hundredths of contracts traded since somebody looked
        self._log: deque[Change] = deque(maxlen=REMEMBERED)
        self._moments: deque[int] = deque(maxlen=REMEMBERED)  # of these

    @property
    def best_bid(self) -> int:
        """0: nobody bids."""
        return max(self.bids, default=0)

    @property
    def best_ask(self) -> int:
        """A dollar: nobody asks."""
        return min(self.asks, default=DOLLAR)

    @property
    def oldest(self) -> int:
        """The first version that is remembered."""
        return self.version - len(self._log)

    def changes_to(self, ladder: Ladder | None) -> tuple[list[Change], list[Change]]:
        """Level by level to what is to stand here: first what goes, so that bids never meet asks, then what comes."""
        bids, asks = (ladder.bids, ladder.asks) if ladder else ({}, {})
        found = [*_changes(self.bids, bids, is_bid=True), *_changes(self.asks, asks, is_bid=False)]
        goes = [change for change in found if change.after < change.before]
        return goes, [change for change in found if change.after > change.before]

    def apply(self, change: Change, at: int) -> bool:
        """Take one step. True when it means that somebody took from the best level, not that it was withdrawn."""
        _put(self.bids if change.is_bid else self.asks, change.price, change.after)
        self._log.append(change)
        self.version += 1
        self.at = max(self.at, at)
        self._moments.append(self.at)
        self._forget()
        if not self._is_trade(change):
            return False
        self.last = change.price
        self.last_size = change.before - change.after
        self.volume += self.last_size
        return True

    def _forget(self) -> None:
        while self._moments[0] < self.at - REMEMBERED_FOR:
            self._moments.popleft()
            self._log.popleft()

    def _is_trade(self, change: Change) -> bool:
        taken = change.before - change.after
        best = self.best_bid if change.is_bid else self.best_ask
        return 0 < taken < change.before and change.price == best and taken % 3 != 0

    def crossing(self) -> Change | None:
        """What cannot be: an offer to sell where somebody buys, or the reverse; None when nobody is there to cross."""
        if self.bids:
            return Change(False, self.best_bid, 0, CROSSING)
        return Change(True, self.best_ask, 0, CROSSING) if self.asks else None

    def levels_at(self, version: int) -> tuple[dict[int, int], dict[int, int]] | None:
        """Bids and asks as they were then; None when that is forgotten, or has not been yet."""
        steps = self.version - version
        if not 0 <= steps <= len(self._log):
            return None
        bids, asks = dict(self.bids), dict(self.asks)
        for place in range(1, steps + 1):
            change = self._log[-place]
            _put(bids if change.is_bid else asks, change.price, change.before)
        return bids, asks


def _changes(now: dict[int, int], then: dict[int, int], *, is_bid: bool) -> Iterator[Change]:
    for price, size in now.items():
        if then.get(price, 0) != size:
            yield Change(is_bid, price, size, then.get(price, 0))
    for price, size in then.items():
        if price not in now:
            yield Change(is_bid, price, 0, size)


def _put(levels: dict[int, int], price: int, size: int) -> None:
    if size:
        levels[price] = size
    else:
        levels.pop(price, None)
