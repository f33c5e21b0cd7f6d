"""A gateway at work on the sandbox, with a wallet that the sandbox knows."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx

from app.clock import nanos_clock, wall_clock
from app.domain.markets import ContractId, Handling
from app.domain.money import size
from app.domain.orders import Order, Report
from app.domain.prices import CENT_GRID
from app.sandbox.server import CLOB, DATA, POLYMARKET, USER_SOCKET
from app.settings import PolymarketSettings, TradingSettings
from app.venues.demands import Demands
from app.venues.known_orders import KnownOrders
from app.venues.permits import Permit
from app.venues.polymarket.gateway import PolymarketGateway
from app.venues.polymarket.wallets import Wallet

NOW = nanos_clock(wall_clock)
NBA, NFL = "nba:LAC@LAL", "nfl:LAC@KC"  # the second's orders wait a second
ANOTHER = {"bids": [["0.40", "1"]], "asks": [["0.42", "1"]]}
BOOK = {"bids": [["0.40", "50"], ["0.39", "80"]], "asks": [["0.42", "30"], ["0.43", "100"]]}


class Till:
    """`told`: what the gateway has said while it was listened to. `others`: orders that another process has sent."""

    def __init__(self, client: httpx.AsyncClient, key: str, trading: TradingSettings, **more: object) -> None:
        base_url = str(client.base_url).rstrip("/")
        self.client = client
        self.key = key
        self.address = Wallet(key).address
        self.is_enabled = True
        self.handling: Handling | None = Handling(least=size("5"))
        self.told: list[Report] = []
        self.others: dict[str, Order] = {}
        self.settings = PolymarketSettings(
            clob_url=base_url + CLOB,
            user_socket_url=base_url.replace("http", "ws") + USER_SOCKET,
            data_url=base_url + DATA,
            location_url=f"{base_url}{POLYMARKET}/api/geoblock",
            private_key=key,
            timeout=1.0,
            per_second=200,
            orders_per_second=200,
            longest_wait=0.2,
            tries=1,
            **more,
        )
        self.permit = Permit(trading, lambda: self.is_enabled, NOW)
        demands = Demands(self._handling, lambda venue, market: CENT_GRID)
        known = KnownOrders(self._recall)
        self.gateway = PolymarketGateway(self.settings, client, self.permit, known, demands, NOW)

    def _handling(self, _: ContractId) -> Handling | None:
        return self.handling

    async def _recall(self, name: str) -> Order | None:
        return self.others.get(name)

    async def send(self, order: Order) -> Report:
        await self.gateway._be_tried()
        return await self.gateway.submit(self.gateway.prepare(order))

    async def fail(self, kind: str, match: str = "/clob/order", **more: object) -> None:
        answer = await self.client.post("/faults", json={"match": match, "kind": kind, **more})
        assert answer.status_code == 200, answer.text

    async def truth(self) -> dict:
        return (await self.client.get(f"/accounts/{self.address.lower()}")).json()

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


async def open_till(client: httpx.AsyncClient, number: int, **limits: int) -> Till:
    """With a thousand dollars. `limits`: of TradingSettings, wide where they are not given."""
    key = number.to_bytes(32, "big").hex()
    wish = {"venue": "polymarket", "address": Wallet(key).address, "balance": "1000"}
    assert (await client.post("/accounts", json=wish)).status_code == 200
    return Till(client, key, TradingSettings(**{"max_stake": 500, "max_stake_a_day": 900, **limits}))


async def held_market(client: httpx.AsyncClient, game: str = NBA, number: int = 0) -> tuple[str, str, str]:
    """A market whose ladder stands still, and of which nobody has taken anything: its id and its tokens."""
    games = (await client.get("/games")).json()["games"]
    listed = next(one["polymarket"] for one in games if one["game"] == game)
    label = sorted(listed)[number]
    tokens = (await client.get(f"/clob/clob-markets/{listed[label]}")).json()["t"]
    for ladder in (ANOTHER, BOOK):
        entry = {"at": 0, "venue": "polymarket", "game": game, "market": label, "ladder": ladder}
        assert (await client.post("/plan", json=[entry])).status_code == 200
        await client.get("/clob/book", params={"token_id": tokens[0]["t"]})
    return listed[label], tokens[0]["t"], tokens[1]["t"]
