"""WebSocket connections as a venue has them, with what ASGI has no words for.

Frames are written at once, without a task or a queue for each client; a client that reads nothing is cut off when too
much waits for it. Pings carry a body of the venue's own. A line can be cut without goodbye.
"""

from typing import cast

from starlette.websockets import WebSocket
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

LARGEST_BACKLOG = 8 * 1024 * 1024  # bytes that a client may leave unread
_WIRE = "crosscourt.wire"


class Wire(WebSocketsSansIOProtocol):
    """One connection."""

    async def run_asgi(self) -> None:
        cast("dict[str, object]", self.scope["extensions"])[_WIRE] = self
        await super().run_asgi()

    def tell(self, text: bytes) -> None:
        """One text frame, if anybody still listens."""
        if self._is_over():
            return
        self.conn.send_text(text)
        self._flush()

    def ping(self, body: bytes) -> None:
        """A protocol ping; its pong means nothing to us."""
        if not self._is_over():
            self.conn.send_ping(body)
            self._flush()

    def cut(self) -> None:
        """Gone, as when a cable is pulled."""
        self.transport.abort()

    def _is_over(self) -> bool:
        return self.disconnected or self.close_sent or self.transport.is_closing()

    def _flush(self) -> None:
        self.transport.write(b"".join(self.conn.data_to_send()))
        if self.transport.get_write_buffer_size() > LARGEST_BACKLOG:
            self.cut()


def wire_of(socket: WebSocket) -> Wire:
    """The connection under a Starlette WebSocket that uvicorn serves with `ws=Wire`."""
    found = socket.scope["extensions"][_WIRE]
    assert isinstance(found, Wire)
    return found
