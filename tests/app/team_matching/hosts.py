"""The platform as a client meets it: its API on a real port, its Redis, and the worker that answers there."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import uvicorn

from app.main import create_app
from app.settings import Settings
from tests.workers.bots import until


@asynccontextmanager
async def serving(settings: Settings, workers: Sequence[str]) -> AsyncIterator[str]:
    """The application with these workers, over real HTTP; its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    app = create_app(settings, workers)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="on"))
    task = asyncio.create_task(server.serve([listener]))
    try:
        await until(lambda: server.started or task.done())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listener.close()
