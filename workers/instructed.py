"""Finds what executors are asked to do, and has it done once: Redis says at once that there is something, and Postgres
is looked at all the same."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence

from app.domain.instructions import Instruction, InstructionId
from app.domain.orders import AccountId
from app.errors import HistoryUnavailable, HotStoreUnavailable, Superseded
from app.executor.executors import Executors
from app.executor.obeying import Done, order_id_of
from app.history.instructions import find_instruction, finish, waiting_instructions
from app.hot.streams import Entry
from app.resources import Resources

LOOKS_EVERY = 1.0  # seconds
TRIES_EVERY = 0.5  # seconds, while Redis is away

LookAt = Callable[[Collection[AccountId]], Awaitable[None]]
Learn = Callable[[Instruction], Awaitable[None]]

log = logging.getLogger(__name__)


class Instructed:
    """The instructions of one process; each runs in a task of its own, so that none waits for another's venue."""

    def __init__(self, resources: Resources, executors: Executors, look_at: LookAt, learn: Learn) -> None:
        """`look_at`: these accounts are new, or have another purse; `learn`: knows what an instruction is about."""
        self._resources = resources
        self._executors = executors
        self._look_at = look_at
        self._learn = learn
        self._under_way: dict[InstructionId, asyncio.Task[None]] = {}
        self.done = 0

    async def keep_hearing(self) -> None:
        """What Redis tells of, until cancelled; over every absence of it."""
        while True:
            try:
                async with self._resources.hot.hear_orders() as heard:
                    async for entries in heard:
                        await self._look_at({AccountId(name) for name in _named(entries, b"account")})
                        await self._begin_named(_named(entries, b"instruction"))
                        await self._resources.hot.settle_orders([entry.name for entry in entries])
            except (HotStoreUnavailable, HistoryUnavailable) as error:
                log.warning("no instructions are heard of", extra={"error": str(error)})
                await asyncio.sleep(TRIES_EVERY)

    async def keep_looking(self) -> None:
        """What Postgres has, now and then: what Redis has lost, and what was begun and not ended."""
        while True:
            try:
                accounts = list(self._executors.accounts)
                self._begin(await waiting_instructions(self._resources.history, accounts))
            except HistoryUnavailable as error:
                log.warning("instructions are not looked for", extra={"error": str(error)})
            self.raise_fallen()
            await asyncio.sleep(LOOKS_EVERY)

    def raise_fallen(self) -> None:
        """What an instruction fell over: another process has the account, or a mistake of ours."""
        for name, task in list(self._under_way.items()):
            if task.done():
                del self._under_way[name]
                if not task.cancelled():
                    task.result()

    async def end(self) -> None:
        """What is not done is done by whoever comes next."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _begin_named(self, names: Iterable[str]) -> None:
        for name in names:
            found = await find_instruction(self._resources.history, name)
            if found is not None and found.state in ("waiting", "taken"):
                self._begin([found])

    def _begin(self, wanted: Iterable[Instruction]) -> None:
        for each in wanted:
            if each.id not in self._under_way:
                self._under_way[each.id] = asyncio.create_task(self._carry_out(each), name=f"instruction {each.id}")

    async def _carry_out(self, wanted: Instruction) -> None:
        try:
            await self._learn(wanted)
            done = await self._executors.obey(wanted)
            if done is not None:
                await self._finish(wanted, done)
        except HistoryUnavailable as error:
            log.warning("an instruction waits", extra={**_about(wanted), "error": str(error)})
        except Superseded:
            raise
        except Exception as error:  # one that nobody can carry out must not come back for ever
            log.exception("an instruction fell", extra=_about(wanted))
            await self._finish(wanted, Done("refused", f"it could not be carried out: {error}"))

    async def _finish(self, wanted: Instruction, done: Done) -> None:
        await finish(self._resources.history, wanted.id, done.state, done.outcome, done.order_id)
        self.done += 1


def _named(entries: Sequence[Entry], field: bytes) -> list[str]:
    return [entry.fields[field].decode() for entry in entries if entry.fields.get(field)]


def _about(wanted: Instruction) -> dict[str, str]:
    """Its order belongs to a trade of this name."""
    return {"trace": order_id_of(wanted), "account": wanted.account, "instruction": wanted.id}
