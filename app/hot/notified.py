"""How far people were told of what happened, so that a restart neither repeats it nor leaves anything out."""

from datetime import datetime

import msgspec

from app.domain.parsing import NOT_READABLE
from app.hot.keys import NOTIFIED
from app.hot.shelves import Keeper


class NotifiedUntil(msgspec.Struct, frozen=True):
    """The last update, the last incident, and the moment of the last look at halts."""

    epoch: int
    seq: int
    incident: int
    at: datetime


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(NotifiedUntil)


class Notified(Keeper):
    """Kept by the notifier alone."""

    async def save_notified(self, until: NotifiedUntil) -> None:
        """Everything up to there was taken up."""
        await self._door.transact(("SET", NOTIFIED, _ENCODER.encode(until)))

    async def notified(self) -> NotifiedUntil | None:
        """None: nobody was told anything yet."""
        body = (await self._door.values([NOTIFIED]))[0]
        try:
            return None if body is None else _DECODER.decode(body)
        except NOT_READABLE:
            return None
