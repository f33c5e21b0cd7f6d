"""Our server's side of an HTTP connection: who sends a head too slowly, or one without end, is told so and cut off.

Bodies are the gate's affair; heads never come so far.
"""

import asyncio

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from app.errors import CrosscourtError

HEAD_WITHIN = 10.0  # seconds, from the first byte or the connection on
LARGEST_HEAD = 64 * 1024  # bytes of a request line and its headers

_PROBLEM = '{"type":"urn:crosscourt:%s","title":"%s","status":%d,"detail":"%s","remedy":"%s","instance":"","errors":[]}'


class GuardedHttp(HttpToolsProtocol):
    """An HTTP connection of uvicorn that does not wait for ever."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._waits_since: float | None = self.loop.time()
        self._head = 0
        self._watch: asyncio.TimerHandle | None = self.loop.call_later(HEAD_WITHIN, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        self._unwatch()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        self._unwatch()
        super().handle_websocket_upgrade()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._waits_since is not None:
            self._head += len(data)
            if self._head > LARGEST_HEAD:
                self._cut(431, "headers-too-large", f"a request may have {LARGEST_HEAD:,} bytes of headers")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._waits_since = self.loop.time()
        self._head = 0

    def on_headers_complete(self) -> None:
        self._waits_since = None
        super().on_headers_complete()

    def _look(self) -> None:
        now = self.loop.time()
        if self._waits_since is not None and now - self._waits_since >= HEAD_WITHIN:
            self._cut(408, "too-slow", f"a request must have come within {HEAD_WITHIN:g} s")
        else:
            self._watch = self.loop.call_later(HEAD_WITHIN, self._look)

    def _cut(self, status: int, name: str, detail: str) -> None:
        self._unwatch()
        if self.transport.is_closing():
            return
        title = STATUS_LINE[status].decode().split(" ", 2)[2].strip()
        body = (_PROBLEM % (name, title, status, detail, CrosscourtError.remedy)).encode()
        head = f"content-type: application/problem+json\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        self.transport.write(STATUS_LINE[status] + head.encode() + body)
        self.transport.close()

    def _unwatch(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
