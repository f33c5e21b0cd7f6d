"""Fences: each taking of something that only one process may speak for gets a number that only grows, and whoever
comes with an older one is refused. So a process that was paused and goes on says nothing more."""

from collections.abc import Sequence

import msgspec

from app.errors import Superseded
from app.hot.connections import Door
from app.hot.keys import FENCE_LIFETIME, FENCES, fence_key
from app.hot.shelves import milliseconds

# microseconds of the server's clock, so that numbers grow even when the server has forgotten the last one
TAKE = """
local time = redis.call('TIME')
local before = tonumber(redis.call('GET', KEYS[2]) or '0')
local fence = math.max(time[1] * 1000000 + time[2], before + 1)
redis.call('SET', KEYS[2], fence)
redis.call('SET', KEYS[1], fence, 'PX', ARGV[1])
return fence
"""

# commands come packed as one argument: a hundred thousand words cost the client more than all else. 0 = refused
OBEY = """
local fence = redis.call('GET', KEYS[1])
if fence and tonumber(fence) > tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
for _, words in ipairs(cmsgpack.unpack(ARGV[3])) do
    local answer = redis.pcall(unpack(words))
    if type(answer) == 'table' and answer.err then
        if not string.find(answer.err, 'WRONGTYPE') then return answer end
        redis.call('DEL', words[2])
        redis.call(unpack(words))
    end
end
return 1
"""

Words = Sequence[str | int]  # of one command; no bytes, which the server's reader of packed words does not know

_ENCODER = msgspec.msgpack.Encoder()


async def take_fence(door: Door, subject: str) -> int:
    """The number under which one may speak for a subject from now on; every earlier one is refused."""
    return await door.run_script(TAKE, [fence_key(subject), FENCES], [milliseconds(FENCE_LIFETIME)])


async def obey(door: Door, subject: str, fence: int, commands: Sequence[Words]) -> None:
    """Give the commands at once, in one round trip. Raises Superseded, and nothing is done, when another has taken the
    subject since; and HotStoreUnavailable."""
    life, packed = milliseconds(FENCE_LIFETIME), _ENCODER.encode(commands)
    if await door.run_script(OBEY, [fence_key(subject)], [fence, life, packed]) == 0:
        raise Superseded(f"another process speaks for {subject} now")
