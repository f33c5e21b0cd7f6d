"""Tells the executor that it is asked for something, or that an account is new or has another purse. What, is in
Postgres alone: an entry names a row, so whoever could write into the stream could order nothing."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager

from app.domain.instructions import InstructionId
from app.domain.orders import AccountId
from app.hot.keys import ORDERS, ORDERS_KEPT
from app.hot.shelves import Keeper
from app.hot.streams import Entry, entries_of, settle

GROUP = "execution"


class Instructions(Keeper):
    """The stream of instructions."""

    async def tell_order(self, name: InstructionId) -> None:
        """There is something to do."""
        await self._door.transact(("XADD", ORDERS, "MAXLEN", "~", ORDERS_KEPT, "*", "instruction", name))

    async def tell_account(self, account: AccountId) -> None:
        """It was opened, or money was put in or taken out."""
        await self._door.transact(("XADD", ORDERS, "MAXLEN", "~", ORDERS_KEPT, "*", "account", account))

    @asynccontextmanager
    async def hear_orders(self) -> AsyncGenerator[AsyncIterator[Sequence[Entry]]]:
        """As `streams.entries_of`; the field `instruction` or `account` of each names the row."""
        async with entries_of(self._door, ORDERS, GROUP) as entries:
            yield entries

    async def settle_orders(self, entries: Sequence[str]) -> None:
        """Nobody need look at these any more."""
        await settle(self._door, ORDERS, GROUP, entries)
