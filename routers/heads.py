"""HEAD is what GET would answer, without the body: one raw ASGI middleware for every route there is."""

from collections.abc import Awaitable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

USED_UP = frozenset({"/open"})  # what looks at a link before a person does must not use up its code


class Heads:
    """Asks the routes for GET and lets the body fall."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http" or scope["method"] != "HEAD" or scope["path"] in USED_UP:
            return self.app(scope, receive, send)

        async def send_bare(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        return self.app({**scope, "method": "GET"}, receive, send_bare)
