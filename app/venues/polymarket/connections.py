"""One connection to the market channel, with the markets that it carries."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial

import msgspec

from app.domain.inputs import Cut
from app.domain.prices import SECOND, BookId, LaneId, Nanos, lane_id
from app.ports import Put
from app.settings import PolymarketSettings
from app.sockets import Socket, SocketLost, hold_socket, keep_socket
from app.venues.polymarket import wire
from app.venues.polymarket.amounts import Amounts
from app.venues.polymarket.markets import POLYMARKET
from app.venues.polymarket.pairs import Pair
from app.venues.polymarket.updates import Reader

PING = b"PING"  # in text: the venue's own way
PING_EVERY = 8.0  # seconds; it asks for one in ten
PONG_WITHIN = 30 * SECOND
NO_OTHER_PINGS = 600.0  # seconds: never, as PONGs come in between
GATHER = 0.05  # seconds in which what is asked for is put together
OWED_OFTEN = 3  # times that a snapshot was asked for in vain, before the connection is at fault


class Connection:
    """Holds a socket as long as it runs. Each socket is a lane of its own: what was told over the one before is cut."""

    def __init__(
        self,
        numbers: Iterator[int],
        settings: PolymarketSettings,
        put: Put,
        now: Callable[[], Nanos],
        amounts: Amounts,
        counts: Counter[str],
    ) -> None:
        self._numbers = numbers
        self.books: dict[BookId, Pair] = {}
        self.trouble = ""  # why it was lost, until it is open again
        self._settings = settings
        self._put = put
        self._now = now
        self._counts = counts
        self._pairs: dict[str, Pair] = {}  # by token
        self.reader = Reader(self._next_lane(), self._pairs, put, amounts, counts)
        self._socket: Socket | None = None
        self._opened_at = Nanos(0)
        self._wanted: set[str] = set()  # tokens to subscribe to
        self._unwanted: set[str] = set()
        self._flush: asyncio.TimerHandle | None = None

    @property
    def lane(self) -> LaneId:
        """Of the socket that is open, or was last."""
        return self.reader.lane

    @property
    def has_room(self) -> bool:
        return len(self.books) < self._settings.books_a_connection

    def is_quiet(self, now: Nanos, nanos: float) -> bool:
        """Whether it has carried nothing about its markets for so long."""
        return now - self.reader.heard_at >= nanos

    def add(self, pair: Pair) -> None:
        """Carry this market too."""
        pair.has_book = False
        self.books[pair.book_id] = pair
        self._pairs |= dict.fromkeys(pair.tokens, pair)
        self._ask(pair.tokens)

    def remove(self, book_id: BookId) -> None:
        """Carry it no longer."""
        pair = self.books.pop(book_id)
        for token in pair.tokens:
            del self._pairs[token]
        self._wanted -= {*pair.tokens}
        self._unwanted |= {*pair.tokens}
        self._ask(())

    def resync(self, book_id: BookId) -> None:
        """Ask for the book anew: only a new subscription brings one. When that was in vain, open another connection."""
        pair = self.books[book_id]
        if self._socket is None:
            return
        pair.has_book = False
        pair.asked += 1
        if pair.asked > OWED_OFTEN and pair.is_shown:
            pair.asked = 0
            self.reopen()
            return
        self._unwanted |= {*pair.tokens}
        self._ask(pair.tokens)

    def reopen(self) -> None:
        """End this socket; another is opened at once."""
        if self._socket is not None:
            self._socket.close()

    async def run(self) -> None:
        """Until cancelled; then everything that it carried is cut."""
        proxy = self._settings.proxy
        hold = partial(
            hold_socket,
            self._settings.socket_url,
            self.reader.read,
            self._opened,
            now=self._now,
            proxy=None if proxy is None else proxy.get_secret_value(),
            ping_every=NO_OTHER_PINGS,
            open_within=self._settings.timeout,
        )
        pinging = asyncio.create_task(self._keep_pinging())
        try:
            await keep_socket(hold, self._lost, longest_wait=self._settings.longest_wait)
        finally:
            pinging.cancel()
            self._close_books()

    def _opened(self, socket: Socket) -> None:
        self._socket, self._opened_at, self.reader.lane = socket, self._now(), self._next_lane()
        self._counts["connections"] += 1
        self.trouble = ""
        self._wanted.clear()
        self._unwanted.clear()
        socket.send(msgspec.json.encode(wire.Subscription(list(self._pairs))))

    def _next_lane(self) -> LaneId:
        return lane_id(POLYMARKET, next(self._numbers), self._now())

    def _lost(self, lost: SocketLost) -> None:
        self._counts["connections_lost"] += 1
        self.trouble = str(lost)
        self._close_books()

    def _close_books(self) -> None:
        self._socket = None
        for pair in self.books.values():
            pair.has_book = False
        self._put(Cut(self.lane, "disconnected", self._now()))

    async def _keep_pinging(self) -> None:
        while True:
            await asyncio.sleep(PING_EVERY)
            if self._socket is None:
                continue
            if self._now() - max(self.reader.ponged_at, self._opened_at) > PONG_WITHIN:
                self._counts["pongs_missed"] += 1
                self._socket.close()
            else:
                self._socket.send(PING)

    def _ask(self, tokens: Iterable[str]) -> None:
        """What is asked for within a moment goes in one message: a whole slate is followed, or cut, at once."""
        self._wanted.update(tokens)
        if self._socket is not None and self._flush is None:
            self._flush = asyncio.get_running_loop().call_later(GATHER, self._send)

    def _send(self) -> None:
        self._flush = None
        if self._socket is None:
            return
        for tokens, operation, features in (
            (self._unwanted, "unsubscribe", None),
            (self._wanted, "subscribe", True),
        ):
            if tokens:
                self._socket.send(msgspec.json.encode(wire.Operation(operation, sorted(tokens), features)))
            tokens.clear()
