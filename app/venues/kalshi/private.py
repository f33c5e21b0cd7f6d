"""Kalshi's private channels: what becomes of our orders, as it happens."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import NoReturn

import msgspec

from app.domain.parsing import NOT_READABLE
from app.domain.prices import Nanos
from app.sockets import Socket, SocketLost, hold_socket, keep_socket
from app.venues.kalshi import trading_wire as wire
from app.venues.kalshi.wire import Command, CommandParams, ErrorFrame, SubscribedFrame

CHANNELS = ("fill", "user_orders")

OnFrame = Callable[[wire.FillFrame | wire.UserOrderFrame, Nanos], None]


class PrivateChannel:
    """One socket, opened again whenever it is lost. `on_gap` is called each time that it hears again, or may have
    missed something: what happened before is to be asked for. `trouble`: why it was lost, until it hears again."""

    def __init__(
        self, counts: Counter[str], now: Callable[[], Nanos], on_frame: OnFrame, on_gap: Callable[[], None]
    ) -> None:
        self.trouble = ""
        self._counts = counts
        self._now = now
        self._on_frame = on_frame
        self._on_gap = on_gap
        self._socket: Socket | None = None

    async def keep(self, url: str, headers: Callable[[], Mapping[str, str]], longest_wait: float) -> NoReturn:
        """Until cancelled."""

        async def hold() -> NoReturn:
            await hold_socket(url, self._hear, self._opened, headers=headers, now=self._now)

        await keep_socket(hold, self._lost, longest_wait=longest_wait)

    def _opened(self, socket: Socket) -> None:
        self._socket = socket
        self._counts["connections"] += 1
        socket.send(msgspec.json.encode(Command(id=1, cmd="subscribe", params=CommandParams(channels=CHANNELS))))

    def _hear(self, payload: bytes, received_at: Nanos) -> None:
        try:
            frame = wire.PRIVATE_FRAME.decode(payload)
        except NOT_READABLE:
            self._counts["refused_frames"] += 1
            self._on_gap()  # it may have been a fill
            return
        self._counts["frames"] += 1
        if isinstance(frame, wire.FillFrame | wire.UserOrderFrame):
            self._on_frame(frame, received_at)
        elif isinstance(frame, SubscribedFrame):
            self.trouble = ""
            self._on_gap()
        elif isinstance(frame, ErrorFrame):
            self._counts["refusals"] += 1
            self.trouble = f"Kalshi's private channels: {frame.msg.code} {frame.msg.msg}"
            if self._socket is not None:
                self._socket.close()

    def _lost(self, lost: SocketLost) -> None:
        self._socket = None
        self._counts["connections_lost"] += 1
        self.trouble = self.trouble or str(lost)
