"""`python -m tests.workers.halt_drills --drills 100`: how long after somebody halts everything nothing rests any more,
on paper and by the word of both simulated venues, as docs/trading.md shows it.

The halt is asked for as `POST /risk/halt` does: told over Redis, written down in Postgres, heard by the watcher of the
process that executes. Paper answers without a venue's latency.
"""

import argparse
import asyncio
import itertools
import logging
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from statistics import quantiles

import httpx

from app.clock import wall_clock
from app.domain.instructions import Instruction, InstructionId
from app.domain.markets import VenueId
from app.domain.money import price
from app.domain.orders import AccountId
from app.embedded import embedded_servers
from app.executor.obeying import order_id_of
from app.history.database import Database
from app.history.instructions import ask
from app.history.ledger import balances
from app.history.orders import Journal
from app.history.permissions import allow_live
from app.hot.state import open_hot_state
from app.resources import Resources
from app.restraints import halt, resume
from app.settings import Settings
from app.venues.polymarket.wallets import Wallet
from tests.app.executor.members import KALSHI_ID, LEAST, POLYMARKET_ID, Membership, at_kalshi, at_polymarket, join
from tests.app.sandbox.servers import running
from tests.workers.executing import know
from tests.workers.markets import Market
from tests.workers.shards import LIVE_GAME, working
from tests.workers.worlds import Catalogue, Scoreboards
from workers.execution import execution
from workers.risk_watcher import risk_watcher

LIVE, MANUAL = AccountId("live"), AccountId("manual")
BELOW = price("0.20")  # of every ask: it rests
LOOKS_EVERY = 0.002  # seconds
WITHIN = 60.0  # seconds, on a busy machine
AT_ONCE = {"polymarket_ms": 0, "polymarket_spread_ms": 0, "kalshi_ms": 0, "kalshi_spread_ms": 0}
PAPER = "paper"
BY = "tests"

Took = Mapping[str, list[float]]  # seconds of each drill, by place


class Drills:
    """One process that executes and hears halts, with real money at both venues and on paper."""

    def __init__(self, resources: Resources, members: Mapping[VenueId, Membership], client: httpx.AsyncClient) -> None:
        self._resources, self._members, self._client = resources, members, client
        self._journal = Journal(resources.history, resources.settings.simulation.world)
        self._book = Market(resources.intake, KALSHI_ID, members[KALSHI_ID].markets[0], LIVE_GAME.id)
        self._names = itertools.count(1)

    async def begin(self) -> None:
        """Wait until its account has what lies at the venues, and the halts are told: there are none."""
        await until(self._is_funded)
        await until(self._is_free)

    async def took(self, place: str) -> float:
        """Seconds from the halt until the order that rested there does so no more."""
        wish = await self._placed(place)
        began = time.perf_counter()
        asked = asyncio.create_task(halt(self._resources.hot, self._resources.history, "all", "", "a drill", by=BY))
        await until(lambda: self._is_gone(place, wish))
        seconds = time.perf_counter() - began
        await asked
        await until(lambda: self._is_settled(wish))
        await resume(self._resources.hot, self._resources.history, "all", "", by=BY)
        await until(self._is_free)
        return seconds

    async def _placed(self, place: str) -> Instruction:
        """An order that rests: on a busy machine one may be lost on its way."""
        while True:
            wish = self._wish(place)
            self._book.load("0.38x1000", "0.42x1000")  # paper rests nothing in a book of long ago
            await ask(self._resources.history, wish)
            await self._resources.hot.tell_order(wish.id)
            await until(lambda asked=wish: self._stands(asked))
            if await self._state(wish) == "open":
                return wish

    def _wish(self, place: str) -> Instruction:
        member = self._members[KALSHI_ID if place == PAPER else VenueId(place)]
        body = {"contract_id": member.contracts[0], "side": "buy", "limit": BELOW, "size": LEAST[member.venue]}
        now = wall_clock()
        return Instruction(
            id=InstructionId(f"drill-{next(self._names)}"),
            kind="order",
            account=MANUAL if place == PAPER else LIVE,
            body={**body, "time_in_force": "gtc"},
            asked_by=BY,
            asked_at=now,
            expires_at=now + timedelta(minutes=1),
        )

    async def _stands(self, wish: Instruction) -> bool:
        return await self._state(wish) in ("open", "cancelled", "rejected", "expired")

    async def _is_gone(self, place: str, wish: Instruction) -> bool:
        """By the word of whoever has it."""
        if place == PAPER:
            return await self._is_settled(wish)
        member = self._members[VenueId(place)]
        name = member.key if place == KALSHI_ID else Wallet(member.key).address.lower()
        told = await self._client.get(f"{member.sandbox}/accounts/{name}")
        return all(order["status"] != "resting" for order in told.json()["all_orders"])

    async def _is_settled(self, wish: Instruction) -> bool:
        return await self._state(wish) == "cancelled"

    async def _state(self, wish: Instruction) -> str:
        found = await self._journal.find(order_id_of(wish))
        return "" if found is None else found.last.state

    async def _is_funded(self) -> bool:
        return (await balances(self._resources.history, LIVE)).cash > 0

    async def _is_free(self) -> bool:
        return not self._resources.intake.pipeline.desk.halts


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Until it does, seen soon after; within WITHIN."""
    async with asyncio.timeout(WITHIN):
        while not await holds():  # noqa: ASYNC110
            await asyncio.sleep(LOOKS_EVERY)


@asynccontextmanager
async def furnished(sandbox: str, folder: Path, database_url: str, redis_url: str) -> AsyncIterator[Drills]:
    """A process at work, over a migrated database."""
    members = {venue: join(sandbox, venue, folder, "1000") for venue in (KALSHI_ID, POLYMARKET_ID)}
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        trading={"mode": "live", "max_stake": 500, "max_stake_a_day": 900},
        paper=AT_ONCE,
        kalshi=at_kalshi(members[KALSHI_ID]),
        polymarket=at_polymarket(members[POLYMARKET_ID]),
    )
    history = Database(database_url, pool_size=6)
    await allow_live(history, list(members), BY, wall_clock())
    async with open_hot_state(redis_url) as hot, httpx.AsyncClient(trust_env=False) as client:
        resources = Resources(settings, wall_clock, hot, history, Scoreboards(), list(map(Catalogue, members)))
        know(resources.intake, (members[KALSHI_ID], members[POLYMARKET_ID]))
        async with working(risk_watcher, resources), working(execution, resources):
            drills = Drills(resources, members, client)
            await drills.begin()
            yield drills
    await history.close()


async def drilled(drills: Drills, count: int) -> Took:
    """So many at each place."""
    return {place: [await drills.took(place) for _ in range(count)] for place in (PAPER, KALSHI_ID, POLYMARKET_ID)}


async def print_drills(count: int) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="crosscourt-drills-") as folder,
        embedded_servers(Path(folder), postgres=True, valkey=True) as endpoints,
        running(seed=7, speed=1) as sandbox,
    ):
        assert endpoints.database_url
        assert endpoints.redis_url
        database = Database(endpoints.database_url)
        await database.migrate()
        await database.close()
        async with furnished(sandbox, Path(folder), endpoints.database_url, endpoints.redis_url) as drills:
            print(table(await drilled(drills, count)))


def table(took: Took) -> str:
    """As docs/trading.md has it; milliseconds."""
    lines = ["| place | drills | half within ms | 99 of 100 within ms |", "|---|---:|---:|---:|"]
    for place, each in took.items():
        cuts = quantiles(each, n=100, method="inclusive")
        lines.append(f"| {place} | {len(each)} | {cuts[49] * 1000:.0f} | {cuts[98] * 1000:.0f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    parser = argparse.ArgumentParser()
    parser.add_argument("--drills", type=int, default=100)
    asyncio.run(print_drills(parser.parse_args().drills))
