"""A program of somebody else's that asks the matcher over Redis, and workers that answer it."""

import asyncio
import inspect
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from itertools import count
from typing import Any

from app.domain.operations import Round
from app.hot.connections import open_redis
from app.hot.keys import MATCH_REQUESTS, match_response_channel
from app.resources import Resources
from workers.team_matching import team_matching

PLAIN = {"target": "Celtics", "candidate": "Boston Celtics", "sport": "nba"}
PATIENCE = 20.0  # seconds


class Bot:
    """Somebody else's program, with nothing but a Redis client."""

    def __init__(self, url: str) -> None:
        self._redis = open_redis(url)
        self._ids = (f"bot-{number}" for number in count(1))

    async def hears(self, request: bytes, *channels: str, replies: int = 1) -> list[Any]:
        """What is said on the channels after a request."""
        async with self._redis.pubsub(ignore_subscribe_messages=True) as heard:
            await heard.subscribe(*channels)
            for _ in channels:
                await heard.get_message(timeout=PATIENCE)
            await self._redis.publish(MATCH_REQUESTS, request)
            said: list[Any] = []
            async with asyncio.timeout(PATIENCE):
                while len(said) < replies:
                    message = await heard.get_message(timeout=1)
                    said += [message] if message else []
            return said

    async def ask_raw(self, asked: Mapping[str, object]) -> bytes:
        (message,) = await self.hears(json.dumps(asked).encode(), match_response_channel(str(asked["request_id"])))
        return bytes(message["data"])

    async def ask(self, **asked: object) -> Any:
        """The reply to what is asked with an id of its own, read."""
        request_id = next(self._ids)
        reply = json.loads(await self.ask_raw({"request_id": request_id, **asked}))
        assert reply.pop("request_id") == request_id
        return reply

    async def close(self) -> None:
        await self._redis.aclose()


@asynccontextmanager
async def answering(resources: Resources, rounds: list[Round] | None = None) -> AsyncIterator[None]:
    """The worker, with its subscription open."""

    async def follow() -> None:
        async with aclosing(team_matching(resources)) as work:
            async for done in work:
                if rounds is not None:
                    rounds.append(done)

    before = await listeners(resources)
    task = asyncio.create_task(follow())

    async def is_open() -> bool:
        return await listeners(resources) > before

    try:
        await until(is_open)
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def listeners(resources: Resources) -> int:
    """How many answer now."""
    return await resources.hot._door.count_listeners(MATCH_REQUESTS)


async def until(holds: Callable[[], bool | Awaitable[bool]]) -> None:
    """Until it does; within PATIENCE."""
    async with asyncio.timeout(PATIENCE):
        while True:
            found = holds()
            if await found if inspect.isawaitable(found) else found:
                return
            await asyncio.sleep(0.02)
