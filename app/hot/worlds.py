"""What a store's games are: real or simulated. The two never share one."""

from app.hot.keys import SLATE, WORLD
from app.hot.shelves import Keeper

# 1 = the store is this world's, from now on
CLAIM = """
local world = redis.call('GET', KEYS[1])
if world == false then
    redis.call('SET', KEYS[1], ARGV[1])
    return 1
end
return world == ARGV[1] and 1 or 0
"""


class Worlds(Keeper):
    """The mark that a store's first start leaves."""

    async def claim_world(self, world: str) -> bool:
        """Mark an unmarked store; False when it is marked as another world's."""
        return await self._door.run_script(CLAIM, [WORLD], [world]) == 1

    async def world(self) -> str | None:
        """Whose the store is; None: nobody's yet."""
        found = (await self._door.values([WORLD]))[0]
        return None if found is None else found.decode()

    async def slate(self) -> str | None:
        """The clock of the slate that is played, "live" for real games; None: nothing was played here yet."""
        found = (await self._door.values([SLATE]))[0]
        return None if found is None else found.decode()

    async def enter_slate(self, slate: str) -> bool:
        """Say which slate is being played; True when it was another before, whose games are none of this one's."""
        before = (await self._door.values([SLATE]))[0]
        await self._door.transact(("SET", SLATE, slate))
        return before is not None and before != slate.encode()
