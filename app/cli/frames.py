"""Our server's side of a WebSocket: what is sent to many is framed once.

uvicorn frames a message anew for each connection, which costs as much as sending it. Frames from a server are the same
for everybody, so the first connection leaves the frame in the message, and the others find it there.
"""

import struct
from typing import cast

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import State

_FRAME = "crosscourt.frame"  # in the message; servers of others pass it over
_TEXT = 0x81  # the last frame of a text
_SHORT, _LONG = 126, 1 << 16  # bytes


class SharedFrames(WebSocketsSansIOProtocol):
    """Anything but a text that can leave at once goes uvicorn's own way."""

    async def send(self, message: ASGISendEvent) -> None:
        if (
            message["type"] == "websocket.send"
            and self.writable.is_set()
            and self.conn.state is State.OPEN
            and not self.conn.extensions  # which would write it otherwise
            and not self.close_sent
            and not self.disconnected
            and self.initial_response is None
            and (text := message.get("text")) is not None
        ):
            shared = cast(dict[str, bytes], message)
            frame = shared.get(_FRAME) or shared.setdefault(_FRAME, framed(text))
            self.transport.write(frame)
            return
        await super().send(message)  # which waits, or says what is wrong


def framed(text: str) -> bytes:
    """A text as a server sends it (RFC 6455, 5.2)."""
    body = text.encode()
    size = len(body)
    if size < _SHORT:
        return bytes((_TEXT, size)) + body
    if size < _LONG:
        return struct.pack("!BBH", _TEXT, _SHORT, size) + body
    return struct.pack("!BBQ", _TEXT, _SHORT + 1, size) + body
