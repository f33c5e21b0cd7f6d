"""The venue's dead man's switch: once it has heard from us, ten seconds of silence take back everything that rests."""

import asyncio
from collections import Counter

import msgspec

from app.errors import FeedUnavailable, OutcomeUnknown
from app.venues.calls import Caller
from app.venues.polymarket import trading_wire as wire

EVERY = 3.0  # seconds

_WRONG_NAME = 400


class Heartbeat:
    """Begins with the first order that may rest, and never ends: to fall silent would be to take orders back."""

    def __init__(self, caller: Caller, counts: Counter[str]) -> None:
        self._caller = caller
        self._counts = counts
        self._name = ""
        self._wanted = asyncio.Event()

    def begin(self) -> None:
        """There is something to watch over."""
        self._wanted.set()

    async def keep(self) -> None:
        """Until cancelled."""
        await self._wanted.wait()
        while True:
            try:
                await self._beat()
            except (FeedUnavailable, OutcomeUnknown):
                self._counts["heartbeats_lost"] += 1
            await asyncio.sleep(EVERY)

    async def _beat(self) -> None:
        """Each names the next; of a wrong name the venue says the right one."""
        for _ in range(2):
            body = msgspec.json.encode(wire.Beat(heartbeat_id=self._name))
            answer = await self._caller.send("POST", "/v1/heartbeats", body)
            if not answer.is_good and answer.status != _WRONG_NAME:
                break
            try:
                self._name = wire.BEAT.decode(answer.body).heartbeat_id
            except msgspec.DecodeError:
                break
            if answer.is_good:
                self._counts["heartbeats"] += 1
                return
        self._counts["heartbeats_lost"] += 1
