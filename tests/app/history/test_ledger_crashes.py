"""Whatever is killed, and whenever: what was said to be booked is booked, once, and the books balance."""

import asyncio
import contextlib
import os
import random
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from app.domain.money import Money
from app.embedded import embedded_servers
from app.errors import HistoryUnavailable
from app.history.database import Database
from app.history.ledger import Ledger, balances
from app.history.orders import Journal
from tests.app.history.booking import CONTRACTS, contract
from tests.app.history.samples import NOW
from tests.app.history.trading import DOLLARS, PAPER, asked, fill, order, seated, unbalanced

ROOT = Path(__file__).resolve().parents[3]
FILLS = 60


async def booked(history: Database) -> set[int]:
    rows = await history.run("SELECT id FROM fills")
    return {int(str(row[0]).rpartition("-")[2]) for row in rows}


@contextlib.asynccontextmanager
async def booking(url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    command = [sys.executable, "-m", "tests.app.history.booking", url, str(FILLS)]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def said(process: asyncio.subprocess.Process, most: int) -> list[str]:
    """So many lines, or all there are."""
    assert process.stdout is not None
    lines: list[str] = []
    while len(lines) < most and (line := await process.stdout.readline()):
        lines.append(line.decode().strip())
    return lines


async def test_a_process_killed_while_it_books_has_lost_and_doubled_nothing(
    history: Database, fresh_database_url: str
) -> None:
    chance, told = random.Random(6), list[str]()
    for _ in range(3):
        async with booking(fresh_database_url) as process:
            told += await said(process, chance.randrange(3, 9))
            process.kill()
            told += await said(process, FILLS)  # what it had still said
        assert {int(each) for each in told} <= await booked(history)
        assert await unbalanced(history) == []
        assert (await balances(history, PAPER)).is_balanced
    async with booking(fresh_database_url) as process:
        told += await said(process, 10 * FILLS)
    assert told[-1] == "done"
    assert len(told) == len(set(told))  # nothing was booked twice
    assert await booked(history) == set(range(1, FILLS + 1))
    assert await unbalanced(history) == []
    await ends_as_it_should(history)


async def ends_as_it_should(history: Database) -> None:
    """The same as one process comes to that nobody has killed."""
    ledger = Ledger(history, "simulated")
    await ledger.load(PAPER)
    found = await balances(history, PAPER)
    assert ledger.cash(PAPER) == found.cash
    paid = sum((-2 if n % 3 == 0 else 5) * (30 + n % 40) * 10_000 + 170_000 for n in range(1, FILLS + 1))
    assert found.cash == 100 * DOLLARS - paid
    sizes = {contract(n): 0 for n in range(CONTRACTS)}
    for number in range(1, FILLS + 1):
        sizes[contract(number)] += -2_000_000 if number % 3 == 0 else 5_000_000
    assert {str(name): each.size for name, each in ledger.positions(PAPER).items()} == sizes


async def test_a_booking_that_is_cancelled_anywhere_counts_once_or_not_at_all(history: Database) -> None:
    seat, ledger, chance = await seated(history), Ledger(history, "simulated"), random.Random(7)
    await Journal(history, "simulated").intend(seat, asked())
    await ledger.deposit(PAPER, Money(1_000 * DOLLARS), "tests", "d", NOW)
    for number in range(1, 40):
        for _ in range(3):
            task = asyncio.create_task(ledger.book(seat, order(), fill(number)))
            await asyncio.sleep(chance.random() * 0.004)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await ledger.book(seat, order(), fill(number))
    assert await booked(history) == set(range(1, 40))
    assert await unbalanced(history) == []
    found = await balances(history, PAPER)
    assert ledger.cash(PAPER) == found.cash == 1_000 * DOLLARS - 39 * 4_170_000


def kill_postgres(data_dir: Path) -> None:
    (process,) = data_dir.rglob("postmaster.pid")
    os.kill(int(process.read_text().split("\n")[0]), signal.SIGKILL)


async def test_a_postgres_killed_while_it_writes_has_lost_nothing_that_was_said(tmp_path: Path) -> None:
    with embedded_servers(tmp_path, postgres=True, valkey=False) as endpoints:
        assert endpoints.database_url
        history, told = Database(endpoints.database_url), set[int]()
        await history.migrate()
        seat, ledger = await seated(history), Ledger(history, "simulated")
        await Journal(history, "simulated").intend(seat, asked())
        for number in range(1, FILLS + 1):
            if number in (FILLS // 4, FILLS // 2):
                asyncio.get_running_loop().call_later(0.001 * number / FILLS, kill_postgres, tmp_path)
            while number not in told:
                try:
                    await ledger.book(seat, order(), fill(number))
                    told.add(number)
                except HistoryUnavailable:
                    await asyncio.sleep(0.05)
        assert await booked(history) == told
        assert await unbalanced(history) == []
        assert ledger.cash(PAPER) == (await balances(history, PAPER)).cash
        await history.close()
