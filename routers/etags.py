"""An answer that has not changed is not sent again: ETag and 304 for every GET, in raw ASGI."""

import hashlib
from collections.abc import Awaitable

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Etags:
    """Tags each whole 200 answer to a GET by its content. Answers in pieces go through untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http" or scope["method"] != "GET":
            return self.app(scope, receive, send)
        known = next((value for name, value in scope["headers"] if name == b"if-none-match"), b"")
        return self.app(scope, receive, _Tagger(send, known).send)


class _Tagger:
    """Holds the start of an answer back until its content is known."""

    def __init__(self, send: Send, known: bytes) -> None:
        self._send = send
        self._known = known
        self._start: Message | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            self._start = message
            return
        start, self._start = self._start, None
        if start is not None:
            start, message = self._tag(start, message)
            await self._send(start)
        await self._send(message)

    def _tag(self, start: Message, message: Message) -> tuple[Message, Message]:
        if message["type"] != "http.response.body" or message.get("more_body"):
            return start, message
        tag = b'"%s"' % hashlib.blake2b(message["body"], digest_size=9).hexdigest().encode()
        headers = [*start["headers"], (b"etag", tag)]
        if not any(name == b"cache-control" for name, _ in headers):
            headers.append((b"cache-control", b"no-cache"))
        if not _names(self._known, tag):
            return {**start, "headers": headers}, message
        kept = [(name, value) for name, value in headers if name not in (b"content-length", b"content-type")]
        return {**start, "status": 304, "headers": kept}, {**message, "body": b""}


def _names(known: bytes, tag: bytes) -> bool:
    """Whether an If-None-Match names this tag: one, a list, or `*` for any."""
    named = [each.strip().removeprefix(b"W/") for each in known.split(b",")]
    return tag in named or b"*" in named
