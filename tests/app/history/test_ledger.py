"""What is booked is booked once, balances to the micro-dollar, and is the same whatever came first."""

import asyncio
import itertools

import pytest

from app.domain.ledgers import Balances
from app.domain.money import Money, Price, Size
from app.domain.orders import Fill, FillId
from app.domain.positions import Settlement
from app.domain.prices import Nanos
from app.errors import Conflict, Superseded
from app.history.accounts import Seat, take_seat
from app.history.database import Database
from app.history.ledger import Ledger, balances
from app.history.orders import Journal
from tests.app.history.samples import NOW, count
from tests.app.history.trading import (
    CONTRACT,
    CONTRACTS,
    DOLLARS,
    PAPER,
    T0,
    asked,
    change,
    fill,
    order,
    seated,
    unbalanced,
)

LATER = Nanos(T0 + 60_000_000_000)


@pytest.fixture
async def seat(history: Database) -> Seat:
    """With two orders asked, one to buy and one to sell, and 100 dollars."""
    seat = await seated(history)
    for each in (asked(1), asked(2, "sell")):
        await Journal(history, "simulated").intend(seat, each)
    await Ledger(history, "simulated").deposit(PAPER, Money(100 * DOLLARS), "tests", "d", NOW)
    return seat


@pytest.fixture
def ledger(history: Database) -> Ledger:
    return Ledger(history, "simulated")


def settlement(pays: int = 10_000, contracts: int = 10) -> Settlement:
    size = Size(contracts * CONTRACTS)
    return Settlement(
        account=PAPER, contract_id=CONTRACT, pays=Price(pays), size=size, at=LATER, source="finalized yes"
    )


async def looks_the_same(history: Database, ledger: Ledger) -> None:
    """What the process knows is what another one would read."""
    other = Ledger(history, "simulated")
    await other.load(PAPER)
    assert dict(ledger.positions(PAPER)) == dict(other.positions(PAPER))
    found = await balances(history, PAPER)
    assert ledger.cash(PAPER) == other.cash(PAPER) == found.cash
    assert found.is_balanced
    assert await unbalanced(history) == []


async def test_a_purchase_moves_cash_into_positions_and_fees(history: Database, ledger: Ledger, seat: Seat) -> None:
    position = await ledger.book(seat, order(), fill(), change(2, "filled", filled=10), "cross_venue")
    assert position is not None
    assert (position.size, position.cost, position.fees, position.version) == (10 * CONTRACTS, 4 * DOLLARS, 170_000, 1)
    assert (position.trade_id, position.detector, position.opened_at) == ("t-1", "cross_venue", fill().venue_time)
    assert await balances(history, PAPER) == Balances(
        cash=Money(95_830_000), positions=Money(4_000_000), fees=Money(170_000), deposits=Money(100_000_000)
    )
    found = await Journal(history, "simulated").find(order().id)
    assert found is not None
    assert (found.last.state, found.last.filled) == ("filled", 10 * CONTRACTS)
    await looks_the_same(history, ledger)


async def test_a_sale_realises_what_it_brought_above_its_share_of_the_cost(
    history: Database, ledger: Ledger, seat: Seat
) -> None:
    await ledger.book(seat, order(), fill(1, cents=40, contracts=10))
    position = await ledger.book(seat, order(2, "sell"), fill(2, of=2, cents=55, contracts=4))
    assert position is not None
    assert (position.size, position.cost, position.realised) == (6 * CONTRACTS, 2_400_000, 600_000)
    assert (await balances(history, PAPER)).realised == 600_000
    closed = await ledger.book(seat, order(2, "sell"), fill(3, of=2, cents=30, contracts=6))
    assert closed is not None
    assert (closed.size, closed.cost, closed.realised, closed.closed_at) == (0, 0, 0, fill(3).received_at)
    assert ledger.positions(PAPER) == {}
    await looks_the_same(history, ledger)


async def test_a_fill_told_again_is_known_by_this_process_and_by_the_next(
    history: Database, ledger: Ledger, seat: Seat
) -> None:
    assert await ledger.book(seat, order(), fill(), change(2, "partly_filled", filled=10)) is not None
    assert await ledger.book(seat, order(), fill(), change(3, "filled", filled=10)) is None
    another = Ledger(history, "simulated")
    assert await another.book(seat, order(), fill()) is None
    assert (await count(history, "fills"), await count(history, "postings")) == (1, 2)
    await looks_the_same(history, another)


async def test_a_contract_that_was_closed_is_opened_again_by_a_process_that_does_not_know_it(
    history: Database, ledger: Ledger, seat: Seat
) -> None:
    await ledger.book(seat, order(), fill(1))
    await ledger.book(seat, order(2, "sell"), fill(2, of=2))
    await Journal(history, "simulated").intend(seat, asked(3))
    another = Ledger(history, "simulated")
    again = await another.book(seat, order(3), fill(3, of=3), detector="dutch")
    assert again is not None
    assert (again.version, again.trade_id, again.detector, again.opened_at) == (3, "t-3", "dutch", fill(3).venue_time)
    assert (again.closed_at, again.size) == (0, 10 * CONTRACTS)
    await looks_the_same(history, another)


FILLS: tuple[tuple[int, Fill], ...] = (
    (1, fill(1, cents=40, contracts=10)),
    (1, fill(2, cents=43, contracts=7, size=Size(7_123_457))),
    (2, fill(3, of=2, cents=55, contracts=12)),
    (2, fill(4, of=2, cents=31, contracts=5, size=Size(5_123_457))),
)


@pytest.mark.parametrize("arrival", list(itertools.permutations(range(4)))[::5])
async def test_any_order_of_arrival_ends_in_the_same_books(
    history: Database, ledger: Ledger, seat: Seat, arrival: tuple[int, ...]
) -> None:
    for place in (*arrival, *arrival):
        of, got = FILLS[place]
        await ledger.book(seat, order(of, "buy" if of == 1 else "sell"), got)
        await looks_the_same(history, ledger)
    found = await balances(history, PAPER)
    assert (found.cash, found.positions, found.realised) == (100_445_184, 0, 1_125_184)


async def test_an_undone_fill_leaves_nothing_behind_and_stays_undone(
    history: Database, ledger: Ledger, seat: Seat
) -> None:
    await ledger.book(seat, order(), fill(1))
    before = await balances(history, PAPER)
    await ledger.book(seat, order(), fill(2, stage="provisional"))
    undone = await ledger.undo(seat, order(), FillId("kalshi:f-2"), LATER)
    assert undone is not None
    assert (undone.size, undone.version) == (10 * CONTRACTS, 3)
    assert await ledger.undo(seat, order(), FillId("kalshi:f-2"), LATER) is None
    assert await ledger.undo(seat, order(), FillId("kalshi:f-9"), LATER) is None
    assert await ledger.book(seat, order(), fill(2, stage="confirmed")) is None
    assert await Ledger(history, "simulated").book(seat, order(), fill(2)) is None
    assert await balances(history, PAPER) == before
    await looks_the_same(history, ledger)


async def test_a_fill_that_is_told_undone_first_never_counts(history: Database, ledger: Ledger, seat: Seat) -> None:
    assert await ledger.book(seat, order(), fill(1, stage="undone")) is None
    assert await ledger.book(seat, order(), fill(1)) is None
    assert await Ledger(history, "simulated").book(seat, order(), fill(1)) is None
    assert (await count(history, "fills"), await count(history, "positions")) == (1, 0)
    assert await ledger.book(seat, order(), fill(2)) is not None
    assert await Ledger(history, "simulated").book(seat, order(), fill(3, stage="undone")) is None
    assert await ledger.book(seat, order(), fill(3)) is None
    await looks_the_same(history, ledger)


async def test_a_provisional_fill_is_confirmed_and_counts_once(history: Database, ledger: Ledger, seat: Seat) -> None:
    await ledger.book(seat, order(), fill(1, stage="provisional"))
    assert await Ledger(history, "simulated").book(seat, order(), fill(1)) is None
    rows = await history.run("SELECT stage FROM fills")
    assert [tuple(row) for row in rows] == [("confirmed",)]


async def test_settlement_turns_everything_to_cash_once_and_late_fills_too(
    history: Database, ledger: Ledger, seat: Seat
) -> None:
    await ledger.book(seat, order(), fill(1))
    won = await ledger.settle(seat, settlement())
    assert won is not None
    assert (won.size, won.cost, won.realised, won.closed_at) == (0, 0, 6 * DOLLARS, LATER)
    assert await ledger.settle(seat, settlement(0)) is None
    late = await ledger.book(seat, order(), fill(9, cents=30, contracts=5))
    assert late is not None
    assert (late.size, late.realised, late.closed_at) == (0, 9_500_000, LATER)
    ((size,),) = await history.run("SELECT (size * 1000000)::bigint FROM settlements")
    assert size == 15 * CONTRACTS
    assert await Ledger(history, "simulated").settle(seat, settlement()) is None
    await looks_the_same(history, ledger)


async def test_what_was_never_held_is_not_settled(history: Database, ledger: Ledger, seat: Seat) -> None:
    assert await ledger.settle(seat, settlement()) is None
    assert await count(history, "settlements") == 0


async def test_a_fill_without_its_order_is_refused(history: Database, ledger: Ledger, seat: Seat) -> None:
    for wrong, told in ((order(7), None), (order(1), change(4, "open")), (order(1), change(1, "open"))):
        with pytest.raises(Conflict):
            await ledger.book(seat, wrong, fill(), told)
    assert (await count(history, "fills"), await count(history, "positions")) == (0, 0)
    await looks_the_same(history, ledger)


async def test_who_lost_the_seat_books_nothing(history: Database, ledger: Ledger, seat: Seat) -> None:
    await ledger.book(seat, order(), fill(1))
    now = await take_seat(history, PAPER, "another", NOW)
    for writing in (
        ledger.book(seat, order(), fill(2), change(2, "open")),
        ledger.undo(seat, order(), fill(1).id, LATER),
        ledger.settle(seat, settlement()),
        ledger.reset(seat, Money(0), "tests", "r", NOW),
    ):
        with pytest.raises(Superseded):
            await writing
    assert (await count(history, "fills"), await count(history, "postings")) == (1, 2)
    await ledger.load(PAPER)
    assert await ledger.book(now, order(), fill(2)) is not None
    await looks_the_same(history, ledger)


async def test_both_legs_may_be_booked_at_once_and_from_two_processes(
    history: Database, ledger: Ledger, seat: Seat
) -> None:
    other = Ledger(history, "simulated")
    first = asked(3, contract_id="kalshi:GAME-LAL:yes")
    elsewhere = first.order
    await Journal(history, "simulated").intend(seat, first)
    told = [ledger.book(seat, order(), fill(number)) for number in range(1, 6)]
    told += [other.book(seat, order(), fill(number)) for number in range(3, 8)]
    told += [ledger.book(seat, elsewhere, fill(number, of=3)) for number in range(11, 14)]
    booked = await asyncio.gather(*told)
    assert sum(position is not None for position in booked) == 10
    await ledger.load(PAPER)
    assert {str(key): each.size for key, each in ledger.positions(PAPER).items()} == {
        CONTRACT: 70 * CONTRACTS,
        "kalshi:GAME-LAL:yes": 30 * CONTRACTS,
    }
    await looks_the_same(history, ledger)
