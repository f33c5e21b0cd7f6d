"""Our server's side of a WebSocket: what is told to many is framed once, and leaves without a task.

ASGI can only be waited for, and uvicorn frames a message anew for each connection; together that costs more than the
sending. So each connection offers a way to send a text at once or not at all. Frames from a server are the same for
everybody: the first connection leaves the frame in the message, and the others find it there.
"""

import struct
from typing import cast

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request
from websockets.protocol import State

PUSH = "crosscourt.push"  # among the extensions of a connection's scope
_FRAME = "crosscourt.frame"  # in a message
_TEXT = 0x81  # the last frame of a text
_SHORT, _LONG = 126, 1 << 16  # bytes


class PushedFrames(WebSocketsSansIOProtocol):
    """A WebSocket of uvicorn, and a short way out."""

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:  # or there is no scope
            extensions = cast(dict[str, object], self.scope["extensions"])
            extensions[PUSH] = self.push

    async def send(self, message: ASGISendEvent) -> None:
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            self.handshake_complete = True  # or uvicorn writes each refusal into the log as an error of ours

    def push(self, message: dict[str, object]) -> bool:
        """Send a text that ASGI would send; False when there is no room now, or it can leave by uvicorn's way only."""
        if not self.writable.is_set() or self.conn.state is not State.OPEN or self.conn.extensions:
            return False
        if not self.handshake_complete or self.close_sent:
            return False
        frame = message.get(_FRAME)
        if frame is None:
            frame = message[_FRAME] = framed(cast(str, message["text"]))
        self.transport.write(cast(bytes, frame))
        return True


def framed(text: str) -> bytes:
    """A text as a server sends it (RFC 6455, 5.2)."""
    body = text.encode()
    size = len(body)
    if size < _SHORT:
        return bytes((_TEXT, size)) + body
    if size < _LONG:
        return struct.pack("!BBH", _TEXT, _SHORT, size) + body
    return struct.pack("!BBQ", _TEXT, _SHORT + 1, size) + body
