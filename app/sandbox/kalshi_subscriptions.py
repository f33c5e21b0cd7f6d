"""What one subscription over Kalshi's socket is told: books, best prices, trades, the ends of markets."""

from collections.abc import Iterable

from app.sandbox import kalshi_frames as frames
from app.sandbox.books import Book, Change
from app.sandbox.exchanges import Exchange
from app.sandbox.grids import Grid
from app.sandbox.markets import Market
from app.sandbox.marks import SequenceMarks
from app.sandbox.messages import Message
from app.sandbox.outlets import Outlet


class Subscription:
    """One channel with its markets; hears of their books, and by itself says nothing."""

    channel = ""

    def __init__(self, sid: int, outlet: Outlet, exchange: Exchange) -> None:
        self.sid = sid
        self.markets: dict[str, Market] = {}
        self._seq = 0
        self._outlet = outlet
        self._exchange = exchange

    def add(self, markets: Iterable[Market], *, is_shown: bool) -> None:
        """Follow these too, and say first how they stand: no change of a book comes before all of it."""
        for market in markets:
            book = None if market.id in self.markets else self._exchange.book(market.id)
            if book is None:
                continue
            self.markets[market.id] = market
            self._exchange.follow(market, self)
            if is_shown and not self._exchange.is_silent:
                self._show(book)

    def remove(self, markets: Iterable[Market]) -> None:
        """Follow these no more."""
        for market in markets:
            if self.markets.pop(market.id, None):
                self._exchange.leave(market, self)

    def close(self) -> None:
        self.remove(tuple(self.markets.values()))

    def show(self, markets: Iterable[Market]) -> None:
        """Say how these stand that are followed, where the channel has such a message."""
        books = [self._exchange.book(market.id) for market in markets if market.id in self.markets]
        for book in books if not self._exchange.is_silent else ():
            if book:
                self._show(book)

    def _show(self, book: Book) -> None:
        """Nothing to say about it on most channels."""

    def next_seq(self) -> int:
        """Counts over all markets, and over answers to commands."""
        self._seq += 1
        return self._seq

    def level_changed(self, book: Book, change: Change, *, is_trade: bool) -> None:
        """Nothing to say about it on most channels."""

    def grid_changed(self, book: Book, before: Grid) -> None:
        """Kalshi's grids stay as they are."""

    def looked(self, book: Book) -> None:
        """Nothing to say about it on most channels."""


class BookSubscription(Subscription):
    """Snapshots, and every change of a level."""

    channel = "orderbook_delta"

    def __init__(self, sid: int, outlet: Outlet, exchange: Exchange, marks: SequenceMarks, in_yes_prices: bool) -> None:
        super().__init__(sid, outlet, exchange)
        self._marks = marks
        self._in_yes_prices = in_yes_prices

    def level_changed(self, book: Book, change: Change, *, is_trade: bool) -> None:
        self._delta(book, change)
        crossing = book.crossing()
        if crossing and self._outlet.is_to_cross(book.market.id):
            self._delta(book, crossing)

    def _show(self, book: Book) -> None:
        seq = self._mark(book)
        text = frames.snapshot(self.sid, seq, book.market, book.bids, book.asks, in_yes_prices=self._in_yes_prices)
        self._outlet.say(text, book.market.id)

    def _delta(self, book: Book, change: Change) -> None:
        seq = self._mark(book)
        text = frames.delta(self.sid, seq, book.market, change, book.at, in_yes_prices=self._in_yes_prices)
        self._outlet.say(text, book.market.id)

    def _mark(self, book: Book) -> int:
        seq = self.next_seq()
        self._marks.note(self.sid, seq, book.market.id, book.version)
        return seq


class TickerSubscription(Subscription):
    """The best prices, whenever they or what was traded have changed."""

    channel = "ticker"

    def __init__(self, sid: int, outlet: Outlet, exchange: Exchange) -> None:
        super().__init__(sid, outlet, exchange)
        self._said: dict[str, tuple[int, ...]] = {}

    def _show(self, book: Book) -> None:
        self._outlet.say(frames.ticker(self.sid, book), book.market.id)

    def looked(self, book: Book) -> None:
        bid, ask = book.best_bid, book.best_ask
        top = bid, ask, book.bids.get(bid, 0), book.asks.get(ask, 0), book.volume
        if self._said.get(book.market.id) != top:
            self._said[book.market.id] = top
            self._outlet.say(frames.ticker(self.sid, book), book.market.id)


class TradeSubscription(Subscription):
    """Every trade."""

    channel = "trade"

    def level_changed(self, book: Book, change: Change, *, is_trade: bool) -> None:
        if is_trade:
            self._outlet.say(frames.trade(self.sid, book, change), book.market.id)


class LifecycleSubscription(Subscription):
    """The ends of all markets of the venue, whichever are asked for."""

    channel = "market_lifecycle_v2"

    def add(self, markets: Iterable[Market], *, is_shown: bool) -> None:
        """They are all followed."""

    def tell(self, message: Message) -> None:
        """A market was determined, or settled."""
        self._outlet.say(frames.lifecycle(self.sid, self.next_seq(), message), str(message["market_ticker"]))
