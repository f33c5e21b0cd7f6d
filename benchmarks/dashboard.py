"""G16: what fifty open pages cost the hot path of the process that serves them: what a frame takes from the venue's
socket to the board, and how long it waits for the loop, with the sockets of fifty browsers and with none.

Half of them show the slate, the others a game, its prices and all that is traded: as the page follows them. Rounds with
and without take turns on the same connections, so that both meet the same weather.
"""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager, closing, suppress
from pathlib import Path
from statistics import median

import msgspec
import uvloop
from _rows import report
from _watched import Took
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from app.embedded import embedded_servers

BROWSERS = 50
ROUNDS = 11
MARKETS = 40  # of `ticks.kalshi`, each of a game of its own
SETTLES = 0.7  # seconds, until snapshots are told
STARTS_WITHIN = 150.0  # seconds; the machine may be busy
TRADED = ["signals", "orders", "fills", "positions"]


class Browser(WSListener):
    """Reads whatever it is told."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.got = 0
        self.channels = ["slate", "signals"] if number % 2 else ["slate", f"prices:4{number % MARKETS:02d}", *TRADED]
        self._transport: WSTransport | None = None

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        self.got += len(frame.get_payload_as_memoryview())

    def ask(self, op: str) -> None:
        assert self._transport is not None
        self._transport.send(WSMsgType.TEXT, msgspec.json.encode({"op": op, "channels": self.channels}))


class Watched:
    """The process that is measured."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self._process = process
        self.port = port

    async def round(self) -> Took:
        return await asyncio.to_thread(self._round)

    def _round(self) -> Took:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(b"go\n")
        self._process.stdin.flush()
        return msgspec.json.decode(self._process.stdout.readline(), type=Took)


@asynccontextmanager
async def browsers_at(port: int) -> AsyncIterator[Sequence[Browser]]:
    browsers = [Browser(number) for number in range(BROWSERS)]
    opened = [await ws_connect(lambda each=each: each, f"ws://127.0.0.1:{port}/ws") for each in browsers]  # type: ignore[misc]
    try:
        yield browsers
    finally:
        for transport, _ in opened:
            transport.disconnect()


async def measure(watched: Watched) -> None:
    rounds: dict[str, list[Took]] = {"subscribe": [], "unsubscribe": []}
    async with browsers_at(watched.port) as browsers:
        for _ in range(ROUNDS + 1):
            for op, found in rounds.items():
                before = sum(each.got for each in browsers)
                for each in browsers:
                    each.ask(op)
                await asyncio.sleep(SETTLES)
                found.append(await watched.round())
                told = sum(each.got for each in browsers) - before
                assert (told > BROWSERS * 1_000) is (op == "subscribe"), told  # else nothing was measured
    fifty, none = ([*found[1:]] for found in rounds.values())  # the first of each is for warming up
    for name, what, target in (
        ("frame", "a frame to the board", 1.1),
        ("late", "a frame's wait for the loop", 1.5),
        ("latest", "the longest wait of a hundred", 1.5),
    ):
        mine, bare = (median(getattr(each, name) for each in found) for found in (fifty, none))
        report("G16", f"{what}, {BROWSERS} browsers / none", mine, bare, target)
    cpu = median(each.cpu for each in fifty) - median(each.cpu for each in none)
    print(f"G16  {BROWSERS} browsers: {cpu:.1f} us of CPU more a frame", file=sys.stderr)


def started(environment: dict[str, str], stack: ExitStack) -> Watched:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = [sys.executable, str(Path(__file__).with_name("_watched.py")), str(port)]
    process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    stack.callback(process.wait)
    stack.callback(process.terminate)
    ends = time.monotonic() + STARTS_WITHIN
    while process.poll() is None and time.monotonic() < ends:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return Watched(process, port)
        time.sleep(0.05)
    raise SystemExit("what is to be measured does not answer")


def main() -> None:
    """All of it on stores of its own."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="crosscourt-bench-"))
        stores = stack.enter_context(embedded_servers(Path(folder), postgres=True, valkey=True))
        environment = {
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[1]),
            "DATA_DIR": f"{folder}/data",
            "DATABASE__URL": stores.database_url or "",
            "REDIS__URL": stores.redis_url or "",
        }
        watched = started(environment, stack)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(measure(watched))


if __name__ == "__main__":
    main()
