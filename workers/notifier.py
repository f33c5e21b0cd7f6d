"""Tells people what happens: fills, exits, halts, incidents, workers that fall silent. Whom, the rules in the settings
say. A target that is slow or away holds nobody, and no other target.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime

from app.domain.markets import ContractId
from app.domain.operations import Round
from app.errors import HistoryUnavailable, HotStoreUnavailable
from app.history.queries import recorded_contracts
from app.history.trading_reads import INCIDENTS, incidents_after
from app.hot.notified import NotifiedUntil
from app.hot.updates import Cursor, Said
from app.notifications.boxes import Box
from app.notifications.notes import Message, Note
from app.notifications.targets import Target, TargetUnavailable
from app.resources import Resources
from workers.news import Roll, fill_of, notes_of_halts, notes_of_incidents, notes_of_updates
from workers.turns import under_way

EVERY = 1.0  # seconds
OPEN_AGAIN = 1.0  # seconds, while Redis is away
MOST_NAMES = 2_000
AGAIN_AFTER = (0.0, 5.0, 30.0)  # seconds, of an alarm

log = logging.getLogger(__name__)


async def notifier(resources: Resources) -> AsyncGenerator[Round]:
    """A look each second, until somebody ends it."""
    told = Notifications(resources)
    await told.begin()
    async with under_way((told.keep_hearing(), *(told.keep_sending(at) for at in range(len(told.boxes))))) as tasks:
        while True:
            yield await told.look()
            fallen, _ = await asyncio.wait(tasks, timeout=EVERY, return_when=asyncio.FIRST_COMPLETED)
            for task in fallen:
                task.result()  # raises what it fell over


class Notifications:
    """What is to be told, and the boxes that it waits in, one for each rule."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        given = resources.settings.notifications
        world = "SIMULATED" if resources.settings.simulation.is_on else ""
        self.boxes = [Box(frozenset(rule.kinds), given.gather_for, given.per_minute, world) for rule in given.rules]
        self._targets = [
            Target(rule.to.get_secret_value(), given.timeout, number) for number, rule in enumerate(given.rules, 1)
        ]
        self._roll = Roll()
        self._names: dict[str, str] = {}
        self._done = Round()
        self._cursor = Cursor(0, 0)
        self._incident = 0
        self._looked_at: datetime = resources.clock()

    async def begin(self) -> None:
        """Where the one before has ended; for the first time from now on."""
        until = await self._resources.hot.notified()
        if until is None:
            self._cursor = await self._resources.hot.updates_end()
            newest = await INCIDENTS.page(self._resources.history, (), 1)
            self._incident = next((row.id or 0 for row in newest), 0)
            return
        self._cursor, self._incident = Cursor(until.epoch, until.seq), until.incident
        self._looked_at = until.at

    async def keep_hearing(self) -> None:
        """Fills as they are told, over every absence of Redis."""
        while True:
            try:
                async with self._resources.hot.hear_updates(self._cursor) as heard:
                    async for stretch in heard:
                        await self._take(stretch.updates)
                        self._cursor = stretch.updates[-1].cursor if stretch.updates else stretch.newest
            except HotStoreUnavailable as error:
                log.warning("updates are not heard", extra={"error": str(error)})
            await asyncio.sleep(OPEN_AGAIN)

    async def keep_sending(self, at: int) -> None:
        """What waits for one target. An alarm that is not taken is tried again; the rest is in the collections."""
        box, target = self.boxes[at], self._targets[at]
        while True:
            message = box.take(time.monotonic())
            if message is None:
                await asyncio.sleep(EVERY / 2)
                continue
            for wait in AGAIN_AFTER if message.is_severe else AGAIN_AFTER[:1]:
                await asyncio.sleep(wait)
                if await self._send(target, message):
                    break

    async def _send(self, target: Target, message: Message) -> bool:
        try:
            await target.send(message)
        except TargetUnavailable as error:
            self._done.note("not_taken", str(error))
            log.warning("a notification was not taken", extra={"target": target.name, "error": str(error)})
            return False
        self._done.counts["sent"] += 1
        return True

    async def look(self) -> Round:
        """What is not told over any stream: halts, incidents, workers."""
        done, self._done = self._done, Round()
        now = self._resources.clock()
        try:
            self._put(self._roll.call(await self._resources.hot.beats(), now))
            self._put(notes_of_halts(await self._resources.hot.halts() or (), self._looked_at))
            rows = await incidents_after(self._resources.history, self._incident)
            self._put(notes_of_incidents(rows))
            self._incident = max([self._incident, *(row.id or 0 for row in rows)])
            self._looked_at = now
            await self._resources.hot.save_notified(NotifiedUntil(*self._cursor, self._incident, now))
        except (HotStoreUnavailable, HistoryUnavailable) as error:
            done.note("store_unavailable", str(error))
        done.counts["waiting"] = sum(len(box) for box in self.boxes)
        return done

    async def _take(self, said: Sequence[Said]) -> None:
        fills = [fill for each in said if (fill := fill_of(each)) is not None]
        await self._learn_names([fill.contract_id for fill in fills])
        self._put(notes_of_updates(said, self._names))

    async def _learn_names(self, contract_ids: Sequence[ContractId]) -> None:
        unknown = [name for name in dict.fromkeys(contract_ids) if name not in self._names]
        if not unknown:
            return
        if len(self._names) > MOST_NAMES:
            self._names.clear()
        try:
            links = await recorded_contracts(self._resources.history, unknown)
        except HistoryUnavailable:
            return  # told by their ids
        self._names |= {name: " ".join((link.title, link.outcome)).strip() or name for name, link in links.items()}

    def _put(self, notes: Sequence[Note]) -> None:
        now = time.monotonic()
        for note in notes:
            self._done.counts["notes"] += 1
            for box in self.boxes:
                box.put(note, now)
