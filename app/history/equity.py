"""What accounts were worth, written down now and then."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy.sql import text

from app.domain.ledgers import Balances
from app.domain.money import Money
from app.domain.orders import AccountId
from app.history.database import Database
from app.history.parameters import Statement, given, kinds_of
from app.history.trading_tables import EquityRow
from app.history.upserts import listed

_NAMES = tuple(EquityRow.model_fields)
_WRITE = Statement(
    f"INSERT INTO equity ({listed(_NAMES)}) VALUES ({given(_NAMES)}) ON CONFLICT DO NOTHING", kinds_of(EquityRow)
)

# What was earned at its height, since the account began anew: what people put in or take out is no gain and no loss.
_HEIGHTS = text("""
    SELECT accounts.id, COALESCE(CAST(max(cash + value - deposits) * 1000000 AS bigint), 0)
    FROM accounts LEFT JOIN equity ON equity.account = accounts.id AND equity.at >= COALESCE(
        (SELECT max(at) FROM postings WHERE postings.account = accounts.id AND kind = 'reset'), '-infinity')
    GROUP BY accounts.id
""")


class Equity(msgspec.Struct, frozen=True, kw_only=True):
    """What an account was worth. `value`: of what it holds, by its marks; `unpaid`: of it, won and not paid yet."""

    account: AccountId
    at: datetime
    value: Money
    unpaid: Money
    balances: Balances

    @property
    def total(self) -> Money:
        """Cash and positions."""
        return Money(self.balances.cash + self.value)

    @property
    def gain(self) -> Money:
        """What is there beyond what was put in."""
        return Money(self.total - self.balances.deposits)


async def write_equity(database: Database, told: Sequence[Equity]) -> None:
    """Keep these; of a moment that is written already the first word stays. Raises HistoryUnavailable."""
    for each in told:
        await _WRITE.run(database, _row(each))


async def heights(database: Database) -> Mapping[AccountId, Money]:
    """The highest gain that each account has had, at least nothing. Raises HistoryUnavailable."""
    async with database.transaction() as connection:
        rows = await connection.execute(_HEIGHTS)
        return {AccountId(row[0]): Money(max(0, row[1])) for row in rows}


def _row(told: Equity) -> dict[str, object]:
    held = told.balances
    return {
        "account": told.account,
        "at": told.at,
        "cash": held.cash,
        "value": told.value,
        "unpaid": told.unpaid,
        "deposits": held.deposits,
        "realised": held.realised,
        "fees": held.fees,
    }
