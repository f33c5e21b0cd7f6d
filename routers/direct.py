"""Routes that are asked thousands of times a second: documented like any other, with nothing of FastAPI between.

Their endpoint takes the request and gives the response. What it asks is read by the domain's own decoder and what it
answers is the domain's own JSON, so the models of such a route are there for the document alone.
"""

from collections.abc import Awaitable, Callable
from functools import cached_property

from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.errors import BadInput
from routers.access import Needs
from routers.errors import NOT_JSON_REMEDY


class DirectRoute(APIRoute):
    """Meets its conditions (`needs`, and no other dependency) and calls its endpoint."""

    @cached_property
    def conditions(self) -> tuple[Needs, ...]:
        needed = tuple(each.dependency for each in self.dependencies if isinstance(each.dependency, Needs))
        if len(needed) < len(self.dependencies):
            raise TypeError(f"{self.path} is a direct route: it may depend on `needs` alone")
        return needed

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in (self.methods or ()):
            await super().handle(scope, receive, send)  # which says so
            return
        request = Request(scope, receive, send)
        for condition in self.conditions:
            await condition(request)
        endpoint: Callable[[Request], Awaitable[Response]] = self.endpoint
        response = await endpoint(request)
        await response(scope, receive, send)


class JsonAnswer(Response):
    """JSON that is written already."""

    def __init__(self, body: bytes) -> None:
        self.status_code = 200
        self.background = None
        self.body = body
        self.raw_headers = [(b"content-length", b"%d" % len(body)), (b"content-type", b"application/json")]


async def json_body(request: Request) -> bytes:
    """The body as it was sent. Raises BadInput when it is not said to be JSON: a foreign page can send any other type
    without asking first."""
    if not any(name == b"content-type" and _is_json(value) for name, value in request.scope["headers"]):
        raise BadInput("the body is not said to be JSON", remedy=NOT_JSON_REMEDY)
    pieces: list[bytes] = []
    has_more = True
    while has_more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        pieces.append(message.get("body", b""))
        has_more = message.get("more_body", False)
    return b"".join(pieces)


def _is_json(content_type: bytes) -> bool:
    if content_type == b"application/json":
        return True
    kind = content_type.partition(b";")[0].strip().lower()
    return kind.startswith(b"application/") and kind.endswith((b"/json", b"+json"))
