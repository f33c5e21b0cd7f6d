"""The kill switch as everybody sees it, and the news of what people change about risk.

A halt comes with its announcement, so that nothing has to be read between the word and its effect; of limits and
approved rules the news is only that they have changed. The truth of all of it is in Postgres.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from app.domain.risks import Halt
from app.hot.hearings import hearing
from app.hot.keys import HALTS, RISK_UPDATES
from app.hot.lines import Message
from app.hot.shelves import Keeper


class RiskUpdate(msgspec.Struct, frozen=True):
    """Something has changed. `halts`: everything that is halted now, where that is what has changed."""

    halts: tuple[Halt, ...] | None = None


_ENCODER = msgspec.json.Encoder()
_UPDATE = msgspec.json.Decoder(RiskUpdate)
_HALTS = msgspec.json.Decoder(tuple[Halt, ...])


class RiskNotices(Keeper):
    """Written by whoever changes something, and by each process that finds the copy to differ from the truth."""

    async def save_halts(self, halts: tuple[Halt, ...]) -> None:
        """Let everybody know, at once and when they begin."""
        update = _ENCODER.encode(RiskUpdate(tuple(halts)))
        await self._door.transact(("SET", HALTS, _ENCODER.encode(halts)), ("PUBLISH", RISK_UPDATES, update))

    async def halts(self) -> tuple[Halt, ...] | None:
        """The copy; None where there is none that can be read: then Postgres has to be asked."""
        body = (await self._door.values([HALTS]))[0]
        try:
            return None if body is None else _HALTS.decode(body)
        except msgspec.MsgspecError:
            return None

    async def announce_risk(self) -> None:
        """Say that limits or approved rules have changed in Postgres."""
        await self._door.transact(("PUBLISH", RISK_UPDATES, _ENCODER.encode(RiskUpdate())))

    @asynccontextmanager
    async def hear_risk(self) -> AsyncGenerator[AsyncIterator[RiskUpdate]]:
        """What is announced from the moment of entering. Raises HotStoreUnavailable when the connection is lost: look
        at everything anew."""
        async with hearing(self._door, RISK_UPDATES) as messages:
            yield _updates(messages)


async def _updates(messages: AsyncIterator[Message]) -> AsyncIterator[RiskUpdate]:
    async for message in messages:
        try:
            update = _UPDATE.decode(message.body)
        except msgspec.MsgspecError:
            continue  # anyone may publish
        yield update
