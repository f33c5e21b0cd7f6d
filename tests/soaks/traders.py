"""Somebody who trades at both simulated venues all the time, the way real money would: the platform's own executor,
gateways, journal and ledger, on accounts at venues that keep books of their own. A platform on a simulated slate never
does so (it refuses to), so this is done beside it, at a sandbox of its own whose games outlast any soak.
"""

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event, Thread

import uvloop

from app.domain.markets import VenueId
from app.embedded import embedded_servers
from app.errors import CrosscourtError
from app.history.database import Database
from tests.app.executor.houses import House, opened
from tests.app.executor.members import KALSHI_ID, POLYMARKET_ID
from tests.app.sandbox.servers import running

ORDER_EVERY = 3.0  # seconds, at each venue: bought, and sold again
SETTLED_WITHIN = 60.0  # seconds, until the venues say the same as the books
BUYS, SELLS = {"limit": "0.42"}, {"limit": "0.38", "side": "sell"}
COUNT = "SELECT count(*) FROM fills JOIN orders ON orders.id = order_id WHERE orders.venue = $1 AND stage <> 'undone'"


class Trader:
    """What it did. `faults`: what the venues and the books say differently, in words."""

    def __init__(self) -> None:
        self.orders = 0
        self.venues: dict[VenueId, int] = {}  # fills by the venue's own count
        self.booked: dict[VenueId, int] = {}
        self.faults: list[str] = []
        self._is_over = Event()

    def run(self, sandbox: str, folder: Path, database_url: str) -> None:
        """Until it is told to end, and all is compared."""
        try:
            uvloop.run(self._trade(sandbox, folder, database_url))
        except Exception as error:  # a thread's errors are nobody's: this one is a breach
            self.faults.append(f"the trader fell: {error!r}")

    def end(self) -> None:
        self._is_over.set()

    async def _trade(self, sandbox: str, folder: Path, database_url: str) -> None:
        database = Database(database_url, pool_size=2)
        await database.migrate()
        async with opened(sandbox, folder, database_url) as house:
            while not self._is_over.is_set():
                for said in (BUYS, SELLS):
                    await asyncio.gather(*(self._place(house, venue, said) for venue in house.members))
                    await asyncio.to_thread(self._is_over.wait, ORDER_EVERY)
            await self._compare(house, database)
        await database.close()

    async def _place(self, house: House, venue: VenueId, said: dict[str, str]) -> None:
        self.orders += 1
        try:
            await house.desk.place(house.wish(venue, **said))
        except CrosscourtError as error:
            self.faults.append(f"{venue}: {error}")

    async def _compare(self, house: House, database: Database) -> None:
        ends, wrong = asyncio.get_running_loop().time() + SETTLED_WITHIN, ["nothing was compared"]
        while wrong and asyncio.get_running_loop().time() < ends:
            await asyncio.sleep(0.5)
            wrong = [*await house.differs(KALSHI_ID), *await house.differs(POLYMARKET_ID), *await house.unbalanced()]
            for venue in house.members:
                self.venues[venue] = await house.filled(venue)
                ((self.booked[venue],),) = await database.run(COUNT, venue)
            wrong += [] if self.venues == self.booked else [f"{self.venues} fills there, {self.booked} here"]
        self.faults += wrong


@contextmanager
def trading() -> Iterator[Trader]:
    """One that trades meanwhile, and has compared everything at the end."""
    trader = Trader()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="crosscourt-trader-")))
        sandbox = stack.enter_context(running(seed=7, speed=1))
        servers = stack.enter_context(embedded_servers(folder / "data", postgres=True, valkey=False))
        work = Thread(target=trader.run, args=(sandbox, folder, servers.database_url), daemon=True)
        work.start()
        try:
            yield trader
        finally:
            trader.end()
            work.join(2 * SETTLED_WITHIN)
