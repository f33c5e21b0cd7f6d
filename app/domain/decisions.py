"""What the trading core says: everything that leaves it, in the order in which it was decided."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from app.domain.frames import RawFrame
from app.domain.inputs import Input
from app.domain.prices import BookId, Doubt, LaneId, Nanos, Quote
from app.domain.signals import Judged


class Resync(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="resync"):
    """A book is in doubt: whoever follows it asks the venue for a snapshot. Said once for each doubt."""

    book_id: BookId
    doubt: Doubt
    at: Nanos


class Healed(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="healed"):
    """A book is right again. `lasted`: nanoseconds."""

    book_id: BookId
    doubt: Doubt
    at: Nanos
    lasted: int


class Silent(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="silent"):
    """A lane carries nothing although it should: whoever holds it opens another."""

    lane: LaneId
    at: Nanos


Decision = Quote | Resync | Healed | Silent | Judged


class Taped(NamedTuple):
    """A piece of the tape: what was told, and what was decided upon it. `first`: the number of the first input; a
    piece that does not begin where the one before it ended comes after a hole. `frames`: that venues said meanwhile,
    where these are kept."""

    first: int
    inputs: Sequence[Input]
    decisions: Sequence[Decision]
    frames: Sequence[RawFrame] = ()
