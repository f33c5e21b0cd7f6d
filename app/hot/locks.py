"""Locks with an owner: who holds one may extend or release it, nobody else."""

from app.hot.keys import lock_key
from app.hot.shelves import Keeper, milliseconds

# 1 = held by the owner from now on; compare and set in one step
HOLD = """
local holder = redis.call('GET', KEYS[1])
if holder == false then
    redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
    return 1
end
if holder == ARGV[1] then
    return redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return 0
"""

RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then
    return redis.call('DEL', KEYS[1])
end
return 0
"""


class Locks(Keeper):
    """Named locks that run out by themselves when their owner dies."""

    async def hold(self, lock_name: str, owner: str, seconds: float) -> bool:
        """Take the lock, or extend it when it is the owner's already; False when another holds it.

        `owner`: a token no one else has (host, process id and something random).
        """
        return await self._door.run_script(HOLD, [lock_key(lock_name)], [owner, milliseconds(seconds)]) == 1

    async def release(self, lock_name: str, owner: str) -> bool:
        """Let it go; False when it was not the owner's (any more)."""
        return await self._door.run_script(RELEASE, [lock_key(lock_name)], [owner]) == 1

    async def holder(self, lock_name: str) -> str | None:
        """Whose it is now."""
        found = (await self._door.values([lock_key(lock_name)]))[0]
        return found.decode() if found is not None else None
