"""One WebSocket to an outside host, held as long as it lasts. A frame goes from the socket's callback straight to
whoever decodes it: no queue, no task and no await lie between."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from typing import NoReturn, Protocol

from picows import (
    WSCloseCode,
    WSError,
    WSFrame,
    WSHandshakeError,
    WSInvalidURL,
    WSListener,
    WSMsgType,
    WSTransport,
    ws_connect,
)
from python_socks import ProxyError

from app.domain.prices import SECOND, Nanos
from app.errors import FeedUnavailable

OnFrame = Callable[[bytes, Nanos], None]  # a whole message, and when it was received

LARGEST_MESSAGE = 16 * 1024 * 1024  # bytes
OPEN_WITHIN = 10.0  # seconds to connect, and as many again for the handshake
PING_EVERY = 5.0  # seconds without a frame, after which a ping is sent; and as many until it must be answered
CLOSE_WITHIN = 0.5  # seconds for the last bytes to leave
FIRST_WAIT = 0.1  # seconds before a lost connection is opened anew; doubled each time
STEADY_AFTER = 2 * SECOND  # from its opening to its last frame: a connection that carried less was no success

LARGEST_OF_CONTROL = 125  # bytes of a ping, a pong or a farewell; to ask a frame for its kind costs as much as the rest
_WHOLE = (WSMsgType.TEXT, WSMsgType.BINARY)

_quiet = logging.getLogger(
    f"{__name__}.wire"
)  # what picows would say is said once, by the error that ends a connection
_quiet.setLevel(logging.CRITICAL)


_overhearing: ContextVar[Callable[[], OnFrame] | None] = ContextVar("overhearing", default=None)


class Socket(Protocol):
    """An open connection."""

    def send(self, text: bytes) -> None:
        """A message of text; goes nowhere when the connection is over."""
        ...

    def close(self) -> None:
        """End the connection: whoever holds it is told as if it were lost."""
        ...


class SocketLost(FeedUnavailable):
    """A connection could not be opened, or is over. `was_steady`: it had carried frames for a while."""

    def __init__(
        self, message: str, *, status: int = 0, retry_after: float | None = None, was_steady: bool = False
    ) -> None:
        super().__init__(message, status=status, retry_after=retry_after)
        self.was_steady = was_steady


def no_headers() -> Mapping[str, str]:
    """For a host that wants none."""
    return {}


def overhear(begin: Callable[[], OnFrame]) -> None:
    """From now on each frame of every socket that this task opens, or one that it starts, is told to somebody else
    first. `begin`: asked once for each connection."""
    _overhearing.set(begin)


async def hold_socket(
    url: str,
    on_frame: OnFrame,
    on_open: Callable[[Socket], None],
    *,
    now: Callable[[], Nanos],
    headers: Callable[[], Mapping[str, str]] = no_headers,
    proxy: str | None = None,
    ping_every: float = PING_EVERY,
    open_within: float = OPEN_WITHIN,
) -> NoReturn:
    """One connection, from its opening to its end. `headers` are made for each handshake, as signatures age. Raises
    SocketLost however it ends; what `on_frame` or `on_open` raises ends it too, and is raised as it is."""
    connection = _Connection(_told_first(on_frame), on_open, now)
    transport = await _open(connection, url, headers(), proxy, ping_every, open_within)
    try:
        await transport.wait_disconnected()
    except WSError as error:
        raise connection.lost(f"the host breaks the protocol: {error}") from None
    finally:
        await connection.end()
    raise connection.lost(_words_for_the_end(transport))


async def keep_socket(
    hold: Callable[[], Awaitable[NoReturn]],
    on_lost: Callable[[SocketLost], None],
    *,
    longest_wait: float,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> NoReturn:
    """Connections one after another, for ever. The wait between two doubles, up to `longest_wait` seconds, and starts
    small again after one that was steady. Only a SocketLost is outlived."""
    wait = FIRST_WAIT
    while True:
        try:
            await hold()
        except SocketLost as lost:
            on_lost(lost)
            wait = FIRST_WAIT if lost.was_steady else wait
            spread = wait * random.uniform(0.75, 1.25)  # many that were cut off together do not come back together
            await sleep(max(spread, lost.retry_after or 0.0))
            wait = min(wait * 2, longest_wait)


def _told_first(on_frame: OnFrame) -> OnFrame:
    """Where nobody else listens nothing lies between."""
    begin = _overhearing.get()
    if begin is None:
        return on_frame
    tell = begin()

    def both(payload: bytes, received_at: Nanos) -> None:
        tell(payload, received_at)
        on_frame(payload, received_at)

    return both


class _Connection(WSListener):
    """What picows tells. It hands over pieces of its own buffer, so every payload is copied."""

    def __init__(self, on_frame: OnFrame, on_open: Callable[[Socket], None], now: Callable[[], Nanos]) -> None:
        self._on_frame = on_frame
        self._on_open = on_open
        self._now = now
        self._transport: WSTransport | None = None
        self._pieces: list[bytes] = []
        self._opened_at = self._heard_at = Nanos(0)
        self._is_over = False
        self._why = ""  # we ended it ourselves

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport
        self._opened_at = self._now()
        self._on_open(self)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        received_at = self._now()
        if self._is_over:  # further frames of the same read
            return
        try:
            if frame.payload_size > LARGEST_OF_CONTROL and frame.fin and not self._pieces:
                self._heard_at = received_at
                self._on_frame(frame.get_payload_as_bytes(), received_at)
            else:
                self._look_at(frame, received_at)
        except BaseException:
            self._is_over = True
            raise

    def send(self, text: bytes) -> None:
        if self._transport is not None and not self._is_over:
            self._transport.send(WSMsgType.TEXT, text)

    def close(self) -> None:
        self._close("closed by ourselves")

    def lost(self, message: str) -> SocketLost:
        """The error for how this connection ended."""
        return SocketLost(self._why or message, was_steady=self._heard_at - self._opened_at >= STEADY_AFTER)

    async def end(self) -> None:
        """Nothing is handed over any more, and the transport is gone: with a farewell, or without one when the host
        does not take it."""
        if (transport := self._transport) is None or transport.is_disconnected:
            return
        self._close("given up")
        try:
            async with asyncio.timeout(CLOSE_WITHIN):
                await transport.wait_disconnected()
        except (TimeoutError, WSError):
            transport.disconnect(graceful=False)

    def _look_at(self, frame: WSFrame, received_at: Nanos) -> None:
        kind = frame.msg_type
        if kind in _WHOLE and frame.fin and not self._pieces:
            self._heard_at = received_at
            self._on_frame(frame.get_payload_as_bytes(), received_at)
        elif kind == WSMsgType.CLOSE:
            self._close("")
        elif kind != WSMsgType.PONG:
            self._join(frame, received_at)

    def _join(self, frame: WSFrame, received_at: Nanos) -> None:
        is_first = frame.msg_type != WSMsgType.CONTINUATION
        if is_first == bool(self._pieces):
            return self._close("the host breaks the protocol: pieces of messages out of order")
        self._pieces.append(frame.get_payload_as_bytes())
        if sum(map(len, self._pieces)) > LARGEST_MESSAGE:
            return self._close(f"a message of more than {LARGEST_MESSAGE} bytes")
        if frame.fin:
            whole = b"".join(self._pieces)
            self._pieces = []
            self._heard_at = received_at
            self._on_frame(whole, received_at)
        return None

    def _close(self, why: str) -> None:
        self._why = self._why or why
        self._is_over = True
        if (transport := self._transport) is None:
            return
        transport.send_close(WSCloseCode.OK)
        transport.disconnect()
        asyncio.get_running_loop().call_later(
            CLOSE_WITHIN, transport.disconnect, False
        )  # a mute host takes no farewell


async def _open(
    connection: _Connection,
    url: str,
    headers: Mapping[str, str],
    proxy: str | None,
    ping_every: float,
    open_within: float,
) -> WSTransport:
    """Raises SocketLost with words that hold no header and no proxy's password."""
    try:
        async with asyncio.timeout(open_within * 2):
            transport, _ = await ws_connect(
                lambda: connection,
                url,
                extra_headers=headers,
                proxy=proxy,
                websocket_handshake_timeout=open_within,
                enable_auto_ping=True,
                auto_ping_idle_timeout=ping_every,
                auto_ping_reply_timeout=ping_every,
                max_frame_size=LARGEST_MESSAGE,
                logger_name=_quiet,
            )
    except WSHandshakeError as error:
        raise _turned_down(error) from None
    except (WSInvalidURL, ValueError):
        raise SocketLost("the address of the socket, or of its proxy, cannot be read") from None
    except TimeoutError:
        raise SocketLost(f"no connection within {open_within:g} s") from None
    except (OSError, ProxyError, WSError) as error:
        raise SocketLost(f"no connection: {type(error).__name__} {error}".strip()) from None
    return transport


def _turned_down(error: WSHandshakeError) -> SocketLost:
    if error.response is None:
        return SocketLost(f"the handshake failed: {error}")
    told = error.response.headers.get("Retry-After", "")
    retry_after = float(told) if told.isdecimal() else None
    status = int(error.response.status)
    return SocketLost(f"the handshake was answered {status}", status=status, retry_after=retry_after)


def _words_for_the_end(transport: WSTransport) -> str:
    handshake = transport.close_handshake
    if handshake is None:
        return "the connection broke off"
    if handshake.recv is not None:
        return f"closed by the host: {handshake.recv.code.value} {handshake.recv.reason}".strip()
    return "pings were not answered"
