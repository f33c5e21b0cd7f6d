"""G6: what a call costs the server, in its own CPU time; the callers are in this process.

`POST /match` against a bare Starlette route, with our middleware against without, and a pair of a batch. 16 connections
that stay open; no pair is asked twice.
"""

import asyncio
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import msgspec
import uvloop
from _rows import report, timed

from app.domain.leagues import LEAGUES
from app.embedded import embedded_servers
from app.matching.registry import Registry

CONNECTIONS = 16
CALLS = 400  # a round
ROUNDS = 25  # many and short: both sides meet the same weather
BATCHES = 3  # a round
PAIRS = 1_000  # of a batch
BATCH_TARGET = 25.0  # us a pair
STARTS_WITHIN = 150.0  # seconds; the machine may be busy

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Served:
    """A server in a process of its own."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.port = port

    def cpu(self) -> float:
        """Seconds that all its threads were on a processor, to the nanosecond."""
        spent = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(each.read_text().split()[0]) for each in spent) / 1e9


class Questions:
    """Pairs of names that the registry knows, as written there or in small letters, half of them of one team; no pair
    comes twice."""

    def __init__(self, seed: int) -> None:
        registry = Registry.load()
        self._draw = random.Random(seed)
        self._asked: set[tuple[str, str]] = set()
        self._teams: dict[str, list[list[str]]] = {}  # spellings of each team, by sport
        for sport in {league.pool: code for code, league in LEAGUES.items()}.values():
            teams = registry.teams(LEAGUES[sport].pool)
            known = [(team.name, *team.names) for team in teams]
            self._teams[sport] = [sorted({*names, *map(str.lower, names)}) for names in known]
        self._sports = [sport for sport, teams in self._teams.items() for _ in teams]

    def pair(self) -> dict[str, str]:
        while True:
            sport = self._draw.choice(self._sports)
            one = self._draw.choice(self._teams[sport])
            other = one if self._draw.random() < 0.5 else self._draw.choice(self._teams[sport])
            target, candidate = self._draw.choice(one), self._draw.choice(other)
            if (target, candidate) not in self._asked:
                self._asked.add((target, candidate))
                return {"target": target, "candidate": candidate, "sport": sport}


@contextmanager
def served(arguments: Sequence[str], environment: dict[str, str]) -> Iterator[Served]:
    """`arguments` of Python, `{port}` among them; up when it accepts."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = [sys.executable, *(each.format(port=port) for each in arguments)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await_start(process, port)
        yield Served(process, port)
    finally:
        process.terminate()
        process.wait()


def _await_start(process: subprocess.Popen[bytes], port: int) -> None:
    ends = time.monotonic() + STARTS_WITHIN
    while process.poll() is None and time.monotonic() < ends:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), STARTS_WITHIN) as connection:
            connection.sendall(b"GET /nothing HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
            if connection.recv(1):
                return
        time.sleep(0.05)
    raise SystemExit(f"{process.args} does not answer")


def written(path: str, body: object) -> bytes:
    """The call as it goes over the wire."""
    text = msgspec.json.encode(body)
    head = f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {len(text)}"
    return head.encode() + b"\r\n\r\n" + text


async def ask(port: int, calls: Sequence[bytes], connections: int) -> None:
    """Make the calls over this many connections, each as soon as the one before it is answered."""
    waiting = iter(calls)

    async def caller() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 24)
        for call in waiting:
            writer.write(call)
            await _answer(reader)
        writer.close()

    await asyncio.gather(*(caller() for _ in range(connections)))


async def _answer(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r")[0]
    await reader.readexactly(int(length))


def calling(run: Callable[[Awaitable[None]], None], server: Served, questions: Questions) -> Callable[[], None]:
    """A round of single calls."""

    def call() -> None:
        calls = [written("/match", questions.pair()) for _ in range(CALLS)]
        run(ask(server.port, calls, CONNECTIONS))

    return call


def batching(run: Callable[[Awaitable[None]], None], server: Served, questions: Questions) -> Callable[[], None]:
    """A round of batches, one after another."""

    def call() -> None:
        batches = [[questions.pair() for _ in range(PAIRS)] for _ in range(BATCHES)]
        run(ask(server.port, [written("/match/batch", {"pairs": pairs}) for pairs in batches], 1))

    return call


def measure(ours: Served, naked: Served, bare: Served, run: Callable[[Awaitable[None]], None]) -> None:
    questions = Questions(seed=6)

    def spent() -> float:
        return ours.cpu() + naked.cpu() + bare.cpu()  # only one of them works at a time

    whole, _ = timed(batching(run, ours, questions), lambda: None, clock=spent)
    report("G6", f"a pair of a /match/batch of {PAIRS:,} / 1 us", whole / BATCHES / PAIRS * 1e6, 1, BATCH_TARGET)
    whole, least = timed(calling(run, ours, questions), calling(run, bare, questions), ROUNDS, spent)
    report("G6", f"POST /match at {CONNECTIONS} connections / a bare route", *_us(whole, least), 2.5)
    whole, without = timed(calling(run, ours, questions), calling(run, naked, questions), ROUNDS, spent)
    report("G6", "POST /match / without our middleware", *_us(whole, without), 1.3)


def _us(first: float, second: float) -> tuple[float, float]:
    return first / CALLS * 1e6, second / CALLS * 1e6


def main() -> None:
    """All of it on stores of its own."""
    here = str(Path(__file__).with_name("_served.py"))
    product = "from app.cli import main; main()"
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="crosscourt-bench-"))
        stores = stack.enter_context(embedded_servers(Path(folder), postgres=True, valkey=True))
        environment = {
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[1]),
            "DATA_DIR": folder,
            "DATABASE__URL": stores.database_url or "",
            "REDIS__URL": stores.redis_url or "",
            "API__RATE_PER_MINUTE": str(10**9),
            "API__SOCKETS_PER_MINUTE": str(10**9),
        }
        up = ["-c", product, "up", "--workers", "none", "--log", "json", "--port", "{port}"]
        ours = stack.enter_context(served(up, environment))
        naked = stack.enter_context(served([here, "naked", "{port}"], environment))
        bare = stack.enter_context(served([here, "bare", "{port}"], environment))
        runner = stack.enter_context(asyncio.Runner(loop_factory=uvloop.new_event_loop))
        measure(ours, naked, bare, runner.run)


if __name__ == "__main__":
    main()
