"""Values that expire by themselves, and an index that says which names to look for.

A value's own lifetime is the truth: a name in the index whose value is gone is passed over, and swept from the index
a good while later. So a clock that is a little off, or a writer that dies between two steps, cannot hide a value.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

import msgspec

from app.domain.parsing import NOT_READABLE
from app.hot.connections import Command, Door

Value = TypeVar("Value")

SWEEP_AFTER = 3600.0  # seconds that a name stays in its index beyond its value's life

log = logging.getLogger(__name__)


class Keeper:
    """One subject of the hot state."""

    def __init__(self, door: Door) -> None:
        self._door = door


class Shelf(Generic[Value]):
    """Values of one type under keys of one form."""

    def __init__(self, door: Door, index: str, key_of: Callable[[str], str], kind: type[Value]) -> None:
        self._door = door
        self._index = index
        self._key_of = key_of
        self._decoder = msgspec.json.Decoder(kind)

    async def put(self, values: Mapping[str, Value], seconds: float) -> None:
        """Write them all at once; each lives this long unless it is written again."""
        if values:
            await self._door.transact(*self.commands(values, seconds))

    def commands(self, values: Mapping[str, Value], seconds: float) -> tuple[Command, ...]:
        """What `put` asks of Redis, for a larger transaction."""
        expires_at = time.time() + seconds
        writes = tuple(set_command(self._key_of(name), msgspec.json.encode(v), seconds) for name, v in values.items())
        scores = tuple(argument for name in values for argument in (expires_at, name))
        return (*writes, ("ZADD", self._index, *scores), self._sweep())

    async def get(self, names: Sequence[str]) -> dict[str, Value]:
        """Those that are alive and readable, in the order asked."""
        found = await self._door.values([self._key_of(name) for name in names])
        read = ((name, self._read(name, value)) for name, value in zip(names, found, strict=True))
        return {name: value for name, value in read if value is not None}

    async def all(self) -> dict[str, Value]:
        """Everything alive and readable, the soonest to expire first."""
        return await self.get(await self._door.names(self._index))

    async def drop(self, names: Sequence[str]) -> None:
        """Take these away before their time."""
        if names:
            await self._door.transact(*self.drop_commands(names))

    def drop_commands(self, names: Sequence[str]) -> tuple[Command, ...]:
        """What `drop` asks of Redis, for a larger transaction."""
        return ("DEL", *(self._key_of(name) for name in names)), ("ZREM", self._index, *names)

    def _sweep(self) -> Command:
        return ("ZREMRANGEBYSCORE", self._index, "-inf", time.time() - SWEEP_AFTER)

    def _read(self, name: str, value: bytes | None) -> Value | None:
        if value is None:
            return None
        try:
            return self._decoder.decode(value)
        except NOT_READABLE as error:
            log.warning("unreadable value passed over", extra={"key": self._key_of(name), "error": str(error)})
            return None


def set_command(key: str, value: Value, seconds: float) -> tuple[str, str, Value, str, int]:
    """SET with a lifetime; replaces whatever was there, of any type."""
    return ("SET", key, value, "PX", milliseconds(seconds))


def expire_command(key: str, seconds: float) -> tuple[str, str, int]:
    """PEXPIRE of a key that was just written."""
    return ("PEXPIRE", key, milliseconds(seconds))


def milliseconds(seconds: float) -> int:
    """A lifetime as Redis takes it: whole, and at least one."""
    return max(1, round(seconds * 1000))
