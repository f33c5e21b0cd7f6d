"""What a connection asks of Kalshi: each channel is told, step by step, of the markets that it should carry and does
not, or does and should not. Whatever goes wrong on the way, what is missing is asked for again."""

import asyncio
import itertools
from collections.abc import Iterable
from typing import Literal, NamedTuple

import msgspec

from app.sockets import Socket
from app.venues.kalshi import wire

Action = Literal["subscribe", "add_markets", "delete_markets", "get_snapshot"]

BOOKS = "orderbook_delta"
MARKETS_A_COMMAND = 100
FIRST_INTERVAL = 0.02  # seconds between two commands; doubled each time that Kalshi says they are too many
LONGEST_INTERVAL = 2.0
ANSWER_WITHIN = 3.0  # seconds, after which a command is taken as lost
LOST_AFTER = 0.5  # seconds, where frames are known to have been lost
UNANSWERED = 2  # commands in a row, after which the connection is worth nothing
TIMES_ASKED = 2  # for a snapshot; then the market is subscribed to anew


class Order(NamedTuple):
    """A command that was sent and not yet answered."""

    id: int
    action: Action
    tickers: tuple[str, ...]
    expires_at: float


class Channel:
    """One subscription. `chunk`: how many markets it is told of at once; halved after a refusal, down to the one market
    that Kalshi does not take."""

    def __init__(self, name: str, *, has_markets: bool = True) -> None:
        self.name = name
        self.has_markets = has_markets
        self.is_off = False  # Kalshi does not know it
        self.sid: int | None = None
        self.carried: dict[str, None] = {}
        self.missing: dict[str, None] = {}
        self.surplus: dict[str, None] = {}
        self.unshown: dict[str, None] = {}  # carried, and a snapshot is wanted
        self.chunk = MARKETS_A_COMMAND
        self.order: Order | None = None

    def begin(self, tickers: Iterable[str]) -> None:
        """On a new connection nothing is carried."""
        self.sid, self.order, self.chunk = None, None, MARKETS_A_COMMAND
        self.missing = dict.fromkeys(tickers) if self.has_markets else {}
        for forgotten in (self.carried, self.surplus, self.unshown):
            forgotten.clear()

    def step(self) -> tuple[Action, tuple[str, ...]] | None:
        """What to say next; None while there is nothing to say, or an answer is awaited."""
        if self.order is not None or self.is_off:
            return None
        if self.sid is None:
            ready = bool(self.missing) or not self.has_markets
            return ("subscribe", self._some(self.missing)) if ready else None
        steps: tuple[tuple[Action, dict[str, None]], ...] = (
            ("delete_markets", self.surplus),
            ("get_snapshot", self.unshown),
            ("add_markets", self.missing),
        )
        return next(((action, self._some(tickers)) for action, tickers in steps if tickers), None)

    def done(self) -> None:
        """The order was obeyed."""
        if self.order is None:
            return
        action, tickers = self.order.action, self.order.tickers
        note = {"delete_markets": self._note_gone, "get_snapshot": self._note_shown}.get(action, self._note_carried)
        for ticker in tickers:
            note(ticker)
        self.order, self.chunk = None, min(self.chunk * 2, MARKETS_A_COMMAND)

    def refuse(self) -> tuple[str, ...]:
        """The order will not be obeyed: the next one is smaller. The market that is given up, if it comes to that."""
        order, self.order = self.order, None
        if order is None:
            return ()
        if not order.tickers:
            self.is_off = True
        elif len(order.tickers) > 1:
            self.chunk = max(1, len(order.tickers) // 2)
        else:
            for tickers in (self.missing, self.surplus, self.unshown):
                tickers.pop(order.tickers[0], None)
            return order.tickers
        return ()

    def join(self, ticker: str) -> None:
        self.surplus.pop(ticker, None)
        if self.has_markets and ticker not in self.carried:
            self.missing[ticker] = None

    def leave(self, ticker: str) -> None:
        self.missing.pop(ticker, None)
        self.unshown.pop(ticker, None)
        if ticker in self.carried:
            self.surplus[ticker] = None

    def _note_carried(self, ticker: str) -> None:
        if ticker not in self.missing:  # it was left meanwhile
            self.surplus[ticker] = None
        self.missing.pop(ticker, None)
        self.carried[ticker] = None

    def _note_gone(self, ticker: str) -> None:
        if ticker not in self.surplus:  # it was joined again meanwhile
            self.missing[ticker] = None
        for known in (self.surplus, self.unshown, self.carried):
            known.pop(ticker, None)

    def _note_shown(self, ticker: str) -> None:
        self.unshown.pop(ticker, None)

    def _some(self, tickers: Iterable[str]) -> tuple[str, ...]:
        return tuple(itertools.islice(tickers, self.chunk))


class Subscriptions:
    """All channels of one connection. `untaken`: the markets whose books Kalshi does not let us have, until it does."""

    def __init__(self) -> None:
        self.untaken: set[str] = set()
        self._socket: Socket | None = None
        self._ids = itertools.count(1)
        self._interval = FIRST_INTERVAL
        self._next_at = 0.0
        self._timer: asyncio.Handle | None = None
        self._timer_at = 0.0
        self._asked: dict[str, int] = {}  # how often for a snapshot that did not come
        self._unanswered = 0
        self.books = Channel(BOOKS)
        self.channels = (
            self.books,
            Channel("ticker"),
            Channel("trade"),
            Channel("market_lifecycle_v2", has_markets=False),
        )

    def open(self, socket: Socket, tickers: Iterable[str]) -> None:
        """A new connection: everything is to be subscribed to."""
        wanted = tuple(tickers)
        self._socket, self._interval, self._next_at = socket, FIRST_INTERVAL, 0.0
        self._asked.clear()
        self.untaken.clear()
        self._unanswered = 0
        for channel in self.channels:
            channel.begin(wanted)
        self._pump()

    def close(self) -> None:
        """The connection is over."""
        self._socket = None
        self._stop_timer()

    def join(self, ticker: str) -> None:
        for channel in self.channels:
            channel.join(ticker)
        if ticker in self.books.carried:  # it was left a moment ago, and comes with no snapshot by itself
            self.books.unshown[ticker] = None
        self._pump_soon()

    def leave(self, ticker: str) -> None:
        self._asked.pop(ticker, None)
        self.untaken.discard(ticker)
        for channel in self.channels:
            channel.leave(ticker)
        self._pump_soon()

    def ask_for_snapshots(self, tickers: Iterable[str]) -> None:
        """What is not carried comes with one as soon as it is."""
        books = self.books
        for ticker in tickers:
            if ticker not in books.carried:
                books.missing[ticker] = None
                continue
            if ticker in books.unshown:
                continue
            asked = self._asked[ticker] = self._asked.get(ticker, 0) + 1
            if asked > TIMES_ASKED:
                books.surplus[ticker] = books.missing[ticker] = None
                self._asked.pop(ticker)
            else:
                books.unshown[ticker] = None
        self._pump_soon()

    def frames_were_lost(self) -> None:
        """Snapshots that were asked for may have been among them."""
        order = self.books.order
        if order is None or order.action != "get_snapshot":
            return
        if order.expires_at - asyncio.get_running_loop().time() < ANSWER_WITHIN - LOST_AFTER:
            self.books.order = None

    def was_shown(self, ticker: str) -> None:
        """The snapshot has come, whether or not the command was answered."""
        books = self.books
        self._asked.pop(ticker, None)
        self.untaken.discard(ticker)
        books.unshown.pop(ticker, None)
        order = books.order
        if order and order.action == "get_snapshot" and books.unshown.keys().isdisjoint(order.tickers):
            books.done()
            self._unanswered = 0
            self._pump_soon()

    def subscribed(self, order_id: int | None, name: str, sid: int) -> None:
        """A channel is open."""
        for channel in self.channels:
            if channel.name == name:
                channel.sid = sid
                if channel.order is not None and order_id in (None, channel.order.id):
                    channel.done()
        self._pump_soon()

    def obeyed(self, order_id: int | None) -> None:
        """A command was carried out."""
        if (channel := self._of(order_id)) is not None:
            channel.done()
        self._pump_soon()

    def refused(self, order_id: int | None) -> None:
        """A command was not carried out, and will not be as it stands."""
        if (channel := self._of(order_id)) is not None:
            given_up = channel.refuse()
            if channel is self.books:
                self.untaken.update(given_up)
        self._pump_soon()

    def put_off(self, order_id: int | None) -> int:
        """A command was not carried out, and will be asked again or elsewhere. How many markets its channel has."""
        if (channel := self._of(order_id)) is None:
            return 0
        channel.order = None
        return len(channel.carried)

    def slow_down(self, order_id: int | None) -> None:
        """The commands come too fast: the same again, later."""
        self._interval = min(self._interval * 2, LONGEST_INTERVAL)
        self._next_at = asyncio.get_running_loop().time() + self._interval
        self.put_off(order_id)
        self._pump_soon()

    def _of(self, order_id: int | None) -> Channel | None:
        self._unanswered = 0
        waiting = [channel for channel in self.channels if channel.order is not None]
        if order_id is None:  # nobody is named: it can only be the one, if there is but one
            return waiting[0] if len(waiting) == 1 else None
        return next((channel for channel in waiting if channel.order and channel.order.id == order_id), None)

    def _pump_soon(self, seconds: float = 0.0) -> None:
        """Once for all that is wanted by then."""
        if self._socket is None:
            return
        loop = asyncio.get_running_loop()
        at = loop.time() + seconds
        if self._timer is not None and self._timer_at <= at:
            return
        self._stop_timer()
        self._timer, self._timer_at = loop.call_later(seconds, self._pump), at

    def _pump(self) -> None:
        self._timer = None
        if self._socket is not None:
            self._say_next(self._socket)

    def _say_next(self, socket: Socket) -> None:
        now = asyncio.get_running_loop().time()
        for channel in self.channels:
            if channel.order is not None and channel.order.expires_at <= now:
                channel.order = None
                self._unanswered += 1
                if self._unanswered >= UNANSWERED:
                    socket.close()
                    return
            if (step := channel.step()) is None:
                continue
            if now < self._next_at:
                self._pump_soon(self._next_at - now)
                return
            self._next_at = now + self._interval
            channel.order = Order(next(self._ids), *step, now + ANSWER_WITHIN)
            socket.send(msgspec.json.encode(_command(channel.order, channel)))
        if any(channel.order for channel in self.channels):
            self._pump_soon(ANSWER_WITHIN)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _command(order: Order, channel: Channel) -> wire.Command:
    """The way in which the other side's levels are quoted is said each time: the default is announced to turn round."""
    use_yes_price = False if channel.name == BOOKS and order.action != "delete_markets" else None
    if channel.sid is None:
        params = wire.CommandParams(channels=(channel.name,), market_tickers=order.tickers, use_yes_price=use_yes_price)
        return wire.Command(id=order.id, cmd="subscribe", params=params)
    params = wire.CommandParams(
        sids=(channel.sid,), market_tickers=order.tickers, action=order.action, use_yes_price=use_yes_price
    )
    return wire.Command(id=order.id, cmd="update_subscription", params=params)
