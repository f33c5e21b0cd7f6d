"""Routes that are asked thousands of times a second: documented like any other, with nothing of FastAPI between.

Their endpoint takes the request and gives the response. What it asks is read by the domain's own decoder and what it
answers is the domain's own JSON, so the models of such a route are there for the document alone.
"""

from collections.abc import Callable, Coroutine

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from app.errors import BadInput
from routers.access import Needs
from routers.errors import NOT_JSON_REMEDY

Handler = Callable[[Request], Coroutine[None, None, Response]]


class DirectRoute(APIRoute):
    """Meets its conditions (`needs`, and no other dependency) and calls its endpoint."""

    def get_route_handler(self) -> Handler:
        conditions = [each.dependency for each in self.dependencies]
        needed = [each for each in conditions if isinstance(each, Needs)]
        if len(needed) < len(conditions):
            raise TypeError(f"{self.path} is a direct route: it may depend on `needs` alone")
        endpoint: Handler = self.endpoint

        async def handle(request: Request) -> Response:
            for meet in needed:
                await meet(request)
            return await endpoint(request)

        return handle


async def json_body(request: Request) -> bytes:
    """The body as it was sent. Raises BadInput when it is not said to be JSON: a foreign page can send any other type
    without asking first."""
    for name, value in request.scope["headers"]:
        if name == b"content-type" and _is_json(value):
            return await request.body()
    raise BadInput("the body is not said to be JSON", remedy=NOT_JSON_REMEDY)


def _is_json(content_type: bytes) -> bool:
    if content_type == b"application/json":
        return True
    kind = content_type.partition(b";")[0].strip().lower()
    return kind.startswith(b"application/") and kind.endswith((b"/json", b"+json"))


def json_answer(body: bytes) -> Response:
    """JSON that is written already."""
    return Response(body, media_type="application/json")
