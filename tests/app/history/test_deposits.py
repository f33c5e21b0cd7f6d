"""Money comes from people, once for each time they give it, and a paper account may begin anew."""

from datetime import timedelta

import pytest

from app.domain.ledgers import Balances
from app.domain.money import Money
from app.domain.orders import AccountId
from app.domain.positions import Settlement
from app.domain.risks import RiskLimits
from app.errors import BadInput, Conflict, NotFound
from app.history.accounts import list_accounts, open_account, take_seat
from app.history.database import Database
from app.history.deposits import open_default_accounts
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

TEN = Money(10 * DOLLARS)


@pytest.fixture
def ledger(history: Database) -> Ledger:
    return Ledger(history, "simulated")


async def test_a_deposit_counts_once_however_often_it_is_asked_for(history: Database, ledger: Ledger) -> None:
    await seated(history)
    assert await ledger.deposit(PAPER, TEN, "anna", "d-1", NOW)
    assert not await ledger.deposit(PAPER, TEN, "anna", "d-1", NOW)
    assert await ledger.deposit(PAPER, Money(-3 * DOLLARS), "anna", "d-2", NOW)
    assert await balances(history, PAPER) == Balances(cash=Money(7 * DOLLARS), deposits=Money(7 * DOLLARS))
    rows = await history.run("SELECT id, kind, note FROM postings ORDER BY number")
    assert [tuple(row) for row in rows] == [
        ("deposit:d-1", "deposit", "by anna"),
        ("deposit:d-2", "withdrawal", "by anna"),
    ]


async def test_what_cannot_be_put_in_or_taken_out_is_refused(history: Database, ledger: Ledger) -> None:
    await seated(history)
    await open_account(history, AccountId("model"), "paper", "", "tests", NOW)
    await ledger.deposit(PAPER, TEN, "anna", "d-1", NOW)
    with pytest.raises(Conflict, match="was a deposit of 10 dollars into 'arbitrage'"):
        await ledger.deposit(PAPER, Money(DOLLARS), "anna", "d-1", NOW)
    with pytest.raises(Conflict):
        await ledger.deposit(AccountId("model"), TEN, "anna", "d-1", NOW)
    with pytest.raises(Conflict, match="has 10 dollars, and 11 were asked for"):
        await ledger.deposit(PAPER, Money(-11 * DOLLARS), "anna", "d-2", NOW)
    with pytest.raises(NotFound):
        await ledger.deposit(AccountId("nobody"), TEN, "anna", "d-3", NOW)
    with pytest.raises(BadInput):
        await ledger.deposit(PAPER, Money(0), "anna", "d-4", NOW)
    assert await count(history, "postings") == 1


async def test_a_process_hears_of_what_another_has_put_in(history: Database, ledger: Ledger) -> None:
    await seated(history)
    await ledger.load(PAPER)
    await Ledger(history, "simulated").deposit(PAPER, TEN, "anna", "d-1", NOW)
    assert ledger.cash(PAPER) == 0
    assert await ledger.hear_deposits(PAPER) == ledger.cash(PAPER) == TEN
    await ledger.deposit(PAPER, TEN, "anna", "d-2", NOW)
    assert ledger.cash(PAPER) == 2 * TEN


async def test_everybody_begins_with_three_paper_accounts(history: Database) -> None:
    for limits in (RiskLimits(), RiskLimits(bankroll=Money(5 * DOLLARS))):  # later ones change nothing
        await open_default_accounts(history, limits, NOW)
    rows = await list_accounts(history)
    assert {(row.id, row.kind) for row in rows} == {("arbitrage", "paper"), ("model", "paper"), ("manual", "paper")}
    found = {row.id: (await balances(history, AccountId(row.id))).cash // DOLLARS for row in rows}
    assert found == {"arbitrage": 100_000, "model": 10_000, "manual": 10_000}


async def test_a_paper_account_begins_anew(history: Database, ledger: Ledger) -> None:
    seat, journal = await seated(history), Journal(history, "simulated")
    await ledger.deposit(PAPER, Money(100 * DOLLARS), "anna", "d-1", NOW)
    for first in (asked(1), asked(2, "sell"), asked(3)):
        await journal.intend(seat, first)
    await ledger.book(seat, order(1), fill(1), change(2, "filled", filled=10))
    await ledger.book(seat, order(2, "sell"), fill(2, of=2, cents=55, contracts=4), change(2, "filled", of=2, filled=4))
    later = NOW + timedelta(hours=1)
    with pytest.raises(Conflict, match="open orders"):
        await ledger.reset(seat, TEN, "anna", "r-1", later)
    await journal.note(seat, change(2, "cancelled", of=3))
    assert await ledger.reset(seat, TEN, "anna", "r-1", later)
    assert not await ledger.reset(seat, TEN, "anna", "r-1", later)
    assert await balances(history, PAPER) == Balances(cash=TEN, deposits=TEN)
    assert (ledger.cash(PAPER), ledger.positions(PAPER)) == (TEN, {})
    assert await unbalanced(history) == []


async def test_what_was_before_a_reset_counts_no_more_and_is_still_known(history: Database, ledger: Ledger) -> None:
    seat, journal = await seated(history), Journal(history, "simulated")
    await journal.intend(seat, asked(1))
    await ledger.book(seat, order(1), fill(1), change(2, "filled", filled=10))
    await ledger.reset(seat, TEN, "anna", "r-1", NOW)
    for again in (ledger, Ledger(history, "simulated")):
        assert await again.book(seat, order(1), fill(1)) is None
    await journal.intend(seat, asked(3))
    position = await Ledger(history, "simulated").book(seat, order(3), fill(3, of=3))
    assert position is not None
    assert (position.size, position.cost, position.fees, position.version) == (10 * CONTRACTS, 4 * DOLLARS, 170_000, 3)
    assert (await balances(history, PAPER)).cash == TEN - 4_170_000
    won = Settlement(account=PAPER, contract_id=CONTRACT, pays=10_000, size=position.size, at=T0)  # type: ignore[arg-type]
    settled = await Ledger(history, "simulated").settle(seat, won)
    assert settled is not None
    assert settled.realised == 6 * DOLLARS
    assert await unbalanced(history) == []


async def test_real_money_never_begins_anew(history: Database, ledger: Ledger) -> None:
    await open_account(history, AccountId("real"), "live", "", "anna", NOW)
    seat = await take_seat(history, AccountId("real"), "tests", NOW)
    with pytest.raises(Conflict):
        await ledger.reset(seat, TEN, "anna", "r-1", NOW)
    with pytest.raises(BadInput):
        await ledger.reset(seat, Money(-1), "anna", "r-1", NOW)
