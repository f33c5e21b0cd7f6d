"""API processes over real sockets, without workers: what they tell is put into Redis as the monitors do it."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn
from websockets.asyncio.client import ClientConnection, connect

from app.cli.up import served
from app.clock import nanos_clock, wall_clock
from app.domain.markets import ContractId, MarketId
from app.domain.money import price, size
from app.domain.prices import SECOND, Doubt, LaneId, Listed, Nanos, Quote, book_id
from app.hot.quotes import PricesMirror
from app.hot.shown import moment, quote_shown
from app.main import create_app
from app.resources import Resources
from app.settings import Settings
from tests.app.hot.samples import CELTICS_GAME, KALSHI

Json = dict[str, Any]

WITHIN = 60.0  # seconds for anything
LANE = LaneId("kalshi:1")
FRESH = 2 * SECOND
YES = ContractId("kalshi:KX-BOS:yes")
BOSTON = Listed(
    book_id(KALSHI, MarketId("KX-BOS")),
    KALSHI,
    MarketId("KX-BOS"),
    CELTICS_GAME.id,
    YES,
    ContractId("kalshi:KX-BOS:no"),
)
CHANNEL = f"prices:{CELTICS_GAME.id}"

now = nanos_clock(wall_clock)


class Replica:
    """One process's API."""

    def __init__(self, port: int, resources: Resources) -> None:
        self.port = port
        self.resources = resources
        self.url = f"ws://localhost:{port}/ws"

    def connect(self, **given: Any) -> connect:
        return connect(self.url, **{"compression": None, "open_timeout": WITHIN, "max_queue": None, **given})


async def until(is_so: Callable[[], bool]) -> None:
    """Wait for what comes about by itself."""
    async with asyncio.timeout(WITHIN):
        while not is_so():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


class Quiet(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def replica(settings: Settings) -> AsyncIterator[Replica]:
    """It hears Redis from the start: whatever is only published, tests publish once."""
    app = create_app(settings)
    async with app.router.lifespan_context(app) as state:
        assert state is not None
        hub = state["hub"]
        await until(lambda: hub._board is not None)

        @asynccontextmanager
        async def is_open(_: object) -> AsyncIterator[object]:
            yield state

        app.router.lifespan_context = is_open  # type: ignore[assignment]
        with socket.create_server(("127.0.0.1", 0)) as listener:
            server = Quiet(served(app))
            serving = asyncio.create_task(server.serve([listener]))
            try:
                await until(lambda: server.started)
                yield Replica(listener.getsockname()[1], state["resources"])
            finally:
                server.should_exit = True
                await serving


class Follower:
    """Somebody who is connected, and remembers."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.heard: list[Json] = []

    async def send(self, **op: object) -> None:
        await self.connection.send(json.dumps(op))

    async def next(self, *types: str) -> Json:
        """The next message, of these types."""
        async with asyncio.timeout(WITHIN):
            while True:
                message: Json = json.loads(await self.connection.recv())
                self.heard.append(message)
                if not types or message["type"] in types:
                    return message

    async def subscribe(self, *channels: str, **more: object) -> Json:
        await self.send(op="subscribe", channels=list(channels), **more)
        answer = await self.next("subscribed", "error")
        assert answer["type"] == "subscribed", answer
        return answer

    async def updates(self, count: int) -> list[Json]:
        return [await self.next("update") for _ in range(count)]

    async def pong(self) -> None:
        """Everything that was sent before has been dealt with."""
        await self.send(op="ping")
        await self.next("pong")


@asynccontextmanager
async def follower(of: Replica, **given: Any) -> AsyncIterator[Follower]:
    async with of.connect(**given) as connection:
        found = Follower(connection)
        await found.next("welcome")
        yield found


def quote(bid: str, at: Nanos, *, contract: ContractId = YES, doubt: Doubt | None = None, lane: LaneId = LANE) -> Quote:
    """A quote that was told and proved at that moment; a cent wide."""
    ask = price(bid) + 100
    return Quote(contract, price(bid), size(10), type(price(bid))(ask), size(20), at, at, at, 7, "1", doubt, lane)


async def tell(mirror: PricesMirror, quotes: Iterable[Quote], listed: Listed = BOSTON) -> None:
    """As a monitor does when prices have moved."""
    flush, at = mirror.next_flush(), now()
    await mirror.write([], [quote_shown(listed, each, at, FRESH, flush) for each in quotes], moment(at))


def seqs(updates: Sequence[Json]) -> list[int]:
    return [update["seq"] for update in updates]
