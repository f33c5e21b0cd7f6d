"""What accounts hold is read as it changes, and comes to the same as when all of it is read."""

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import text

from app.clock import moment_of
from app.domain.exit_rules import OF_PEOPLE
from app.domain.ledgers import Balances
from app.domain.markets import ContractId
from app.domain.money import Money, Price, Size, money
from app.domain.orders import AccountId, OrderId
from app.domain.positions import Settlement
from app.domain.prices import SECOND, Nanos
from app.history import lookouts as reading
from app.history.accounts import Seat
from app.history.database import Database
from app.history.equity import Equity, heights, write_equity
from app.history.exit_rules import keep_exit_rules
from app.history.incidents import Seen, begin_incident, end_incident
from app.history.ledger import Ledger, balances
from app.history.lookouts import Lookout, News
from app.history.orders import Journal
from app.history.trading_reads import INCIDENTS, find_position
from tests.app.history.samples import NOW, count
from tests.app.history.trading import CONTRACT, CONTRACTS, PAPER, T0, asked, change, fill, order, seated

SOON = NOW + timedelta(minutes=1)
KEY = (PAPER, CONTRACT)


class Trader:
    """Buys, sells and is paid, over the real ledger."""

    def __init__(self, history: Database, seat: Seat) -> None:
        self.seat = seat
        self._journal = Journal(history, "real")
        self.ledger = Ledger(history, "real")
        self._number = 0

    async def deal(self, side: str, contract_id: str = CONTRACT, cents: int = 40, contracts: int = 10) -> None:
        self._number += 1
        number = self._number
        wish = {"contract_id": ContractId(contract_id), "size": Size(contracts * CONTRACTS)}
        await self._journal.intend(self.seat, asked(number, side, **wish))  # type: ignore[arg-type]
        its = order(number, side, **wish)  # type: ignore[arg-type]
        await self.ledger.book(
            self.seat, its, fill(number, number, cents, contracts), change(2, "filled", number, contracts)
        )

    async def settle(self, contract_id: str = CONTRACT, pays: int = 10_000) -> None:
        paid = Settlement(
            account=PAPER,
            contract_id=ContractId(contract_id),
            pays=Price(pays),
            size=Size(0),
            at=Nanos(T0 + 90 * SECOND),
        )
        await self.ledger.settle(self.seat, paid)


@pytest.fixture
async def trader(history: Database) -> Trader:
    trader = Trader(history, await seated(history))
    await trader.ledger.deposit(PAPER, money("1000"), "tests", "first", NOW)
    return trader


async def test_what_is_bought_sold_and_paid_is_news(history: Database, trader: Trader) -> None:
    known = Lookout(history)
    assert await known.look(SOON) == News((), True)
    assert known.purses[PAPER].balances == Balances(cash=money("1000"), deposits=money("1000"))
    await trader.deal("buy")
    assert await known.look(SOON) == News((KEY,), True)
    assert known.open[KEY].position == trader.ledger.positions(PAPER)[CONTRACT]
    assert known.open[KEY].rules is None
    assert known.purses[PAPER].spent == money("4.17")  # the fee is spent, too
    await trader.deal("buy", "kalshi:OTHER:yes")
    await trader.deal("sell", contracts=4)
    assert set((await known.look(SOON)).changed) == {KEY, (PAPER, "kalshi:OTHER:yes")}
    await trader.settle()
    assert (await known.look(SOON)).changed == (KEY,)
    assert KEY not in known.open
    assert known.closed[KEY].realised == money("3.6")
    assert known.purses[PAPER].balances == await balances(history, PAPER)
    assert await known.look(SOON) == News()  # nothing happened


async def test_another_reader_finds_the_same(history: Database, trader: Trader) -> None:
    known = Lookout(history)
    for number in range(4):
        await trader.deal("buy", f"kalshi:M{number}:yes")
        await known.look(SOON)
    await trader.deal("sell", "kalshi:M2:yes")
    await trader.settle("kalshi:M3:yes", 0)
    await known.look(SOON)
    other = Lookout(history)
    await other.look(SOON)
    assert (other.open, other.closed, other.purses) == (known.open, known.closed, known.purses)
    assert other.open.keys() == {(PAPER, f"kalshi:M{number}:yes") for number in (0, 1)}


async def test_what_happened_long_ago_by_its_own_clock_is_not_missed(history: Database, trader: Trader) -> None:
    """The recent rows do not explain what is there, so all are read."""
    known = Lookout(history)
    await trader.deal("buy")
    await trader.deal("buy", "kalshi:OTHER:yes")
    await known.look(SOON)
    async with history.transaction() as connection:
        await connection.execute(
            text("UPDATE positions SET version = 9, size = 1, changed_at = '2020-01-01' WHERE contract_id = :name"),
            {"name": CONTRACT},
        )
    assert (await known.look(SOON)).changed == (KEY,)
    assert known.open[KEY].position.size == CONTRACTS
    async with history.transaction() as connection:
        await connection.execute(text("DELETE FROM positions WHERE contract_id = :name"), {"name": CONTRACT})
    assert (await known.look(SOON)).changed == (KEY,)
    assert KEY not in known.open


async def test_rules_of_its_own_are_news_and_so_is_their_end(history: Database, trader: Trader) -> None:
    known = Lookout(history)
    await trader.deal("buy")
    await known.look(SOON)
    row = await find_position(history, *KEY)
    assert row is not None
    for rules in (OF_PEOPLE, msgspec.structs.replace(OF_PEOPLE, stop=0.3), None):
        await keep_exit_rules(history, row, rules, "somebody", NOW)
        assert (await known.look(SOON)).changed == (KEY,)
        assert known.open[KEY].rules == rules


async def test_sums_go_on_from_where_they_are_certain(
    history: Database, trader: Trader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "CERTAIN_AFTER", 0.0)
    known = Lookout(history)
    for number in range(4):
        await trader.deal("buy", f"kalshi:M{number}:yes")
        await known.look(SOON)
        assert known.purses[PAPER].balances == await balances(history, PAPER)
        assert known.purses[PAPER].spent == (number + 1) * money("4.17")
    assert known._sums._until > 0


async def test_another_day_begins_with_nothing_spent(history: Database, trader: Trader) -> None:
    known = Lookout(history)
    await trader.deal("buy")
    await known.look(SOON)
    assert (await known.look(SOON + timedelta(days=1))).is_of_money
    assert known.purses[PAPER].spent == 0
    assert known.purses[PAPER].balances.cash == money("995.83")


async def test_an_account_that_begins_anew_says_so_once(history: Database, trader: Trader) -> None:
    known = Lookout(history)
    await trader.deal("buy")
    await trader.deal("sell")
    await known.look(SOON)
    await trader.ledger.reset(trader.seat, money("50"), "somebody", "again", NOW)
    assert (await known.look(SOON)).was_reset == {PAPER}
    assert known.purses[PAPER].balances == Balances(cash=money("50"), deposits=money("50"))
    await trader.ledger.deposit(PAPER, money("1"), "tests", "second", NOW)
    assert (await known.look(SOON)).was_reset == frozenset()
    late = Lookout(history)
    assert (await late.look(SOON)).was_reset == frozenset()  # long known


async def test_what_was_closed_is_forgotten_after_an_hour(history: Database, trader: Trader) -> None:
    known = Lookout(history)
    await trader.deal("buy")
    await trader.settle()
    await known.look(SOON)
    closed_at = moment_of(known.closed[KEY].closed_at)
    await trader.deal("buy", "kalshi:OTHER:yes")
    await known.look(closed_at + timedelta(hours=1, seconds=1))
    assert known.closed == {}


async def test_what_is_being_sold_is_known(history: Database, trader: Trader) -> None:
    known = Lookout(history)
    await trader.deal("buy")
    assert await known.selling(NOW) == frozenset()
    await Journal(history, "real").intend(trader.seat, asked(9, "sell", id=OrderId("o-9")))
    assert await known.selling(NOW) == {KEY}


def worth(gain: str, deposits: str = "1000", **more: object) -> Equity:
    held = Balances(cash=money("900"), deposits=money(deposits))
    value = Money(money(deposits) + money(gain) - held.cash)
    told = Equity(account=PAPER, at=NOW, value=value, unpaid=Money(0), balances=held)
    return msgspec.structs.replace(told, **more)


async def test_the_height_is_of_what_was_earned_and_not_of_what_was_put_in(history: Database, trader: Trader) -> None:
    assert await heights(history) == {PAPER: 0}
    minute = timedelta(minutes=1)
    await write_equity(history, [worth("25"), worth("-10", at=NOW + minute), worth("7", "9000", at=NOW + 2 * minute)])
    await write_equity(history, [worth("99")])  # of the same moment: the first word stays
    assert await count(history, "equity") == 3
    assert await heights(history) == {PAPER: money("25")}
    assert (worth("25").total, worth("25").gain) == (money("1025"), money("25"))


async def test_what_was_earned_before_a_reset_is_no_height(history: Database, trader: Trader) -> None:
    await write_equity(history, [worth("25")])
    await trader.ledger.reset(trader.seat, money("50"), "somebody", "again", NOW + timedelta(hours=1))
    assert await heights(history) == {PAPER: 0}
    assert await heights(history) == await heights(history)
    assert AccountId("nobody") not in await heights(history)


def incident(**more: object) -> Seen:
    order_ = order()
    seen = Seen(
        kind="mismatch",
        account=PAPER,
        venue=order_.venue,
        subject=CONTRACT,
        game_id=order_.game_id,
        detail="paid 0.5000, expected 1.0000",
        at=NOW,
    )
    return msgspec.structs.replace(seen, **more)


async def test_an_incident_is_written_once_while_it_lasts(history: Database) -> None:
    assert await begin_incident(history, incident())
    assert not await begin_incident(history, incident(detail="something else"))
    assert await begin_incident(history, incident(kind="overdue"))
    assert await end_incident(history, "mismatch", PAPER, CONTRACT, SOON)
    assert not await end_incident(history, "mismatch", PAPER, CONTRACT, SOON)
    assert await begin_incident(history, incident(at=SOON))  # again: that is another one
    rows = await INCIDENTS.page(history, [], 10)
    assert [(row.kind, row.ended_at is None) for row in rows] == [
        ("mismatch", True),
        ("overdue", True),
        ("mismatch", False),
    ]
    assert {row.detail for row in rows} == {"paid 0.5000, expected 1.0000"}
