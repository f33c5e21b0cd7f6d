"""The worker that executes and the Redis that it hears are killed, again and again, with orders on their way: each wish
is carried out once, what the venues have is what is booked, and it goes on."""

import asyncio
import itertools
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import IO

import httpx
import msgspec
import pytest

from app.clock import wall_clock
from app.domain.instructions import Instruction, InstructionId
from app.domain.money import price
from app.domain.orders import AccountId
from app.errors import HotStoreUnavailable
from app.executor.obeying import order_id_of
from app.history.database import Database
from app.history.instructions import ask, find_instruction
from app.history.ledger import balances
from app.history.orders import Journal
from app.history.permissions import allow_live
from app.hot.state import HotState, open_hot_state
from app.venues.polymarket.wallets import Wallet
from tests.app.executor.members import KALSHI_ID, LEAST, POLYMARKET_ID, Membership, join
from tests.app.history.trading import unbalanced
from tests.app.sandbox.servers import running
from tests.servers import Server
from tests.workers.executing import Job

LIVE = AccountId("live")
WISHES = 36
KILLED_EVERY = 6  # wishes
DONE_WITHIN = 40.0  # seconds

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


class Forks:
    """Starts executors that may be killed."""

    def __init__(self, into: IO[str], out: IO[str], job: Job) -> None:
        self._into, self._out = into, out
        self._line = msgspec.json.encode(job).decode() + "\n"
        self.running = 0

    def start(self) -> None:
        self._into.write(self._line)
        self._into.flush()
        self.running = int(self._out.readline())

    def kill(self) -> None:
        if self.running:
            with suppress(ProcessLookupError):
                os.kill(self.running, signal.SIGKILL)
        self.running = 0


@pytest.fixture
def members(tmp_path: Path) -> Iterator[dict[str, Membership]]:
    with running(seed=7, speed=1) as sandbox:
        yield {venue: join(sandbox, venue, tmp_path, "1000") for venue in (KALSHI_ID, POLYMARKET_ID)}


@pytest.fixture
def forks(members: dict[str, Membership], server: Server, fresh_database_url: str) -> Iterator[Forks]:
    job = Job(database=fresh_database_url, redis=server.url, **members)
    command = [sys.executable, "-m", "tests.workers.executing"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        forks = Forks(process.stdin, process.stdout, job)
        yield forks
        forks.kill()
        process.stdin.close()
        process.wait(10)


@pytest.fixture
async def history(fresh_database_url: str) -> AsyncIterator[Database]:
    database = Database(fresh_database_url, pool_size=2)
    await database.migrate()
    await allow_live(database, [KALSHI_ID, POLYMARKET_ID], "tests", wall_clock())
    yield database
    await database.close()


def wish(number: int, member: Membership) -> Instruction:
    now = wall_clock()
    body = {"contract_id": member.contracts[0], "side": "buy", "limit": price("0.42"), "size": LEAST[member.venue]}
    return Instruction(
        id=InstructionId(f"wish-{number}"),
        kind="order",
        account=LIVE,
        body=body,
        asked_by="somebody",
        asked_at=now,
        expires_at=now + timedelta(minutes=5),
    )


async def test_killed_with_orders_on_their_way_nothing_is_doubled_and_nothing_lost(
    forks: Forks, members: dict[str, Membership], server: Server, history: Database
) -> None:
    chance, turns = random.Random(6), itertools.cycle(members.values())
    forks.start()
    await funded(history)
    async with open_hot_state(server.url) as hot:
        wishes = [wish(number, next(turns)) for number in range(WISHES)]
        for number, each in enumerate(wishes, 1):
            await ask(history, each)
            await tell(hot, each)
            await asyncio.sleep(chance.random() * 0.2)
            if number % KILLED_EVERY == 0:
                await kill(number // KILLED_EVERY, forks, server)
        killed_at = time.monotonic()
        await done(history, wishes)
        print(f"\nall was done {time.monotonic() - killed_at:.1f} s after the last wish")
    await hold(history, wishes, members)


async def funded(history: Database) -> None:
    """The account knows what lies at the venues."""
    async with asyncio.timeout(DONE_WITHIN):
        while not (await balances(history, LIVE)).cash:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def tell(hot: HotState, each: Instruction) -> None:
    with suppress(HotStoreUnavailable):  # Postgres has it
        async with asyncio.timeout(0.5):
            await hot.tell_order(each.id)


async def kill(turn: int, forks: Forks, server: Server) -> None:
    """The executor, Redis, or both; for some a moment passes before they are there again."""
    if turn % 3 != 2:
        forks.kill()
    if turn % 3 != 1:
        server.stop()
        await asyncio.sleep(0.5)
        server.start()
    if not forks.running:
        forks.start()


async def done(history: Database, wishes: list[Instruction]) -> None:
    """Every wish is answered, and of every order it is known what became of it: one that was on its way when its
    executor was killed is asked about, which takes a moment after its wish has an answer."""
    journal = Journal(history, "simulated")
    async with asyncio.timeout(DONE_WITHIN):
        for each in wishes:
            while (found := await find_instruction(history, each.id)) is None or found.state in ("waiting", "taken"):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            while (order := await journal.find(order_id_of(each))) is not None and not order.is_settled:  # noqa: ASYNC110
                await asyncio.sleep(0.05)


async def hold(history: Database, wishes: list[Instruction], members: dict[str, Membership]) -> None:
    """What was done is what the venues have."""
    journal, truths = Journal(history, "simulated"), {name: await truth(member) for name, member in members.items()}
    said = [await find_instruction(history, each.id) for each in wishes]
    print(Counter(each.outcome for each in said if each is not None))
    stood = [await journal.find(order_id_of(each)) for each in wishes]
    orders = [each for each in stood if each is not None]
    print(Counter(each.last.state for each in orders))
    assert {each.last.state for each in orders} <= {"filled", "cancelled", "rejected", "expired"}
    for name, told in truths.items():
        filled = [each for each in orders if each.order.venue == name and each.last.state == "filled"]
        assert len(filled) == told["orders"], told
    assert (
        sum(each.last.state == "filled" for each in orders) > WISHES // 4
    )  # many come too late: the venue is tried anew before each first order
    assert await unbalanced(history) == []
    booked = (await balances(history, LIVE)).cash
    assert booked == sum(round(float(told["cash"]) * 1_000_000) for told in truths.values())


async def truth(member: Membership) -> dict:
    name = member.key if member.venue == KALSHI_ID else Wallet(member.key).address.lower()
    async with httpx.AsyncClient(base_url=member.sandbox, trust_env=False) as client:
        return (await client.get(f"/accounts/{name}")).json()
