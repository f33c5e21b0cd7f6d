"""What must reach a store that may be away: it waits in its order, and is given as soon as the store is back."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from itertools import islice
from typing import Generic, TypeVar

from app.errors import Unavailable

TRIES_EVERY = 0.5  # seconds, while the store is away

log = logging.getLogger(__name__)

Item = TypeVar("Item")
Give = Callable[[Sequence[Item]], Awaitable[object]]  # raises Unavailable while the store is away


class Outbox(Generic[Item]):
    """`most`: items that wait; beyond it the oldest is lost, and that is said aloud. `at_once`: items given together.
    What is being given when `run` is cancelled is given to its end by `end`, not twice."""

    def __init__(self, name: str, give: Give[Item], most: int, at_once: int = 1) -> None:
        self.given = self.lost = 0
        self.trouble = ""  # while the store is away
        self._name = name
        self._give = give
        self._most = most
        self._at_once = at_once
        self._waiting: deque[Item] = deque()
        self._in_hand: list[Item] = []
        self._giving: asyncio.Future[object] | None = None  # of what is in hand
        self._news = asyncio.Event()

    def __len__(self) -> int:
        return len(self._waiting) + len(self._in_hand)

    def put(self, item: Item) -> None:
        """It is given soon; returns at once."""
        if len(self._waiting) >= self._most:
            self._waiting.popleft()
            self._lose(1)
        self._waiting.append(item)
        self._news.set()

    async def run(self) -> None:
        """Give until cancelled, over every absence of the store."""
        while True:
            self._news.clear()
            await self._give_all()
            await self._news.wait()

    async def end(self, within: float) -> None:
        """Give what is left, if that can be done within so many seconds; else it is lost."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._give_all()
        if self._giving is not None:
            self._giving.cancel()
        if len(self):
            self._lose(len(self))

    async def _give_all(self) -> None:
        while self._in_hand or self._waiting:
            if not self._in_hand:
                self._in_hand = list(islice(self._waiting, self._at_once))
                for _ in self._in_hand:
                    self._waiting.popleft()
            await self._try()

    async def _try(self) -> None:
        giving = self._giving = self._giving or asyncio.ensure_future(self._give(self._in_hand))
        try:
            await asyncio.shield(giving)
        except Unavailable as error:
            if not self.trouble:
                log.warning("waits for its store", extra={"what": self._name, "error": str(error)})
            self.trouble = f"{len(self)} {self._name} wait: {error}"
            await asyncio.sleep(TRIES_EVERY)
        except Exception:
            self._pass_over_the_odd_one()
        else:
            self.given += len(self._in_hand)
            self.trouble = ""
            self._in_hand = []
        finally:
            if giving.done():
                self._giving = None

    def _pass_over_the_odd_one(self) -> None:
        """One that no store takes must not stand in the way of the others: each is tried alone, then it is found."""
        if len(self._in_hand) > 1:
            self._waiting.extendleft(reversed(self._in_hand[1:]))
            self._in_hand = self._in_hand[:1]
            return
        log.exception("cannot be given", extra={"what": self._name, "item": repr(self._in_hand[0])[:500]})
        self._in_hand = []
        self._lose(1)

    def _lose(self, count: int) -> None:
        self.lost += count
        log.error("lost", extra={"what": self._name, "count": count, "lost": self.lost})
