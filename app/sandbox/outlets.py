"""What a venue says over one socket, and how faults spoil it on the way out."""

import asyncio
from collections import deque

from app.sandbox.faults import GARBAGE, Faults, Kind
from app.sandbox.wires import Wire

ONE_AFTER_THE_OTHER = 0.0001  # seconds: frames that are held back keep their order
_SPOILT = GARBAGE.decode("latin-1").encode()  # text frames are UTF-8, or the client would have to hang up


class Outlet:
    """One connection with the faults that lie on its path."""

    def __init__(self, wire: Wire, path: str, faults: Faults) -> None:
        self._wire = wire
        self._path = path
        self._faults = faults
        self._held: bytes | None = None
        self._not_before = 0.0
        self._late = deque[bytes]()  # frames that are held back, in their order
        faults.on_plant.append(self.suffer)
        self.suffer()

    def close(self) -> None:
        """Nothing more will be said."""
        self._faults.on_plant.remove(self.suffer)

    def suffer(self) -> None:
        """Break at once if that is planted, whether or not anything is said."""
        if self._strikes("disconnect", ()) or self._strikes("down", ()):
            self._wire.cut()

    def say(self, text: bytes, *names: str) -> None:
        """One frame. `names`: of the market it is about; answers to commands are about none and only fall silent."""
        if not self._faults.in_force() and self._held is None and not self._not_before:
            self._wire.tell(text)
        elif names and self._strikes("disconnect", names):
            self._wire.cut()
        elif not self._strikes("silence", names):
            for frame in self._spoilt(text, names) if names else (text,):
                self._send(frame, names)

    def answer_ping(self, text: bytes) -> None:
        """A pong in words: no fault holds it back, which is why pongs prove nothing."""
        self._wire.tell(text)

    def ping(self, body: bytes) -> None:
        self._wire.ping(body)

    def is_to_cross(self, *names: str) -> bool:
        """Whether the next thing to say about this market is what cannot be."""
        return self._strikes("crossed", names)

    def _strikes(self, kind: Kind, names: tuple[str, ...]) -> bool:
        return self._faults.take_frame(kind, self._path, names) is not None

    def _spoilt(self, text: bytes, names: tuple[str, ...]) -> list[bytes]:
        if self._strikes("gap", names):
            return []
        if self._held is not None:
            held, self._held = self._held, None
            return [text, held]
        if self._strikes("reordered", names):
            self._held = text
            return []
        if self._strikes("garbage", names):
            return [_SPOILT]
        return [text, text] if self._strikes("duplicate", names) else [text]

    def _send(self, text: bytes, names: tuple[str, ...]) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        late = self._faults.take_frame("latency", self._path, names)
        at = max(now + (late.seconds if late else 0.0), self._not_before + ONE_AFTER_THE_OTHER)
        self._not_before = at if at > now or self._late else 0.0
        if at > now or self._late:  # a busy loop is late with those that are held back: nothing overtakes them
            self._late.append(text)
            loop.call_at(at, self._tell_late)
        else:
            self._wire.tell(text)

    def _tell_late(self) -> None:
        """The oldest: the timers of a busy loop may go off in another order than they were set."""
        self._wire.tell(self._late.popleft())
