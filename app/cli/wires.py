"""Our server's side of an HTTP connection: who sends a head or a body too slowly, or a head without end, is told so and
cut off. Looked after here, it costs a call nothing; how large a body may be is the gate's affair.
"""

import asyncio

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from app.errors import CrosscourtError

SENT_WITHIN = 10.0  # seconds in which a whole request must have come
LOOKS_EVERY = 2.5  # seconds, and so much later it may be noticed
LARGEST_HEAD = 64 * 1024  # bytes of a request line and its headers

_PROBLEM = '{"type":"urn:crosscourt:%s","title":"%s","status":%d,"detail":"%s","remedy":"%s","instance":"","errors":[]}'


class GuardedHttp(HttpToolsProtocol):
    """An HTTP connection of uvicorn that does not wait for ever."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._waits_since: float | None = self.loop.time()  # for a head, or for a body
        self._head: int | None = 0  # bytes; None: it is whole
        self._watch: asyncio.TimerHandle | None = self.loop.call_later(LOOKS_EVERY, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        self._unwatch()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        self._unwatch()
        super().handle_websocket_upgrade()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._head is not None:
            self._head += len(data)
            if self._head > LARGEST_HEAD:
                self._cut(431, "headers-too-large", f"a request may have {LARGEST_HEAD:,} bytes of headers")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._waits_since = self.loop.time()
        self._head = 0

    def on_headers_complete(self) -> None:
        self._head = None
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._waits_since = None
        super().on_message_complete()

    def _look(self) -> None:
        self._watch = self.loop.call_later(LOOKS_EVERY, self._look)
        if self._waits_since is not None and self.loop.time() - self._waits_since >= SENT_WITHIN:
            self._cut(408, "too-slow", f"a request must have come within {SENT_WITHIN:g} s")

    def _cut(self, status: int, name: str, detail: str) -> None:
        self._unwatch()
        if self.transport.is_closing():
            return
        if self._head is None and self.cycle is not None and self.cycle.response_started:
            self.transport.close()  # it has its answer, and the rest of its body is of no interest
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
