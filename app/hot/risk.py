"""The kill switch as everybody sees it, and the news of what people change about risk.

A halt comes with its announcement, so that nothing has to be read between the word and its effect; of limits and
approved rules the news is only that they have changed. The truth of all of it is in Postgres. A new halt is told before
it is there, and owed to it until it is: nobody waits for a store before everything stops.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime

import msgspec

from app.domain.parsing import NOT_READABLE
from app.domain.risks import Halt
from app.hot.hearings import hearing
from app.hot.keys import HALTS, HALTS_OWED, RISK_UPDATES
from app.hot.lines import Message
from app.hot.shelves import Keeper


class RiskUpdate(msgspec.Struct, frozen=True):
    """Something has changed. `halts`: what is halted now, or a new halt alone, where that is what has changed."""

    halts: tuple[Halt, ...] | None = None


_ENCODER = msgspec.json.Encoder()
_UPDATE = msgspec.json.Decoder(RiskUpdate)
_HALTS = msgspec.json.Decoder(tuple[Halt, ...])
_HALT = msgspec.json.Decoder(Halt)


class RiskNotices(Keeper):
    """Written by whoever changes something, and by each process that finds the copy to differ from the truth."""

    async def tell_halt(self, halt: Halt) -> None:
        """Let everybody stop there at once; it is owed to Postgres until it is settled."""
        update = _ENCODER.encode(RiskUpdate((halt,)))
        owed = ("HSETNX", HALTS_OWED, _place(halt), _ENCODER.encode(halt))
        await self._door.transact(owed, ("PUBLISH", RISK_UPDATES, update))

    async def owed_halts(self) -> tuple[Halt, ...]:
        """Those that were told, and of which nobody has said yet that they are written down."""
        (found,) = await self._door.transact(("HVALS", HALTS_OWED))
        bodies = [body for body in found if isinstance(body, bytes)] if isinstance(found, list) else []
        return tuple(halt for body in bodies if (halt := _read(body)) is not None)

    async def settle_halts(self, halts: Iterable[Halt]) -> None:
        """These are in Postgres, or over."""
        if places := [_place(halt) for halt in halts]:
            await self._door.transact(("HDEL", HALTS_OWED, *places))

    async def save_halts(self, halts: tuple[Halt, ...]) -> None:
        """Let everybody know, at once and when they begin."""
        update = _ENCODER.encode(RiskUpdate(tuple(halts)))
        await self._door.transact(("SET", HALTS, _ENCODER.encode(halts)), ("PUBLISH", RISK_UPDATES, update))

    async def halts(self) -> tuple[Halt, ...] | None:
        """The copy; None where there is none that can be read: then Postgres has to be asked."""
        body = (await self._door.values([HALTS]))[0]
        try:
            return None if body is None else _HALTS.decode(body)
        except NOT_READABLE:
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


def _place(halt: Halt) -> str:
    return f"{halt.scope}:{halt.name}"


def _read(body: bytes) -> Halt | None:
    """One that could be written down."""
    try:
        halt = _HALT.decode(body)
        return halt if datetime.fromisoformat(halt.halted_at).tzinfo else None
    except ValueError:  # msgspec's own is one
        return None


async def _updates(messages: AsyncIterator[Message]) -> AsyncIterator[RiskUpdate]:
    async for message in messages:
        try:
            update = _UPDATE.decode(message.body)
        except NOT_READABLE:
            continue  # anyone may publish
        yield update
