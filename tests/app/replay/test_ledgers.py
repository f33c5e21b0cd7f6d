"""The stores in memory keep what those in Postgres keep: the same is told to both."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from app.domain.money import Money, Price, Size
from app.domain.positions import Settlement
from app.errors import Conflict
from app.executor.stores import Journal, Ledger
from app.history.accounts import Seat
from app.history.database import Database
from app.history.ledger import Ledger as PostgresLedger
from app.history.ledger import balances
from app.history.orders import Journal as PostgresJournal
from app.replay.journals import MemoryJournal
from app.replay.ledgers import DAY, MemoryLedger
from tests.app.history.samples import NOW
from tests.app.history.trading import CONTRACT, CONTRACTS, DOLLARS, PAPER, T0, asked, change, fill, order, seated

PAID = Settlement(account=PAPER, contract_id=CONTRACT, pays=Price(10_000), size=Size(15 * CONTRACTS), at=T0)


@pytest.fixture
async def history(fresh_database_url: str) -> AsyncIterator[Database]:
    database = Database(fresh_database_url, pool_size=4)
    await database.migrate()
    yield database
    await database.close()


async def deal(journal: Journal, ledger: Ledger, seat: Seat) -> list[object]:
    """Two purchases and a sale, one of them told twice and one undone; and the settlement."""
    said: list[object] = []
    for number, side in ((1, "buy"), (2, "sell")):
        said.append(await journal.intend(seat, asked(number, side)))  # type: ignore[arg-type]
        said.append(await journal.intend(seat, asked(number, side)))  # type: ignore[arg-type]
    await journal.note(seat, change(2, "open"))
    await journal.note(seat, change(2, "open"))
    provisional = msgspec.structs.replace(fill(4, cents=39, contracts=5), stage="provisional")
    said += [
        await ledger.book(seat, order(), fill(1, cents=41), change(3, "partly_filled", filled=10), "fair_value"),
        await ledger.book(seat, order(), fill(1, cents=41)),
        await ledger.book(seat, order(), fill(2, contracts=20)),
        await ledger.book(seat, order(2, "sell"), fill(3, 2, cents=55, contracts=15)),
        await ledger.book(seat, order(), provisional),
        await ledger.undo(seat, order(), provisional.id, T0),
        await ledger.settle(seat, PAID),
        await ledger.settle(seat, PAID),
    ]
    said.append([each.last for each in await journal.unsettled(PAPER)])
    found = await journal.find(order().id)
    said += [found and found.last, await journal.find(order(9).id)]
    said.append({name: len(each) for name, each in (await journal.fills_of([order().id])).items()})
    said.append(await journal.booked_among([fill(1).id, fill(99).id]))
    said += [ledger.cash(PAPER), dict(ledger.positions(PAPER))]
    return said


async def test_the_same_dealings_leave_the_same_in_both(history: Database) -> None:
    seat = await seated(history)
    durable = PostgresLedger(history, "simulated")
    await durable.deposit(PAPER, Money(1_000 * DOLLARS), "tests", "opening", NOW)
    await durable.load(PAPER)
    written = await deal(PostgresJournal(history, "simulated"), durable, seat)
    journal = MemoryJournal()
    ledger = MemoryLedger(journal)
    ledger.deposit(PAPER, Money(1_000 * DOLLARS))
    kept = await deal(journal, ledger, Seat(PAPER, 1))
    assert kept == written
    assert ledger.accounts[PAPER].balances == await balances(history, PAPER)


async def test_a_transition_that_is_not_the_next_is_refused_by_both(history: Database) -> None:
    seat = await seated(history)
    for journal in (PostgresJournal(history, "simulated"), MemoryJournal()):
        await journal.intend(seat, asked())
        with pytest.raises(Conflict):
            await journal.note(seat, change(5, "open"))


async def test_what_is_spent_is_of_one_day() -> None:
    journal = MemoryJournal()
    ledger, seat = MemoryLedger(journal), Seat(PAPER, 1)
    ledger.deposit(PAPER, Money(1_000 * DOLLARS))
    await journal.intend(seat, asked())
    await ledger.book(seat, order(), fill(1, cents=40, contracts=10))
    books = ledger.accounts[PAPER]
    assert (books.spent, books.day) == (4 * DOLLARS + 170_000, T0 // DAY)
    later = msgspec.structs.replace(fill(2, cents=40, contracts=1), received_at=T0 + DAY)
    await ledger.book(seat, order(), later)
    assert (books.spent, books.day) == (400_000 + 170_000, T0 // DAY + 1)
