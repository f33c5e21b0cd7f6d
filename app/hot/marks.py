"""What positions are worth now, told to whoever listens: each has a newest, so none is numbered, and none is kept."""

from collections.abc import Mapping

import msgspec

from app.hot.keys import MARKS
from app.hot.marks_shown import PositionMarked
from app.hot.shelves import Keeper


class MarksUpdate(msgspec.Struct, frozen=True):
    """Positions whose mark has moved, by id. `positions`: JSON of a `PositionMarked` each."""

    positions: Mapping[str, msgspec.Raw]


_ENCODER = msgspec.json.Encoder()


class Marks(Keeper):
    """Spoken by the process that has an eye on what is held."""

    async def tell_marks(self, marked: Mapping[str, PositionMarked]) -> None:
        """Whoever misses it is told the next one."""
        bodies = {name: msgspec.Raw(_ENCODER.encode(each)) for name, each in marked.items()}
        await self._door.transact(("PUBLISH", MARKS, _ENCODER.encode(MarksUpdate(bodies))))
