"""One connection from its welcome to its end: what its client asks, done or refused."""

import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial

from app.errors import CrosscourtError, TooManyCalls, Unavailable
from app.hot.shown import EPOCH, moment
from app.hot.updates import Cursor
from routers.access import Caller, Needs
from routers.buckets import Buckets
from routers.sockets.clients import Client, as_message
from routers.sockets.hubs import Hub
from routers.sockets.messages import (
    LARGEST_MESSAGE,
    LASTING,
    POSITIONS,
    Asked,
    Auth,
    Ping,
    Pong,
    Snapshot,
    SocketRefused,
    Subscribe,
    Subscribed,
    Unsubscribe,
    Unsubscribed,
    Welcome,
    error_told,
    kind_of,
    read_op,
    written,
)

VERSION = 1
MOST_CHANNELS = 500  # that one connection follows
MESSAGES_A_MINUTE = 600
READS = Needs("read")

Recall = Callable[[float], Awaitable[Caller]]
Introduce = Callable[[str, float], Awaitable[Caller]]


class Visit:
    """What one client may do and follows. `recall` finds who came with the connection, `introduce` who has a key."""

    def __init__(self, hub: Hub, caller: Caller, recall: Recall, introduce: Introduce) -> None:
        self._hub = hub
        self._caller = caller
        self._recall = recall
        self._introduce = introduce
        self._channels: dict[str, None] = {}
        self._bucket = Buckets(MESSAGES_A_MINUTE)

    @property
    def is_known(self) -> bool:
        """May it follow anything?"""
        return not {"read", "admin"}.isdisjoint(self._caller.scopes)

    @property
    def is_idle(self) -> bool:
        return not self._channels

    async def is_welcome(self) -> bool:
        """Is it still who it was?"""
        try:
            self._caller = await self._recall(time.monotonic())
        except Unavailable:
            return True
        except CrosscourtError:
            return False
        return self.is_known or self.is_idle

    def begin(self, client: Client) -> None:
        """Say who it is to us, and what it may do."""
        self._client = client
        self._welcome()

    def _welcome(self) -> None:
        limits = {
            "largest_message": LARGEST_MESSAGE,
            "most_channels": MOST_CHANNELS,
            "messages_a_minute": MESSAGES_A_MINUTE,
        }
        scopes = sorted(self._caller.scopes)
        at = moment(self._hub.now()) or EPOCH
        self._tell(written(Welcome(version=VERSION, at=at, caller=self._caller.name, scopes=scopes, limits=limits)))

    async def hear(self, text: str | None) -> None:
        """Do what is asked, or say why not. `text` None: it was not text."""
        asked: str | int | None = None
        try:
            self._count()
            op = _read(text)
            asked = op.id
            await self._obey(op)
        except CrosscourtError as error:
            self._tell(error_told(error, asked))

    def _count(self) -> None:
        allowance = self._bucket.take("", time.monotonic())
        if allowance.is_spent:
            raise TooManyCalls(
                f"{MESSAGES_A_MINUTE} messages a minute are read",
                remedy=f"Wait {allowance.wait} s; one message may name {MOST_CHANNELS} channels.",
            )

    async def _obey(self, op: Asked) -> None:
        if isinstance(op, Ping):
            self._tell(written(Pong(id=op.id, at=moment(self._hub.now()) or EPOCH)))
            return
        if isinstance(op, Auth):
            self._caller = await self._introduce(op.key, time.monotonic())
            self._recall = partial(self._introduce, op.key)
            self._welcome()
            return
        READS.opened_by(self._caller)
        if isinstance(op, Subscribe):
            await self._subscribe(op)
        elif isinstance(op, Unsubscribe):
            self._unsubscribe(op)
        else:
            self._show(op)

    async def _subscribe(self, op: Subscribe) -> None:
        kinds = {channel: kind_of(channel) for channel in op.channels}
        if len(self._channels.keys() | kinds.keys()) > MOST_CHANNELS:
            detail = f"one connection may follow {MOST_CHANNELS} channels"
            raise SocketRefused("too_many_channels", detail, "Open another connection for the others.")
        lasting = [channel for channel, kind in kinds.items() if kind == "lasting"]
        sequences = self._hub.sequences
        end = await sequences.end()
        since = None if op.since is None else sequences.begin_at(op.since, op.epoch, end)
        async with self._hub.ready([channel for channel, kind in kinds.items() if kind != "lasting"]):
            joins = self._join(kinds, lasting, since, end)
            begun = since or (self._client.after if sequences.is_followed_by(self._client) else end)
            self._tell(written(Subscribed(id=op.id, channels=list(self._channels), epoch=begun.epoch, seq=begun.seq)))
        if lasting and not joins:
            await sequences.resume(self._client, lasting, since or end)

    def _join(self, channels: Iterable[str], lasting: Sequence[str], since: Cursor | None, end: Cursor) -> bool:
        """Follow these. False when what lasts is to be resumed."""
        self._channels |= dict.fromkeys(channels)
        for channel in channels:
            if channel not in LASTING:
                self._hub.follow(self._client, channel)
            elif channel == POSITIONS:
                self._hub.follow_marks(self._client)
        return since is None and bool(lasting) and self._hub.sequences.join(self._client, lasting, end)

    def _unsubscribe(self, op: Unsubscribe) -> None:
        for channel in self._known(op.channels):
            if channel in LASTING:
                self._hub.sequences.leave(self._client, [channel])
                if channel == POSITIONS:
                    self._hub.leave_marks(self._client)
            else:
                self._hub.leave(self._client, channel)
            self._channels.pop(channel, None)
        self._tell(written(Unsubscribed(id=op.id, channels=list(self._channels))))

    def _show(self, op: Snapshot) -> None:
        asked = list(self._channels) if op.channels is None else self._known(op.channels)
        for channel in asked:
            if channel not in LASTING:
                self._hub.show(self._client, channel)

    def _known(self, channels: Sequence[str]) -> list[str]:
        for channel in channels:
            kind_of(channel)
            if channel not in self._channels:
                raise SocketRefused("unknown_channel", f"'{channel[:100]}' is not followed", "Subscribe to it first.")
        return list(channels)

    def _tell(self, line: str) -> None:
        self._client.tell(as_message(line))


def _read(text: str | None) -> Asked:
    if text is None:
        raise SocketRefused("binary", "messages are text, not bytes", "Send JSON as text frames.")
    return read_op(text)
