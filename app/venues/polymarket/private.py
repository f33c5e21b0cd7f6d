"""Polymarket's user channel: what becomes of our orders and trades, as it happens."""

import asyncio
from collections import Counter
from collections.abc import Callable
from functools import partial

import msgspec

from app.domain.parsing import NOT_READABLE
from app.domain.prices import Nanos
from app.settings import PolymarketSettings
from app.sockets import Socket, SocketLost, hold_socket, keep_socket
from app.venues.hearings import OnGap
from app.venues.polymarket import trading_wire as wire
from app.venues.polymarket.connections import NO_OTHER_PINGS, PING, PING_EVERY, PONG_WITHIN
from app.venues.polymarket.wallets import Credentials

PONG = b"PONG"

OnEvent = Callable[[wire.Event, Nanos], None]


class UserChannel:
    """One socket, opened again whenever it is lost; it names nothing by which a gap could be seen, so each opening is
    taken for one."""

    def __init__(
        self,
        settings: PolymarketSettings,
        credentials: Credentials,
        counts: Counter[str],
        now: Callable[[], Nanos],
        on_event: OnEvent,
        on_gap: OnGap,
    ) -> None:
        self._settings = settings
        self._credentials = credentials
        self._counts = counts
        self._now = now
        self._on_event = on_event
        self._on_gap = on_gap
        self._socket: Socket | None = None
        self._heard_at = Nanos(0)
        self._is_in = False

    async def keep(self) -> None:
        """Until cancelled."""
        hold = partial(
            hold_socket,
            self._settings.user_socket_url,
            self._hear,
            self._opened,
            now=self._now,
            ping_every=NO_OTHER_PINGS,
            open_within=self._settings.timeout,
        )
        pinging = asyncio.create_task(self._keep_pinging())
        try:
            await keep_socket(hold, self._lost, longest_wait=self._settings.longest_wait)
        finally:
            pinging.cancel()

    def _opened(self, socket: Socket) -> None:
        self._socket, self._heard_at, self._is_in = socket, self._now(), False
        self._counts["connections"] += 1
        socket.send(msgspec.json.encode(wire.UserSubscription(wire.Proof(*self._credentials))))
        socket.send(PING)  # its answer says that we are let in

    def _hear(self, payload: bytes, received_at: Nanos) -> None:
        self._heard_at = received_at
        if payload == PONG:
            if not self._is_in:
                self._is_in = True
                self._on_gap()
            return
        try:
            told = wire.EVENTS.decode(payload)
        except NOT_READABLE:
            self._counts["refused_frames"] += 1
            self._on_gap()  # it may have been a trade
            return
        for event in told if isinstance(told, list) else (told,):
            self._counts["frames"] += 1
            self._on_event(event, received_at)

    def _lost(self, lost: SocketLost) -> None:
        self._socket = None
        self._counts["connections_lost"] += 1

    async def _keep_pinging(self) -> None:
        while True:
            await asyncio.sleep(PING_EVERY)
            if (socket := self._socket) is None:
                continue
            if self._now() - self._heard_at > PONG_WITHIN:
                socket.close()
            else:
                socket.send(PING)
