"""What people ask of the workers: left here, obeyed there."""

import time

from app.hot.keys import REFRESH_KEPT, REFRESH_REQUESTED
from app.hot.shelves import Keeper, set_command


class Requests(Keeper):
    """Requests that every worker concerned compares with its own last round."""

    async def request_refresh(self) -> None:
        """Ask the discovery workers for a round now."""
        await self._door.transact(set_command(REFRESH_REQUESTED, str(time.time()).encode(), REFRESH_KEPT))

    async def refresh_requested(self) -> float:
        """Unix seconds of the last request that is still remembered; 0 when there is none."""
        found = (await self._door.values([REFRESH_REQUESTED]))[0]
        return float(found) if found is not None else 0.0
