"""What accounts can spend, and hold."""

from app.domain.markets import ContractId
from app.domain.money import Money
from app.domain.orders import AccountId, FillId, OrderId
from app.domain.prices import SECOND, Nanos
from app.venues.paper.purses import Purse, Stocks

MINE, YOURS = AccountId("mine"), AccountId("yours")
NOW = Nanos(100 * SECOND)


def test_what_open_orders_may_cost_is_not_spent_twice() -> None:
    purse = Purse(lambda _: Money(100))
    purse.hold(OrderId("a"), MINE, Money(30))
    purse.hold(OrderId("b"), MINE, Money(20))
    assert (purse.usable(MINE, NOW), purse.usable(YOURS, NOW)) == (50, 100)
    purse.hold(OrderId("a"), MINE, Money(5))
    purse.hold(OrderId("b"), MINE, Money(0))
    assert purse.usable(MINE, NOW) == 95


def test_what_a_fill_has_cost_is_gone_before_the_ledger_says_so_and_once_after() -> None:
    cash = {MINE: Money(100)}
    purse = Purse(lambda account: cash[account])
    purse.spend(FillId("a"), MINE, 40, NOW)
    assert purse.usable(MINE, NOW) == 60
    cash[MINE] = Money(60)
    purse.note_booked(FillId("a"))
    assert purse.usable(MINE, NOW) == 60


def test_where_nobody_says_that_a_fill_is_booked_it_is_believed_after_a_while() -> None:
    purse = Purse(lambda _: Money(100))
    purse.spend(FillId("a"), MINE, 40, NOW)
    assert purse.usable(MINE, Nanos(NOW + 2 * SECOND - 1)) == 60
    assert purse.usable(MINE, Nanos(NOW + 2 * SECOND)) == 100


def test_contracts_are_counted_by_account() -> None:
    stocks, a, b = Stocks(), ContractId("a"), ContractId("b")
    for contract in (a, b):
        stocks.put(MINE, contract, 3)
    stocks.put(YOURS, a, 5)
    stocks.put(MINE, b, 0)
    assert (stocks.of(MINE), stocks.held(MINE, b), stocks.held(YOURS, a)) == ({a: 3}, 0, 5)
    stocks.clear(YOURS, b)
    stocks.clear(MINE)
    assert (stocks.of(MINE), stocks.of(YOURS)) == ({}, {a: 5})
