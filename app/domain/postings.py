"""What a change of a holding moves between the books: always as much out of some as into others.

>>> deposited(Money(5_000_000))
(Entry(book='cash', amount=5000000, contract_id=''), Entry(book='deposits', amount=-5000000, contract_id=''))
"""

from collections.abc import Iterable

from app.domain.folds import Holding
from app.domain.ledgers import Book, Entry
from app.domain.markets import ContractId
from app.domain.money import Money

OF_CONTRACTS: frozenset[Book] = frozenset({"positions", "fees", "realised"})


def moved(before: Holding, after: Holding) -> dict[Book, Money]:
    """How much goes into each book (or out of it when negative) as one holding becomes the other."""
    return {
        "cash": Money(after.cash - before.cash),
        "positions": Money(after.cost - before.cost),
        "fees": Money(after.fees - before.fees),
        "realised": Money(before.realised - after.realised),
    }


def entries(before: Holding, after: Holding, contract_id: ContractId) -> tuple[Entry, ...]:
    """The same as entries, without those of nothing."""
    return tuple(_entries(moved(before, after).items(), contract_id))


def deposited(amount: Money) -> tuple[Entry, ...]:
    """Money that is put in, or taken out when negative."""
    return tuple(_entries((("cash", amount), ("deposits", Money(-amount))), ContractId("")))


def _entries(amounts: Iterable[tuple[Book, Money]], contract_id: ContractId) -> Iterable[Entry]:
    for book, amount in amounts:
        if amount:
            yield Entry(book, amount, contract_id if book in OF_CONTRACTS else ContractId(""))
