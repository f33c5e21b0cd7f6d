"""What venues said, as it came from their sockets: kept on request, beside what was made of it."""

from typing import NewType

import msgspec

from app.domain.markets import VenueId
from app.domain.prices import Nanos

ConnectionNumber = NewType("ConnectionNumber", int)  # counted over all sockets of a process


class RawFrame(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One message of a venue; its own clock is in it. `number`: counted over the run; `sequence`: of the first input
    that was made of it, or of the next one when nothing was."""

    number: int
    sequence: int
    received_at: Nanos
    venue: VenueId
    connection: ConnectionNumber
    payload: bytes
