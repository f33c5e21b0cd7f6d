"""G7: what it costs the server to tell many clients of a price, in its own CPU time; the clients are in this process.

The platform as `crosscourt up --workers none` serves it, against picows sending on what it hears, with nothing between.
Both hear the same updates from Redis, each once, and every client gets every one of them. Then one client reads nothing
any more, and a thousand are served.
"""

import asyncio
import os
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from statistics import median, quantiles

import msgspec
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
WITHIN = 60.0  # seconds for a round
FILLS_WITH = 4_000  # updates that one who reads nothing is sent before it counts

VENUE = VenueId("kalshi")
GAME = GameId("401")
HOME = Team(TeamId("nba:2"), Pool("nba"), "Boston Celtics", "Boston", "Celtics", "BOS")
AWAY = Team(TeamId("nba:13"), Pool("nba"), "Los Angeles Lakers", "Los Angeles", "Lakers", "LAL")
CONTRACTS = [ContractId(f"kalshi:KXNBAGAME-26JAN08LALBOS-{n}:yes") for n in range(4)]
SUBSCRIBE = b'{"op":"subscribe","channels":["prices:%s"]}' % GAME.encode()

UPGRADE = (
    b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)

now = nanos_clock(wall_clock)


class Crowd:
    """Many clients, and how many messages of prices they have got since they were asked last."""

    def __init__(self) -> None:
        self.count = 0
        self.wanted = 0
        self.has_all = asyncio.Event()
        self.waits: list[float] = []  # seconds from the telling of an update to each client's getting it
        self.told_at = 0.0

    def expect(self, count: int) -> None:
        self.count, self.wanted = 0, count
        self.has_all.clear()

    def get(self) -> None:
        self.count += 1
        self.waits.append(time.perf_counter() - self.told_at)
        if self.count == self.wanted:
            self.has_all.set()


class Client(WSListener):
    """Counts what is told of prices; a beat between them is not."""

    def __init__(self, crowd: Crowd, hello: bytes) -> None:
        super().__init__()
        self._crowd = crowd
        self._hello = hello

    def on_ws_connected(self, transport: WSTransport) -> None:
        if self._hello:
            transport.send(WSMsgType.TEXT, self._hello)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.get_payload_as_bytes().startswith(b'{"type":"prices"'):
            self._crowd.get()


class Teller:
    """Writes prices as a monitor does; each differs from the one before."""

    def __init__(self, mirror: PricesMirror) -> None:
        self._mirror = mirror
        self._number = 0

    async def tell(self) -> None:
        self._number += 1
        at, flush, bid = now(), self._mirror.next_flush(), Price(1_000 + self._number % 8_000)
        quotes = []
        for number, contract in enumerate(CONTRACTS):
            market = MarketId(contract.split(":")[1])
            listed = Listed(book_id(VENUE, market), VENUE, market, GAME, contract)
            quote = Quote(contract, bid, Size(10**7), Price(bid + 100), Size(10**8), at, at, at, number, "1")
            quotes.append(quote_shown(listed, quote, at, 2 * SECOND, flush))
        await self._mirror.write([], quotes, moment(at))


@asynccontextmanager
async def crowd_at(server: Served, size: int, path: str, hello: bytes) -> AsyncIterator[Crowd]:
    """So many clients, all told how it stands."""
    crowd = Crowd()
    crowd.expect(size)
    url = f"ws://127.0.0.1:{server.port}{path}"
    transports = []
    for _ in range(size):
        transport, _ = await ws_connect(lambda: Client(crowd, hello), url)
        transports.append(transport)
    if hello:
        await asyncio.wait_for(crowd.has_all.wait(), WITHIN)
    try:
        yield crowd
    finally:
        for transport in transports:
            transport.disconnect()


async def wave(teller: Teller, crowds: list[Crowd], size: int) -> None:
    """Each update when everybody has the one before."""
    for _ in range(UPDATES):
        for crowd in crowds:
            crowd.expect(size)
            crowd.told_at = time.perf_counter()
        await teller.tell()
        for crowd in crowds:
            await asyncio.wait_for(crowd.has_all.wait(), WITHIN)


async def stall(server: Served, teller: Teller) -> socket.socket:
    """Somebody who follows and reads nothing, until the server can send no more."""
    silent = socket.socket()
    silent.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
    silent.connect(("127.0.0.1", server.port))
    silent.sendall(UPGRADE)
    silent.sendall(bytes([0x81, 0x80 | len(SUBSCRIBE), 0, 0, 0, 0]) + SUBSCRIBE)
    await asyncio.sleep(1)
    for _ in range(FILLS_WITH):
        await teller.tell()
    await asyncio.sleep(1)
    return silent


def per_message(seconds: float, size: int) -> float:
    return seconds / UPDATES / size * 1e6


async def compare(ours: Served, theirs: Served, hot: HotState) -> None:
    teller = Teller(await hot.open_mirror(VENUE))
    async with crowd_at(ours, CLIENTS, "/ws", SUBSCRIBE) as mine, crowd_at(theirs, CLIENTS, "/", b"") as other:
        spent = await rounds(teller, [mine, other], CLIENTS, [ours, theirs])
    mine_us, other_us = (median(each) for each in zip(*spent, strict=True))
    report("G7", f"a price to each of {CLIENTS} clients / picows", mine_us, other_us, 2.0)


async def rounds(teller: Teller, crowds: list[Crowd], size: int, servers: list[Served]) -> list[list[float]]:
    """CPU of each server a message delivered, in us; all of them work on the same updates at the same time."""
    found = []
    for number in range(ROUNDS + 1):
        before = [server.cpu() for server in servers]
        await wave(teller, crowds, size)
        if number:
            found.append([per_message(s.cpu() - b, size) for s, b in zip(servers, before, strict=True)])
    return found


async def with_one_stalled(ours: Served, twin: Served, hot: HotState) -> None:
    teller = Teller(await hot.open_mirror(VENUE))
    silent = await stall(ours, teller)
    async with crowd_at(ours, CLIENTS, "/ws", SUBSCRIBE) as mine, crowd_at(twin, CLIENTS, "/ws", SUBSCRIBE) as other:
        mine.waits, other.waits = [], []
        spent = await rounds(teller, [mine, other], CLIENTS, [ours, twin])
        slower, plain = median(mine.waits) * 1e3, median(other.waits) * 1e3
    silent.close()
    mine_us, other_us = (median(each) for each in zip(*spent, strict=True))
    report("G7", "CPU of a price, one client stalled / none", mine_us, other_us, 1.2)
    report("G7", "wait for a price, one client stalled / none", slower, plain, 1.2, unit="ms")


async def many(ours: Served, hot: HotState) -> None:
    teller = Teller(await hot.open_mirror(VENUE))
    async with crowd_at(ours, MANY, "/ws", SUBSCRIBE) as crowd:
        crowd.waits = []
        spent = await rounds(teller, [crowd], MANY, [ours])
        waits = quantiles(crowd.waits, n=100)
    us = median(each[0] for each in spent)
    row = {"clients": MANY, "delivered": len(crowd.waits), "cpu_us": round(us, 2)}
    row |= {"p50_ms": round(waits[49] * 1e3, 2), "p99_ms": round(waits[98] * 1e3, 2)}
    print(msgspec.json.encode(row).decode(), flush=True)
    print(f"G7   {MANY:,} clients served: {row}", file=sys.stderr)


async def measure(ours: Served, twin: Served, theirs: Served, redis_url: str) -> None:
    async with open_hot_state(redis_url) as hot:
        await hot.save_games([Game(id=GAME, league=LeagueCode("nba"), home=HOME, away=AWAY, start=wall_clock())], 3_600)
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
        }
        up = ["-c", product, "up", "--workers", "none", "--log", "json", "--port", "{port}", "--data-dir"]
        ours = stack.enter_context(served([*up, f"{folder}/ours"], environment))
        twin = stack.enter_context(served([*up, f"{folder}/twin"], environment))
        bare = [here, "{port}", stores.redis_url, prices_channel(GAME)]
        theirs = stack.enter_context(served(bare, environment))
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(measure(ours, twin, theirs, stores.redis_url))


if __name__ == "__main__":
    main()
