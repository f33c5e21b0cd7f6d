"""`WS /ws`, as raw ASGI: who may come in, how long somebody may stand there who follows nothing, and how it ends.

Host, Origin, key and session are the gate's affair, as for every call. The key never stands in the address.
"""

import asyncio
from typing import cast

from starlette.routing import WebSocketRoute
from starlette.types import Receive, Scope, Send

from routers.errors import ProblemResponse, problem_for
from routers.sockets.clients import IDLE, NO_KEY, PUSH, Client, Push
from routers.sockets.hubs import Hub
from routers.sockets.visits import Visit

PATH = "/ws"
KEY_WITHIN = 10.0  # seconds
IDLE_FOR = 60.0  # seconds without following anything

FULL_REMEDY = "Follow many channels over one connection, or ask another process of the platform."


class Sockets:
    """The endpoint."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        state = scope["state"]
        hub = cast(Hub, state["hub"])  # the lifespan put it there
        address = scope["client"][0] if scope.get("client") else "socket"
        if full := hub.places.refusal(address):
            problem = problem_for(503, full, scope["path"], FULL_REMEDY, "too-many-connections")
            await ProblemResponse(problem, {"retry-after": "5"})(scope, receive, send)
            return
        hub.places.take(address)
        try:
            await receive()
            await send({"type": "websocket.accept"})
            visit = Visit(hub, state["caller"], state["recall"], state["introduce"])
            await _serve(hub, visit, receive, send, scope["extensions"].get(PUSH))
        finally:
            hub.places.leave(address)


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


routes = (WebSocketRoute(PATH, Sockets()),)
