"""G2: one change of a book and its best, against the plainest list by tick there is, and against two libraries.

The libraries are optional peers (nautilus_trader, kalshi-simple-ws-orderbook): each is left out where it is not
installed. Every change is another one: a level behind the best, the best itself, levels that come and go.
"""

import random
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from importlib.util import find_spec

from _rows import report, timed

from app.domain.games import GameId
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.prices import CENT_GRID, BookId, LaneId, Listed, Nanos
from app.prices.books import Book
from app.prices.lanes import Lane

CHANGES = 50_000
UNIT = 1_000_000  # sizes are millionths of a contract
LISTED = Listed(BookId("kalshi:T"), VenueId("kalshi"), MarketId("T"), GameId("1"), ContractId("y"), ContractId("n"))

Change = tuple[bool, int, int]  # bid or ask, cents, contracts that lie there now


def changes(draw: random.Random) -> list[Change]:
    """As a market in play has them: most near the best, one in four takes a level away."""
    made: list[Change] = []
    for _ in range(CHANGES):
        is_bid = draw.random() < 0.5
        away = min(int(draw.expovariate(0.35)), 40)
        cents = 49 - away if is_bid else 51 + away
        made.append((is_bid, cents, 0 if draw.random() < 0.25 else draw.randrange(1, 5_000)))
    return made


class ListByTick:
    """The reference: a list of sizes a side, its best remembered. It is given what the book is given."""

    def __init__(self) -> None:
        self.bids, self.asks = [0] * 101, [0] * 101
        self.bid, self.ask = -1, 101

    def set(self, is_bid: bool, price: int, size: int) -> None:
        at = price // 100
        if is_bid:
            bids = self.bids
            bids[at] = size
            if size:
                if at > self.bid:
                    self.bid = at
            elif at == self.bid:
                while at >= 0 and not bids[at]:
                    at -= 1
                self.bid = at
        else:
            asks = self.asks
            asks[at] = size
            if size:
                if at < self.ask:
                    self.ask = at
            elif at == self.ask:
                while at < 101 and not asks[at]:
                    at += 1
                self.ask = at


def ours(made: Sequence[Change]) -> None:
    book = Book(LISTED, CENT_GRID, Lane(LaneId("kalshi:1"), Nanos(0), 1), Nanos(0))
    put = book.put
    for change in made:
        put(*change)


def list_by_tick(made: Sequence[Change]) -> None:
    book = ListByTick()
    put = book.set
    for change in made:
        put(*change)


def nautilus(made: Sequence[Change]) -> Callable[[], object]:
    """Each change is built as a delta and applied, and both bests are read, as its adapters do."""
    data, enums = import_module("nautilus_trader.model.data"), import_module("nautilus_trader.model.enums")
    objects, ids = import_module("nautilus_trader.model.objects"), import_module("nautilus_trader.model.identifiers")
    order_book = import_module("nautilus_trader.model.book").OrderBook
    instrument = ids.InstrumentId.from_str("T.KALSHI")
    action, side = enums.BookAction, enums.OrderSide

    def run() -> None:
        book = order_book(instrument, enums.BookType.L2_MBP)
        for number, (is_bid, cents, size) in enumerate(made):
            price = objects.Price.from_str(f"0.{cents:02d}")
            level = data.BookOrder(side.BUY if is_bid else side.SELL, price, objects.Quantity.from_int(size), cents)
            what = action.UPDATE if size else action.DELETE
            book.apply_delta(data.OrderBookDelta(instrument, what, level, 0, number, number, number))
            book.best_bid_price(), book.best_ask_price()

    return run


def kalshi_simple(made: Sequence[Change]) -> Callable[[], object]:
    """Its deltas are changes of a size; both bests are read after each."""
    manager_class = import_module("orderbook_manager").OrderbookManager
    deltas, there = [], dict[tuple[bool, int], int]()
    for is_bid, cents, size in made:
        price = cents if is_bid else 100 - cents
        change = size - there.get((is_bid, cents), 0)
        there[is_bid, cents] = size
        deltas.append({"market_ticker": "T", "price": price, "delta": change, "side": "yes" if is_bid else "no"})

    def run() -> None:
        manager = manager_class()
        manager.orderbooks["T"]  # as after a snapshot: it makes what it is asked for
        for delta in deltas:
            manager.handle_delta(delta)
            manager.get_best_prices("T")

    return run


PEERS = (
    ("nautilus_trader", "nautilus_trader", nautilus, 4),
    ("orderbook_manager", "kalshi-simple-ws-orderbook", kalshi_simple, 8),
)


if __name__ == "__main__":
    plain = changes(random.Random(1))
    made = [(is_bid, cents * 100, size * UNIT) for is_bid, cents, size in plain]
    mine, other = timed(partial(ours, made), partial(list_by_tick, made))
    report("G2", "book change and best / list by tick", mine / CHANGES * 1e6, other / CHANGES * 1e6, 1.5)
    for module, name, peer, times in PEERS:
        if find_spec(module) is None:
            print(f"G2   {name} is not installed: not compared", file=sys.stderr)
            continue
        mine, other = timed(partial(ours, made), peer(plain))
        report("G2", f"book change and best / {name}", mine / CHANGES * 1e6, other / CHANGES * 1e6, round(1 / times, 4))
