"""An account has one seat, and whoever takes it is the last one to write."""

import asyncio
from datetime import timedelta

import pytest

from app.domain.orders import AccountId
from app.errors import Conflict, NotFound, Superseded
from app.history.accounts import Seat, find_account, list_accounts, open_account, take_seat
from app.history.database import Database
from app.history.orders import Journal
from tests.app.history.samples import NOW, count
from tests.app.history.trading import PAPER, asked, seated


async def test_an_account_is_opened_once(history: Database) -> None:
    assert await open_account(history, PAPER, "paper", "for tests", "anna", NOW)
    assert not await open_account(history, PAPER, "paper", "again", "bert", NOW)
    with pytest.raises(Conflict):
        await open_account(history, PAPER, "live", "", "bert", NOW)
    await open_account(history, AccountId("earlier"), "live", "", "anna", NOW - timedelta(hours=1))
    assert [(row.id, row.kind, row.note, row.opened_by, row.fence) for row in await list_accounts(history)] == [
        ("earlier", "live", "", "anna", 0),
        (PAPER, "paper", "for tests", "anna", 0),
    ]


async def test_what_is_not_there_is_not_found(history: Database) -> None:
    assert await find_account(history, AccountId("nobody")) is None
    assert await find_account(history, AccountId("no\0body")) is None
    with pytest.raises(NotFound):
        await take_seat(history, AccountId("nobody"), "tests", NOW)


async def test_each_seat_has_a_higher_fence_whoever_takes_it(history: Database) -> None:
    await open_account(history, PAPER, "paper", "", "tests", NOW)
    await open_account(history, AccountId("model"), "paper", "", "tests", NOW)
    seats = [await take_seat(history, AccountId(name), "tests", NOW) for name in (PAPER, "model", PAPER)]
    assert [seat.fence for seat in seats] == sorted({seat.fence for seat in seats})
    row = await find_account(history, PAPER)
    assert row is not None
    assert (row.fence, row.holder, row.seated_at) == (seats[-1].fence, "tests", NOW)


async def test_who_takes_the_seat_finds_all_that_was_written_and_nothing_comes_after(history: Database) -> None:
    """Many orders are on their way while the seat changes hands, again and again."""
    journal, seat = Journal(history, "simulated"), await seated(history)

    async def write(number: int, of: Seat) -> bool:
        try:
            return await journal.intend(of, asked(number))
        except Superseded:
            return False

    for turn in range(10):
        writing = [asyncio.create_task(write(turn * 10 + number, seat)) for number in range(10)]
        await asyncio.sleep(0)
        seat = await take_seat(history, PAPER, "tests", NOW)
        there = await count(history, "orders")
        await asyncio.gather(*writing)
        assert await count(history, "orders") == there
