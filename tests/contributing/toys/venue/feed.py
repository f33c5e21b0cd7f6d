"""The toy venue's prices: one socket, a whole book in each message, and a word a second when nothing changes."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import NoReturn

import msgspec

from app.domain.inputs import Cut, Dropped, Followed, Heard
from app.domain.markets import MarketId, VenueId
from app.domain.prices import CENT_GRID, BookId, Doubt, LaneId, Listed, Nanos, lane_id
from app.ports import Put
from app.settings import ToySettings
from app.sockets import Socket, SocketLost, hold_socket, keep_socket
from app.venues.toy import wire
from app.venues.toy.translate import TOY, snapshot


class ToyFeed:
    """Follows any number of markets over one connection."""

    venue: VenueId = TOY

    def __init__(self, settings: ToySettings, put: Put, now: Callable[[], Nanos]) -> None:
        self._settings = settings
        self._put = put
        self._now = now
        self._counts: Counter[str] = Counter()
        self._numbers = count(1)
        self._followed: dict[MarketId, Listed] = {}
        self._lane = LaneId("")
        self._socket: Socket | None = None
        self.trouble = ""

    @property
    def counts(self) -> Mapping[str, int]:
        """Frames and connections since the start."""
        return self._counts

    async def follow(self, listed: Sequence[Listed], live: frozenset[BookId]) -> None:
        """These books and no others from now on."""
        wanted = {one.market_id: one for one in listed}
        for market_id in self._followed.keys() - wanted.keys():
            self._put(Dropped(self._followed[market_id].book_id, self._now()))
        joined = [one for name, one in wanted.items() if self._followed.get(name) != one]
        for one in joined:
            self._put(Followed(one, CENT_GRID, self._now()))
        self._followed = wanted
        self._ask([one.market_id for one in joined])

    def resync(self, book_id: BookId, doubt: Doubt) -> None:
        """The core doubts this book: the venue tells it anew when it is asked for again."""
        self._ask([one.market_id for one in self._followed.values() if one.book_id == book_id])

    def reopen(self, lane: LaneId) -> None:
        """The core hears nothing from this lane."""
        if self._socket is not None and lane == self._lane:
            self._socket.close()

    async def run(self) -> None:
        """Hold the connection until cancelled."""
        await keep_socket(self._hold, self._note_lost, longest_wait=self._settings.longest_wait)

    async def _hold(self) -> NoReturn:
        await hold_socket(self._settings.socket_url, self._read, self._note_open, now=self._now)

    def _note_open(self, socket: Socket) -> None:
        self._socket, self.trouble = socket, ""
        self._lane = lane_id(TOY, next(self._numbers), self._now())
        self._counts["connections"] += 1
        self._ask(list(self._followed))

    def _note_lost(self, lost: SocketLost) -> None:
        self._socket, self.trouble = None, str(lost)
        self._put(Cut(self._lane, "disconnected", self._now()))

    def _ask(self, market_ids: Sequence[MarketId]) -> None:
        if self._socket is not None and market_ids:
            self._socket.send(msgspec.json.encode({"follow": market_ids}))

    def _read(self, frame: bytes, received_at: Nanos) -> None:
        self._counts["frames"] += 1
        try:
            update = wire.UPDATE.decode(frame)
            told = Heard(self._lane, received_at) if isinstance(update, wire.Alive) else None
            if isinstance(update, wire.Book) and update.market in self._followed:
                told = snapshot(update, self._lane, received_at)
        except ValueError:  # nobody knows which book it was about
            self._counts["garbage"] += 1
            told = Cut(self._lane, "garbage", received_at)
        if told is not None:
            self._put(told)
