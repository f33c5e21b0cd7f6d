"""Messages on their way out, many in one round trip."""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from app.errors import HotStoreUnavailable
from app.hot.connections import Door, Message

Told = Callable[[int | HotStoreUnavailable], None]  # how many heard it, or why nobody did


class _Letter(NamedTuple):
    message: Message
    told: Told


class Outbox:
    """Nobody waits for it. What gathers while a round trip is under way leaves together with the next."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._waiting: list[_Letter] = []
        self._leaving: asyncio.Task[None] | None = None

    def put(self, message: Message, told: Told) -> None:
        """Say it soon; `told` is called once, when it is said or cannot be."""
        self._waiting.append(_Letter(message, told))
        if self._leaving is None or self._leaving.done():
            self._leaving = asyncio.create_task(self._leave())

    async def close(self) -> None:
        """What is not said by now never is."""
        if self._leaving is not None:
            self._leaving.cancel()
            await asyncio.gather(self._leaving, return_exceptions=True)

    async def _leave(self) -> None:
        while self._waiting:
            leaving, self._waiting = self._waiting, []
            try:
                heard_by = await self._door.publish([letter.message for letter in leaving])
            except HotStoreUnavailable as error:
                for letter in leaving:
                    letter.told(error)
            else:
                for letter, listeners in zip(leaving, heard_by, strict=True):
                    letter.told(listeners)
