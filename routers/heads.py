"""HEAD is what GET would answer, without the body: one raw ASGI middleware for every route there is."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

USED_UP = frozenset({"/open"})  # what looks at a link before a person does must not use up its code


class Heads:
    """Asks the routes for GET and lets the body fall."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD" or scope["path"] in USED_UP:
            await self.app(scope, receive, send)
            return

        async def send_bare(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await self.app({**scope, "method": "GET"}, receive, send_bare)
