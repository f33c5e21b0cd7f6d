"""Double entry: every posting moves the same amount out of some books as into others.

>>> entries = (Entry("cash", 5), Entry("deposits", -5))
>>> Posting("deposit:1", AccountId("manual"), "deposit", entries, Nanos(0)).is_balanced
True
"""

from typing import Literal, NamedTuple

import msgspec

from app.domain.markets import ContractId
from app.domain.money import Money
from app.domain.orders import AccountId
from app.domain.prices import Nanos

Book = Literal["cash", "positions", "fees", "realised", "deposits"]
PostingKind = Literal["fill", "undo", "settlement", "correction", "deposit", "withdrawal", "reset"]


class Entry(NamedTuple):
    """So many micro-dollars into a book, or out of it when negative. What is earned and what was deposited stands
    negative: that is where the money comes from. `contract_id`: of `positions`, `fees` and `realised`."""

    book: Book
    amount: int
    contract_id: ContractId = ContractId("")


class Posting(msgspec.Struct, frozen=True):
    """One thing that happened to money. `id` names its cause ("fill:kalshi:81ab"), so it is never posted twice."""

    id: str
    account: AccountId
    kind: PostingKind
    entries: tuple[Entry, ...]
    at: Nanos
    note: str = ""

    @property
    def is_balanced(self) -> bool:
        return sum(entry.amount for entry in self.entries) == 0


class Balances(msgspec.Struct, frozen=True):
    """What the books of an account hold, all of one moment and as people say it: what was deposited and earned is
    positive. `realised` is without fees."""

    cash: Money = Money(0)
    positions: Money = Money(0)  # what they have cost
    fees: Money = Money(0)
    realised: Money = Money(0)
    deposits: Money = Money(0)

    @property
    def is_balanced(self) -> bool:
        return self.cash + self.positions + self.fees == self.deposits + self.realised
