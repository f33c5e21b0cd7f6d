"""Tells the executor that it is asked for something. What, is in Postgres alone: an entry names a row, so whoever could
write into the stream could order nothing."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager

from app.domain.instructions import InstructionId
from app.hot.keys import ORDERS, ORDERS_KEPT
from app.hot.shelves import Keeper
from app.hot.streams import Entry, entries_of, settle

GROUP = "execution"


class Instructions(Keeper):
    """The stream of instructions."""

    async def tell_order(self, name: InstructionId) -> None:
        """There is something to do."""
        await self._door.transact(("XADD", ORDERS, "MAXLEN", "~", ORDERS_KEPT, "*", "instruction", name))

    @asynccontextmanager
    async def hear_orders(self) -> AsyncGenerator[AsyncIterator[Sequence[Entry]]]:
        """As `streams.entries_of`; the field `instruction` of each names the row."""
        async with entries_of(self._door, ORDERS, GROUP) as entries:
            yield entries

    async def settle_orders(self, entries: Sequence[str]) -> None:
        """Nobody need look at these any more."""
        await settle(self._door, ORDERS, GROUP, entries)
