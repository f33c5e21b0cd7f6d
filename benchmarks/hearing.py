"""Why `app/hot/lines.py` is our own: the CPU it takes to hear a message, beside the library's pub/sub.

Prices come by the thousand, and whoever hears them has other things to do. While this does not hold, the library is the
better choice.
"""

import sys
import tempfile
from asyncio.subprocess import create_subprocess_exec
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from statistics import median
from time import process_time

import redis
import uvloop
from _rows import ROUNDS, report

from app.embedded import embedded_servers
from app.hot.connections import Door, open_redis
from app.hot.hearings import hearing

CHANNEL, CHANNELS = "bench:prices:1", "bench:prices:*"
SAID = b'{"contract":"kalshi:KXNBAGAME-26NOV22BOSNYK-BOS","bid":"0.5300","ask":"0.5400"}'
MESSAGES = 10_000  # a round
AT_ONCE = 500

Hears = Callable[[str], AbstractAsyncContextManager[AsyncIterator[object]]]


@asynccontextmanager
async def by_line(url: str) -> AsyncIterator[AsyncIterator[object]]:
    door = Door(open_redis(url))
    async with hearing(door, CHANNELS) as heard:
        yield heard
    await door.close()


@asynccontextmanager
async def by_library(url: str) -> AsyncIterator[AsyncIterator[object]]:
    async with open_redis(url) as client, client.pubsub(ignore_subscribe_messages=True) as heard:
        await heard.psubscribe(CHANNELS)
        await heard.get_message(timeout=5.0)
        yield heard.listen()


async def cost_of(hears: Hears, url: str) -> float:
    """Microseconds of this process a message."""
    async with hears(url) as heard:
        saying = await create_subprocess_exec(sys.executable, __file__, url)
        await anext(heard)
        began = process_time()
        for _ in range(MESSAGES - 1):
            await anext(heard)
        spent = process_time() - began
        await saying.wait()
    return spent / (MESSAGES - 1) * 1e6


def say(url: str) -> None:
    with redis.Redis.from_url(url) as client, client.pipeline(transaction=False) as pipeline:
        for _ in range(MESSAGES // AT_ONCE):
            for _ in range(AT_ONCE):
                pipeline.publish(CHANNEL, SAID)
            pipeline.execute()


async def compare(url: str) -> None:
    rounds = [(await cost_of(by_line, url), await cost_of(by_library, url)) for _ in range(ROUNDS)]
    ours, theirs = map(median, zip(*rounds, strict=True))
    report("hear", "a message heard over Redis / by the library's pub/sub", ours, theirs, 0.5)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        say(sys.argv[1])
    else:
        with (
            tempfile.TemporaryDirectory(prefix="crosscourt-bench-") as folder,
            embedded_servers(Path(folder), postgres=False, valkey=True) as servers,
        ):
            assert servers.redis_url is not None
            uvloop.run(compare(servers.redis_url))
