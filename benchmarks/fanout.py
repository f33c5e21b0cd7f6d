"""G7: what it costs the server to tell many clients of a price, in its own CPU time; the clients are in this process.

The platform as `crosscourt up --workers none` serves it, against picows sending on what it hears, with nothing between.
Both hear their updates from Redis, each once, and every client gets every one of them. Then one client reads nothing
any more, and a thousand are served.
"""

import asyncio
import json
import os
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

import uvloop
from _rows import report
from api import Served, served
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from app.clock import nanos_clock, wall_clock
from app.domain.games import Game, GameId
from app.domain.leagues import LeagueCode, Pool
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.money import Price, Size
from app.domain.prices import SECOND, Listed, Quote, book_id
from app.domain.teams import Team, TeamId
from app.embedded import embedded_servers
from app.hot.keys import prices_channel
from app.hot.quotes import PricesMirror
from app.hot.shown import moment, quote_shown
from app.hot.state import HotState, open_hot_state

CLIENTS = 200
MANY = 1_000
UPDATES = 20  # a round, of four quotes each
ROUNDS = 15
WITHIN = 60.0  # seconds for an update to reach everybody
FILLS_WITH = 4_000  # updates: more than all buffers hold between the server and one who reads nothing

VENUE = VenueId("kalshi")
ONE, OTHER = GameId("401"), GameId("402")  # each server tells of a game of its own: one rests while the other works
HOME = Team(TeamId("nba:2"), Pool("nba"), "Boston Celtics", "Boston", "Celtics", "BOS")
AWAY = Team(TeamId("nba:13"), Pool("nba"), "Los Angeles Lakers", "Los Angeles", "Lakers", "LAL")
UPGRADE = (
    b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)

now = nanos_clock(wall_clock)


class Teller:
    """Writes prices of one game as a monitor does; each differs from the one before."""

    def __init__(self, mirror: PricesMirror, game: GameId) -> None:
        self._mirror = mirror
        markets = (MarketId(f"KXNBAGAME-{game}-{number}") for number in range(4))
        self._listed = [
            Listed(book_id(VENUE, market), VENUE, market, game, ContractId(f"kalshi:{market}:yes"))
            for market in markets
        ]
        self.number = 0
        self.subscribe = b'{"op":"subscribe","channels":["prices:%s"]}' % game.encode()

    async def tell(self) -> None:
        self.number += 1
        at, flush, bid = now(), self._mirror.next_flush(), Price(1_000 + self.number % 8_000)
        sizes = Size(10**7), Size(10**8)
        quotes = []
        for listed in self._listed:
            quote = Quote(listed.first, bid, sizes[0], Price(bid + 100), sizes[1], at, at, at, self.number, "1")
            quotes.append(quote_shown(listed, quote, at, 2 * SECOND, flush))
        await self._mirror.write([], quotes, moment(at))


class Crowd:
    """Many clients, and how many of them have the last update."""

    def __init__(self, size: int) -> None:
        self.mark = b""
        self.waits: list[float] = []  # seconds from the telling of an update to each client's getting it
        self._size = size
        self._count = 0
        self._has_all = asyncio.Event()
        self._told_at = 0.0

    def have(self) -> None:
        self._count += 1
        self.waits.append(time.perf_counter() - self._told_at)
        if self._count == self._size:
            self._has_all.set()

    async def get(self, teller: Teller) -> None:
        """Each of a round's updates, told when everybody has the one before."""
        for _ in range(UPDATES):
            self._count = 0
            self._has_all.clear()
            self._told_at = time.perf_counter()
            self.mark = b'"sequence":%d,' % (teller.number + 1)  # which no other has
            await teller.tell()
            await asyncio.wait_for(self._has_all.wait(), WITHIN)


class Client(WSListener):
    """One of them."""

    def __init__(self, crowd: Crowd, hello: bytes) -> None:
        super().__init__()
        self._crowd = crowd
        self._hello = hello
        self._mark = b""

    def on_ws_connected(self, transport: WSTransport) -> None:
        if self._hello:
            transport.send(WSMsgType.TEXT, self._hello)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        mark = self._crowd.mark
        if mark and mark != self._mark and mark in frame.get_payload_as_bytes():
            self._mark = mark  # a beat may say it again
            self._crowd.have()


class Side(NamedTuple):
    """A server, who is connected to it, and who tells what they follow."""

    server: Served
    crowd: Crowd
    teller: Teller


@asynccontextmanager
async def crowd_at(server: Served, size: int, path: str, hello: bytes) -> AsyncIterator[Crowd]:
    crowd = Crowd(size)
    url = f"ws://127.0.0.1:{server.port}{path}"
    transports = [(await ws_connect(lambda: Client(crowd, hello), url))[0] for _ in range(size)]
    await asyncio.sleep(1)  # all that they have asked for is done
    try:
        yield crowd
    finally:
        for transport in transports:
            transport.disconnect()


async def rounds(sides: Sequence[Side], size: int) -> list[list[float]]:
    """CPU of each server a message delivered, in us, round by round; they take turns."""
    found: list[list[float]] = []
    for _ in range(ROUNDS + 1):
        spent = []
        for server, crowd, teller in sides:
            began = server.cpu()
            await crowd.get(teller)
            spent.append((server.cpu() - began) / UPDATES / size * 1e6)
        found.append(spent)
    return found[1:]  # the first of them is for warming up


async def compare(ours: Served, theirs: Served, hot: HotState) -> None:
    mirror = await hot.open_mirror(VENUE)
    one, other = Teller(mirror, ONE), Teller(mirror, OTHER)
    async with crowd_at(ours, CLIENTS, "/ws", one.subscribe) as mine, crowd_at(theirs, CLIENTS, "/", b"") as bare:
        spent = await rounds([Side(ours, mine, one), Side(theirs, bare, other)], CLIENTS)
    mine_us, bare_us = (median(each) for each in zip(*spent, strict=True))
    report("G7", f"a price to each of {CLIENTS} clients / picows", mine_us, bare_us, 2.0)


async def with_one_stalled(ours: Served, twin: Served, hot: HotState) -> None:
    mirror = await hot.open_mirror(VENUE)
    one, other = Teller(mirror, ONE), Teller(mirror, OTHER)
    async with (
        crowd_at(ours, CLIENTS, "/ws", one.subscribe) as mine,
        crowd_at(twin, CLIENTS, "/ws", other.subscribe) as plain,
    ):
        silent = await stall(ours, one)
        spent = await rounds([Side(ours, mine, one), Side(twin, plain, other)], CLIENTS)
    got = what_it_got(silent)
    assert 0 < got < FILLS_WITH, got  # else nothing was measured
    mine_us, plain_us = (median(each) for each in zip(*spent, strict=True))
    report("G7", "CPU of a price, one client stalled / none", mine_us, plain_us, 1.2)
    mine_ms, plain_ms = median(mine.waits) * 1e3, median(plain.waits) * 1e3
    report("G7", "wait for a price, one client stalled / none", mine_ms, plain_ms, 1.2, unit="ms")


async def stall(server: Served, teller: Teller) -> socket.socket:
    """Somebody who follows and reads nothing, until the server can send no more."""
    silent = socket.socket()
    silent.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
    silent.connect(("127.0.0.1", server.port))
    silent.sendall(UPGRADE)
    await asyncio.to_thread(silent.recv, 1_000)
    silent.sendall(bytes([0x81, 0x80 | len(teller.subscribe), 0, 0, 0, 0]) + teller.subscribe)
    await asyncio.sleep(1)
    for _ in range(FILLS_WITH):
        await teller.tell()
    return silent


def what_it_got(silent: socket.socket) -> int:
    """Messages about prices that were under way to it when it stopped reading."""
    silent.settimeout(1)
    count = 0
    with silent, suppress(OSError):  # it has taken all that it will, or was cut off by now
        while some := silent.recv(1 << 20):
            count += some.count(b'"type":"prices"')
    return count


async def many(ours: Served, hot: HotState) -> None:
    teller = Teller(await hot.open_mirror(VENUE), ONE)
    async with crowd_at(ours, MANY, "/ws", teller.subscribe) as crowd:
        spent = await rounds([Side(ours, crowd, teller)], MANY)
    waits = quantiles(crowd.waits, n=100)
    row = {"goal": "G7", "what": f"{MANY:,} clients served", "delivered": len(crowd.waits)}
    row |= {"cpu_us": round(median(each[0] for each in spent), 2)}
    row |= {"p50_ms": round(waits[49] * 1e3, 2), "p99_ms": round(waits[98] * 1e3, 2)}
    print(json.dumps(row), flush=True)
    told = f"{row['delivered']:,} prices delivered to {MANY:,} clients: {row['cpu_us']} us of CPU each"
    print(f"G7   {told}, after {row['p50_ms']} ms (p99 {row['p99_ms']} ms)", file=sys.stderr)


async def measure(ours: Served, twin: Served, theirs: Served, redis_url: str) -> None:
    async with open_hot_state(redis_url) as hot:
        start = wall_clock()
        games = [Game(id=game, league=LeagueCode("nba"), home=HOME, away=AWAY, start=start) for game in (ONE, OTHER)]
        await hot.save_games(games, 3_600)
        await compare(ours, theirs, hot)
        await with_one_stalled(ours, twin, hot)
        await many(ours, hot)


def main() -> None:
    """All of it on stores of its own."""
    here = str(Path(__file__).with_name("_fanned.py"))
    product = "from app.cli import main; main()"
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="crosscourt-bench-"))
        stores = stack.enter_context(embedded_servers(Path(folder), postgres=True, valkey=True))
        assert stores.redis_url is not None
        environment = {
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[1]),
            "DATABASE__URL": stores.database_url or "",
            "REDIS__URL": stores.redis_url,
            "API__RATE_PER_MINUTE": str(10**9),
            "API__SOCKETS_PER_MINUTE": str(10**9),
        }
        up = ["-c", product, "up", "--workers", "none", "--log", "json", "--port", "{port}", "--data-dir"]
        ours = stack.enter_context(served([*up, f"{folder}/ours"], environment))
        twin = stack.enter_context(served([*up, f"{folder}/twin"], environment))
        theirs = stack.enter_context(served([here, "{port}", stores.redis_url, prices_channel(OTHER)], environment))
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(measure(ours, twin, theirs, stores.redis_url))


if __name__ == "__main__":
    main()
