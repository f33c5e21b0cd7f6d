"""One connection to Kalshi: frames → what the trading core is told. It keeps no book; it knows which books the next
frame may change, because all of their subscription up to it has come."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NoReturn

from app.domain.inputs import Added, Cut, Doubted, Heard, Snapshot
from app.domain.parsing import NOT_READABLE
from app.domain.prices import MILLISECOND, BookId, Doubt, LaneId, Nanos, lane_id
from app.errors import BadInput
from app.ports import Put
from app.sockets import Socket, SocketLost, hold_socket, keep_socket
from app.venues.kalshi import wire
from app.venues.kalshi.markets import KALSHI
from app.venues.kalshi.numbers import CHANGES, MIRRORED, PRICES, read_asks, read_bids
from app.venues.kalshi.subscriptions import BOOKS, Subscriptions
from app.venues.kalshi.updates import CHANGES_OF_TERMS, ENDS_TRADING, RESUMES_TRADING, named_by, traded_by
from app.venues.kalshi.wire import DeltaFrame

ANY = -1  # the next sequence number is not known
UNREADABLE_AT_MOST = 5  # frames since the last good one; then the connection is worth nothing
MOST_KINDS = 50  # of frames that are refused by name

BUFFER_OVERFLOW, TOO_MANY_MARKETS = 25, 26  # codes of errors
START_OVER = frozenset({6, 7, 9, 12, BUFFER_OVERFLOW})  # what we know of the subscriptions is not so, or no longer
ASK_AGAIN = frozenset({1, 10, 17, 18, 27})  # the host is not able now, or asked too often

_FRAMES_OF_BOOKS = frozenset({"orderbook_snapshot", "orderbook_delta", "subscribed", "unsubscribed", "ok", "error"})
_OTHER_FRAMES = frozenset({"ticker", "trade", "market_lifecycle_v2"})
LANES = itertools.count(1)  # no two subscriptions of this process have one name


class Connection:
    """The markets of one socket. `on_terms` is told of a market whose listing may have changed, `on_full` that Kalshi
    lets one connection have no more than so many."""

    def __init__(
        self,
        capacity: int,
        put: Put,
        now: Callable[[], Nanos],
        counts: Counter[str],
        on_terms: Callable[[str], None],
        on_full: Callable[["Connection", int], None],
        lanes: Iterator[int] = LANES,
    ) -> None:
        self.capacity = capacity
        self._put = put
        self._now = now
        self._counts = counts
        self._on_terms = on_terms
        self._on_full = on_full
        self._lanes = lanes
        self._socket: Socket | None = None
        self._subscriptions = Subscriptions()
        self._decode = wire.FRAME.decode
        self._current: dict[str, BookId] = {}  # by ticker: every change since the snapshot has come
        self._paused: set[str] = set()
        self._sid = 0  # of the subscription to books
        self._mark = ""
        self._expected = ANY  # sequence number
        self._resumed_at = ANY  # what it was when a frame last took the long way
        self._frames = 0
        self._unread = 0
        self.lane: LaneId | None = None
        self.books: dict[str, BookId] = {}  # by ticker
        self.heard_at = Nanos(0)  # from the subscription to books
        self._why = ""  # we gave it up
        self._trouble = ""  # why it was lost, until it is open again
        self._handlers = self._by_kind()

    async def keep(self, url: str, headers: Callable[[], Mapping[str, str]], longest_wait: float) -> NoReturn:
        """Hold connections one after another, for ever."""

        async def hold() -> NoReturn:
            try:
                await hold_socket(url, self.hear, self.open, headers=headers, now=self._now)
            finally:
                self._close()

        await keep_socket(hold, self._lose, longest_wait=longest_wait)

    def open(self, socket: Socket) -> None:
        """A socket is there: subscribe to everything."""
        self._counts["connections"] += 1
        self._socket, self._unread = socket, 0
        self._trouble = self._why = ""
        self._subscriptions.open(socket, self.books)
        for ticker in self.books:
            self._on_terms(ticker)  # it may have been paused, unheard by us

    def hear(self, payload: bytes, received_at: Nanos) -> None:
        """One frame. The socket's callback comes in here, and a change of a level goes straight on to the core."""
        try:
            frame = self._decode(payload)
        except NOT_READABLE:
            self._refuse(payload, received_at)
            return
        if type(frame) is DeltaFrame and (seq := frame.seq) == self._expected and frame.sid == self._sid:
            told = frame.msg
            try:
                book_id = self._current[told.market_ticker]
            except KeyError:
                self._frames += 1
                self._drop(frame, received_at)
                return
            self._expected = seq + 1
            self.heard_at = received_at
            is_bid = told.side == "yes"
            try:
                price = (PRICES if is_bid else MIRRORED)[told.price_dollars]
                change = CHANGES[told.delta_fp]
            except BadInput:
                self._doubt(told.market_ticker, "garbage", received_at)
                return
            at: Nanos = told.ts_ms * MILLISECOND  # type: ignore[assignment]  # a call of Nanos costs 5 %
            self._put(Added(book_id, is_bid, price, change, at, received_at, seq, self._mark))
            return
        self._frames += 1
        self._handlers[type(frame)](frame, received_at)

    @property
    def frames(self) -> int:
        """How many have come. Of changes that go straight on only the sequence is counted."""
        return self._frames + self._expected - self._resumed_at

    @property
    def trouble(self) -> str:
        """What stands in the way now; empty when nothing does."""
        untaken = len(self._subscriptions.untaken)
        return self._trouble or (f"Kalshi shows no books of {untaken} markets" if untaken else "")

    def is_current(self, ticker: str) -> bool:
        """Whether the core knows the market's book as the venue tells it."""
        return ticker in self._current

    def join(self, ticker: str, book_id: BookId) -> None:
        """Carry one more market."""
        self.books[ticker] = book_id
        self._subscriptions.join(ticker)

    def leave(self, ticker: str) -> None:
        """Carry a market no longer."""
        self.books.pop(ticker, None)
        self._current.pop(ticker, None)
        self._paused.discard(ticker)
        self._subscriptions.leave(ticker)

    def resync(self, ticker: str) -> None:
        """The core doubts a book: nothing changes it until its next snapshot."""
        self._current.pop(ticker, None)
        if ticker not in self._paused:
            self._subscriptions.ask_for_snapshots((ticker,))

    def reopen(self, why: str) -> None:
        """Begin anew with another socket."""
        if self._socket is not None:
            self._why = why
            self._socket.close()

    def trades(self, ticker: str, *, is_trading: bool) -> None:
        """A market's trading stops, or goes on: then its orders may be gone."""
        if ticker in self.books and is_trading == (ticker in self._paused):
            if is_trading:
                self._paused.discard(ticker)
                self._subscriptions.ask_for_snapshots((ticker,))
            else:
                self._paused.add(ticker)
                self._doubt(ticker, "paused", self._now())

    def surplus(self, capacity: int) -> Sequence[str]:
        """The markets beyond so many; those that are carried stay."""
        carried = self._subscriptions.books.carried
        ordered = sorted(self.books, key=lambda ticker: ticker not in carried)
        return ordered[capacity:]

    # Frames

    def _by_kind(self) -> dict[type, Callable[..., None]]:
        return {
            DeltaFrame: self._drop,
            wire.SnapshotFrame: self._load,
            wire.TickerFrame: self._name,
            wire.TradeFrame: self._trade,
            wire.LifecycleFrame: self._live,
            wire.SubscribedFrame: self._subscribed,
            wire.UnsubscribedFrame: self._answered,
            wire.OkFrame: self._answered,
            wire.ErrorFrame: self._failed,
        }

    def _drop(self, frame: DeltaFrame, received_at: Nanos) -> None:
        """A change that is out of sequence, or of a book that is none yet."""
        if self._is_in_sequence(frame.sid, frame.seq, received_at):
            self._counts["dropped_changes"] += 1
            self._hear_from_lane(received_at)

    def _load(self, frame: wire.SnapshotFrame, received_at: Nanos) -> None:
        if self.lane is None:
            self._begin_lane(frame.sid)
        is_of_now = frame.sid == self._sid and frame.seq == self._expected - 1  # nothing has happened since
        if self.lane is None or not (is_of_now or self._is_in_sequence(frame.sid, frame.seq, received_at)):
            return
        self.heard_at = received_at
        ticker = frame.msg.market_ticker
        book_id = self.books.get(ticker)
        self._subscriptions.was_shown(ticker)
        if book_id is None or ticker in self._paused:
            self._counts["unwanted_snapshots"] += 1
            return
        try:
            bids, asks = read_bids(frame.msg.yes_dollars_fp), read_asks(frame.msg.no_dollars_fp)
        except BadInput:
            self._doubt(ticker, "garbage", received_at)
            return
        self._current[ticker] = book_id  # first: the core may doubt what it sees
        self._put(Snapshot(book_id, self.lane, bids, asks, Nanos(0), received_at, frame.seq, self._mark))

    def _name(self, frame: wire.TickerFrame, received_at: Nanos) -> None:
        book_id = self._current.get(frame.msg.market_ticker)
        if book_id is not None and (named := named_by(frame.msg, book_id, received_at)):
            self._put(named)

    def _trade(self, frame: wire.TradeFrame, received_at: Nanos) -> None:
        book_id = self.books.get(frame.msg.market_ticker)
        if book_id is not None and (traded := traded_by(frame.msg, book_id, received_at)):
            self._put(traded)

    def _live(self, frame: wire.LifecycleFrame, _: Nanos) -> None:
        ticker, happened = frame.msg.market_ticker, frame.msg.event_type
        if ticker not in self.books:  # it tells of every market that Kalshi has
            return
        self._count_kind("lifecycle", happened)
        if happened in ENDS_TRADING:
            self.trades(ticker, is_trading=False)
        elif happened in RESUMES_TRADING:
            self.trades(ticker, is_trading=True)
        elif happened in CHANGES_OF_TERMS:
            self._on_terms(ticker)

    def _subscribed(self, frame: wire.SubscribedFrame, _: Nanos) -> None:
        told = frame.msg
        if told.sid is None or told.channel is None:
            return
        if told.channel == BOOKS and told.sid != self._sid:
            self._begin_lane(told.sid)
        self._subscriptions.subscribed(frame.id, told.channel, told.sid)

    def _answered(self, frame: wire.OkFrame | wire.UnsubscribedFrame, received_at: Nanos) -> None:
        if frame.sid == self._sid and frame.seq is not None:
            self._is_in_sequence(frame.sid, frame.seq, received_at)
            self._hear_from_lane(received_at)
        self._subscriptions.obeyed(frame.id)

    def _failed(self, frame: wire.ErrorFrame, _: Nanos) -> None:
        code = frame.msg.code or 0
        self._counts[f"errors_{code}"] += 1
        if code in START_OVER:
            self.reopen(f"Kalshi ended it with error {code} {frame.msg.msg or ''}".rstrip())
        elif code == TOO_MANY_MARKETS:
            if most := self._subscriptions.put_off(frame.id):
                self._on_full(self, most)
            else:
                self._subscriptions.refused(frame.id)
        elif code in ASK_AGAIN:
            self._subscriptions.slow_down(frame.id)
        else:
            self._subscriptions.refused(frame.id)

    # What is known of the subscription to books

    def _is_in_sequence(self, sid: int, seq: int, received_at: Nanos) -> bool:
        """Whether to heed a frame: all before it have come, or that they did not has been said."""
        if sid != self._sid:
            self._counts["of_another_subscription"] += 1
            return False
        if seq == self._expected - 1 and self._expected != ANY:
            self._counts["duplicates"] += 1
            return False
        if seq != self._expected != ANY:
            self._counts["gaps" if seq > self._expected else "restarted_sequences"] += 1
            self._cut("gap", received_at)
        self._resume(seq + 1)
        self._unread = 0
        return True

    def _resume(self, expected: int) -> None:
        """Go on from another sequence number than the one after the last change."""
        self._frames += self._expected - self._resumed_at
        self._expected = self._resumed_at = expected

    def _begin_lane(self, sid: int) -> None:
        if self.lane is not None:
            self._put(Cut(self.lane, "disconnected", self._now()))
        self._sid, self._mark = sid, str(sid)
        self._resume(ANY)
        self.lane = lane_id(KALSHI, next(self._lanes), self._now())
        self._current.clear()

    def _hear_from_lane(self, received_at: Nanos) -> None:
        if self.lane is not None:
            self.heard_at = received_at
            self._put(Heard(self.lane, received_at))

    def _cut(self, doubt: Doubt, received_at: Nanos) -> None:
        """Changes were missed: every book of the subscription is to be shown again."""
        self._current.clear()
        if self.lane is not None:
            self._put(Cut(self.lane, doubt, received_at))
        self._subscriptions.frames_were_lost()
        self._subscriptions.ask_for_snapshots(ticker for ticker in self.books if ticker not in self._paused)

    def _doubt(self, ticker: str, doubt: Doubt, received_at: Nanos) -> None:
        self._counts[f"doubted_{doubt}"] += 1
        self._current.pop(ticker, None)
        if (book_id := self.books.get(ticker)) is not None:
            self._put(Doubted(book_id, doubt, received_at))

    def _refuse(self, payload: bytes, received_at: Nanos) -> None:
        """A frame that cannot be read: of a kind that we have no use for, or one that may have changed any book."""
        self._frames += 1
        try:
            frame = wire.ANY_FRAME.decode(payload)
        except NOT_READABLE:
            frame = None
        if frame is not None and frame.type not in _FRAMES_OF_BOOKS:
            self._count_kind("refused" if frame.type not in _OTHER_FRAMES else "unreadable", frame.type)
            if frame.sid == self._sid and frame.seq is not None:
                self._is_in_sequence(self._sid, frame.seq, received_at)
            return
        self._counts["garbage"] += 1
        self._unread += 1
        self._cut("garbage", received_at)
        self._resume(ANY)  # it may or may not have been counted
        if self._unread > UNREADABLE_AT_MOST:
            self.reopen("one frame after another cannot be read")

    def _count_kind(self, what: str, kind: str) -> None:
        name = f"{what}_{kind}"
        is_known = name in self._counts or (kind.isidentifier() and len(self._counts) < MOST_KINDS)
        self._counts[name if is_known else f"{what}_other"] += 1

    def _close(self) -> None:
        """The socket is gone, for whatever reason."""
        self._socket = None
        self._subscriptions.close()
        self._current.clear()
        self._sid = 0
        self._resume(ANY)
        if self.lane is not None:
            self._put(Cut(self.lane, "disconnected", self._now()))
        self.lane = None

    def _lose(self, lost: SocketLost) -> None:
        self._counts["lost_connections"] += 1
        key = "Kalshi does not accept the key: " if lost.status in (401, 403) else "Kalshi's socket: "
        self._trouble = f"{key}{self._why or lost}"
