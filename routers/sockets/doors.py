"""`WS /ws`, as raw ASGI: who may come in, how long somebody may stand there who follows nothing, and how it ends.

Host, Origin, key and session are the gate's affair, as for every call. The key never stands in the address.
"""

import asyncio
from typing import cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from routers.access import Caller
from routers.errors import ProblemResponse, problem_for
from routers.sockets.clients import IDLE, NO_KEY, PUSH, Client, Push
from routers.sockets.hubs import Hub
from routers.sockets.visits import Visit

PATH = "/ws"
KEY_WITHIN = 10.0  # seconds
IDLE_FOR = 60.0  # seconds without following anything

FULL_REMEDY = "Follow many channels over one connection, or ask another process of the platform."
HOW_REMEDY = "Connect with a WebSocket client; docs/websocket.md shows every message, examples/price_follower.py a bot."


class Sockets:
    """The endpoint."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        state = scope["state"]
        hub = cast(Hub, state["hub"])  # the lifespan put it there
        address = scope["client"][0] if scope.get("client") else "socket"
        key_id = cast(Caller, state["caller"]).key_id
        if full := hub.places.refusal(address, key_id):
            problem = problem_for(503, full, scope["path"], FULL_REMEDY, "too-many-connections")
            await ProblemResponse(problem, {"retry-after": "5"})(scope, receive, send)
            return
        hub.places.take(address, key_id)
        try:
            await receive()
            await send({"type": "websocket.accept"})
            visit = Visit(hub, state["caller"], state["recall"], state["introduce"])
            await _serve(hub, visit, receive, send, scope["extensions"].get(PUSH))
        finally:
            hub.places.leave(address, key_id)


async def _serve(hub: Hub, visit: Visit, receive: Receive, send: Send, push: Push | None) -> None:
    client: Client | None = None
    try:
        async with asyncio.timeout(None) as deadline:
            client = Client(send, deadline, visit.is_welcome, push)
            hub.welcome(client)
            visit.begin(client)
            await _converse(client, visit, deadline, receive)
    except TimeoutError:
        pass  # the client's ending says why
    finally:
        if client is not None:
            hub.dismiss(client)
            await client.close()


async def _converse(client: Client, visit: Visit, deadline: asyncio.Timeout, receive: Receive) -> None:
    clock = asyncio.get_running_loop().time
    idle_since = clock()
    while client.ending is None:
        if visit.is_idle:
            client.would_end(IDLE if visit.is_known else NO_KEY)
            deadline.reschedule(idle_since + (IDLE_FOR if visit.is_known else KEY_WITHIN))
        else:
            deadline.reschedule(None)
            idle_since = clock()
        message = await receive()
        if message["type"] == "websocket.disconnect":
            return
        await visit.hear(message.get("text"))
        await client.is_drained()


async def _say_how(request: Request) -> Response:
    """To who asks for it as for a page."""
    problem = problem_for(426, "this is a WebSocket: a plain call gets nothing here", request.url.path, HOW_REMEDY)
    return ProblemResponse(problem, {"upgrade": "websocket"})


async def _say_where(socket: WebSocket) -> None:
    """To who connects to another path."""
    path = socket.url.path
    problem = problem_for(404, f"there is no WebSocket at {path[:100]}", path, f"Connect to {PATH}.")
    await socket.receive()  # the wish to connect
    await socket.send_denial_response(ProblemResponse(problem))


routes = (
    WebSocketRoute(PATH, Sockets()),
    Route(PATH, _say_how, include_in_schema=False),
    WebSocketRoute("/{path:path}", _say_where),
)
