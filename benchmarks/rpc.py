"""G8: a question to the matcher over Valkey, client to worker and back, against a bare round trip over pub/sub.

Both sides ask from here and are answered from a process of their own. The bare one does with the same library what any
program would: subscribed once, it publishes a question, an echo publishes it back. Wall time, since most of it is spent
between the processes.
"""

import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import product
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

import redis
import uvloop
from _rows import ROUNDS, report
from redis.asyncio import Redis

from app.embedded import embedded_servers
from app.hot.keys import MATCH_REQUESTS
from app.hot.state import open_hot_state
from app.logs import write_logs
from app.matching.registry import Registry
from app.matching.unified import TeamMatcher
from app.team_matching import TeamMatchingClient
from workers.team_matching import TURN, Clerk

QUESTIONS = 400  # a round
ASKED, ANSWERED = "bench:asked", "bench:answered"

Pair = tuple[str, str, str]


async def answer(url: str) -> None:
    """What the worker does, with the logs of the platform."""
    matcher = TeamMatcher(Registry.load())
    matcher.warm()
    async with open_hot_state(url) as hot, hot.match_desk() as desk:
        clerk = Clerk(desk, matcher)
        while True:
            await clerk.serve(TURN)


async def echo(url: str) -> None:
    """The least that could answer."""
    async with Redis.from_url(url) as client, client.pubsub(ignore_subscribe_messages=True) as heard:
        await heard.subscribe(ASKED)
        while True:
            message = await heard.get_message(timeout=TURN)
            if message is not None:
                await client.publish(ANSWERED, message["data"])


@asynccontextmanager
async def bare_round_trip(url: str) -> AsyncIterator[Callable[[Pair], Awaitable[object]]]:
    async with Redis.from_url(url) as client, client.pubsub(ignore_subscribe_messages=True) as heard:
        await heard.subscribe(ANSWERED)
        await heard.get_message(timeout=TURN)

        async def ask(pair: Pair) -> object:
            await client.publish(ASKED, " ".join(pair))
            while (message := await heard.get_message(timeout=TURN)) is None:
                continue
            return message

        yield ask


def pairs_of_names() -> Iterator[Pair]:
    """Distinct ones, known and unknown to each other."""
    registry = Registry.load()
    for league in ("nba", "mlb", "nfl", "nhl", "epl", "ncaab"):
        teams = registry.teams("soccer" if league == "epl" else league)
        for one, other in product(teams[::3], teams[::5]):
            yield one.name, other.nickname or other.name, "soccer" if league == "epl" else league


async def timed(ask: Callable[[Pair], Awaitable[object]], pairs: Iterator[Pair]) -> float:
    """Seconds of a round."""
    chosen = [next(pairs) for _ in range(QUESTIONS)]
    began = perf_counter()
    for pair in chosen:
        await ask(pair)
    return perf_counter() - began


async def compare(url: str) -> None:
    pairs = pairs_of_names()
    async with TeamMatchingClient(redis_url=url) as matching, bare_round_trip(url) as bare:

        async def ask(pair: Pair) -> object:
            return await matching.match(*pair)

        await timed(ask, pairs), await timed(bare, pairs)  # uncounted
        rounds = [(await timed(ask, pairs), await timed(bare, pairs)) for _ in range(ROUNDS)]
    mine, other = (median(times) / QUESTIONS * 1e6 for times in zip(*rounds, strict=True))
    report("G8", "question to the matcher over Valkey / bare pub/sub", mine, other, 1.5)


@contextmanager
def answering(url: str, folder: str) -> Iterator[None]:
    """The worker and the echo, each in a process of its own."""
    command = [sys.executable, __file__]
    processes = [subprocess.Popen([*command, role, url, folder]) for role in ("answer", "echo")]
    try:
        yield
    finally:
        for process in processes:
            process.terminate()
            process.wait()


def wait_for_both(url: str) -> None:
    with redis.Redis.from_url(url) as looking:
        while not all(listeners for _, listeners in looking.pubsub_numsub(MATCH_REQUESTS, ASKED)):
            sleep(0.1)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        role, redis_url, logs = sys.argv[1:]
        write_logs(Path(logs), role, "text")
        uvloop.run(answer(redis_url) if role == "answer" else echo(redis_url))
    else:
        with tempfile.TemporaryDirectory(prefix="crosscourt-bench-") as folder:
            data = Path(folder) / "data"
            with embedded_servers(data, postgres=False, valkey=True) as servers:
                assert servers.redis_url is not None
                with answering(servers.redis_url, folder):
                    wait_for_both(servers.redis_url)
                    uvloop.run(compare(servers.redis_url))
