"""A gateway at work on the sandbox, with a key that the sandbox knows."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from app.clock import nanos_clock, wall_clock
from app.domain.orders import Order, Report
from app.sandbox.server import KALSHI, KALSHI_SOCKET
from app.settings import KalshiSettings, TradingSettings
from app.venues.demands import UNTOLD
from app.venues.kalshi.gateway import KalshiGateway
from app.venues.known_orders import KnownOrders
from app.venues.permits import Permit

KEY = generate_private_key(public_exponent=65537, key_size=2048)  # one is enough; to make it takes long
NOW = nanos_clock(wall_clock)
ANOTHER = {"bids": [["0.40", "1"]], "asks": [["0.42", "1"]]}
BOOK = {"bids": [["0.40", "50"], ["0.39", "80"]], "asks": [["0.42", "30"], ["0.43", "100"]]}


class Till:
    """`told`: what the gateway has said while it was listened to. `others`: orders that another process has sent."""

    def __init__(self, client: httpx.AsyncClient, file: Path, key_id: str, trading: TradingSettings) -> None:
        base_url = str(client.base_url).rstrip("/")
        self.client = client
        self.key_id = key_id
        self.is_enabled = True
        self.told: list[Report] = []
        self.others: dict[str, Order] = {}
        self.settings = KalshiSettings(
            base_url=base_url + KALSHI,
            socket_url=base_url.replace("http", "ws") + KALSHI_SOCKET,
            key_id=key_id,
            private_key_file=file,
            timeout=1.0,
            per_second=200,
            orders_per_second=200,
            longest_wait=0.2,
        )
        self.permit = Permit(trading, lambda: self.is_enabled, NOW)
        self.gateway = KalshiGateway(self.settings, client, self.permit, KnownOrders(self._recall), UNTOLD, NOW)

    async def _recall(self, name: str) -> Order | None:
        return self.others.get(name)

    async def send(self, order: Order) -> Report:
        return await self.gateway.submit(self.gateway.prepare(order))

    async def fail(self, kind: str, match: str = "/portfolio/events/orders", **more: object) -> None:
        answer = await self.client.post("/faults", json={"match": match, "kind": kind, **more})
        assert answer.status_code == 200, answer.text

    async def truth(self) -> dict:
        return (await self.client.get(f"/accounts/{self.key_id}")).json()

    async def until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not is_so():  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.gateway.hear(self.told.append))
        try:
            await self.until(lambda: self.gateway.counts.get("gaps_filled", 0) > 0)
            yield
            assert not task.done()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def write_key(folder: Path) -> Path:
    file = folder / "kalshi.pem"
    file.write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    file.chmod(0o600)
    return file


async def open_till(client: httpx.AsyncClient, folder: Path, key_id: str, **limits: int) -> Till:
    """With a thousand dollars. `limits`: of TradingSettings, wide where they are not given."""
    pem = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    wish = {"venue": "kalshi", "key_id": key_id, "public_key": pem, "balance": "1000"}
    assert (await client.post("/accounts", json=wish)).status_code == 200
    return Till(
        client, write_key(folder), key_id, TradingSettings(**{"max_stake": 500, "max_stake_a_day": 900, **limits})
    )


async def held_market(client: httpx.AsyncClient, label: str = "GAME-BOS") -> str:
    """The ticker of a market whose ladder stands still, and of which nobody has taken anything."""
    game = "nba:NY@BOS"
    games = (await client.get("/games")).json()["games"]
    ticker = next(one["kalshi"][label] for one in games if one["game"] == game)
    for ladder in (ANOTHER, BOOK):
        entry = {"at": 0, "venue": "kalshi", "game": game, "market": label, "ladder": ladder}
        assert (await client.post("/plan", json=[entry])).status_code == 200
        await client.get(f"{KALSHI}/markets/{ticker}/orderbook")
    return ticker
