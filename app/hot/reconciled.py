"""Whether what we have is what the venues have, for whoever shows it."""

from collections.abc import Mapping, Sequence

import msgspec

from app.domain.parsing import NOT_READABLE
from app.hot.keys import RECONCILED, RECONCILED_LIFETIME
from app.hot.shelves import Keeper, milliseconds


class ReconciledShown(msgspec.Struct, frozen=True):
    """All accounts at all venues. `is_clean`: everything was compared, and nothing differs; `differences`: in words, by
    account and venue."""

    is_clean: bool
    at: int  # nanoseconds UTC
    differences: Mapping[str, Sequence[str]] = {}


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(ReconciledShown)


class Reconciliations(Keeper):
    """Written by the executor; gone when it is."""

    async def save_reconciled(self, shown: ReconciledShown) -> None:
        """How it stands now."""
        words = ("SET", RECONCILED, _ENCODER.encode(shown), "PX", milliseconds(RECONCILED_LIFETIME))
        await self._door.transact(words)

    async def reconciled(self) -> ReconciledShown | None:
        """How it stood last; None: nobody executes anything."""
        body = (await self._door.values([RECONCILED]))[0]
        try:
            return None if body is None else _DECODER.decode(body)
        except NOT_READABLE:
            return None
