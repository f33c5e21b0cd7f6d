"""What is left to callers of the API after the calls of all its processes together."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from app.hot.keys import rate_key
from app.hot.shelves import Keeper

AT_ONCE = 500  # buckets

# A bucket is what was left and when, in microseconds of the server's own clock. It may be owed at most one bucket: what
# was let in beyond the limit is paid for by those who call next.
_SHARE = """
    local time = redis.call('TIME')
    local now = time[1] * 1000000 + time[2]
    local left = {}
    for i, key in ipairs(KEYS) do
        local limit, calls = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
        local found = redis.call('HMGET', key, 'left', 'at')
        local was, at = tonumber(found[1]) or limit, tonumber(found[2]) or now
        was = math.min(limit, was + math.max(0, now - at) * limit / 60000000) - calls
        was = math.max(was, -limit)
        redis.call('HSET', key, 'left', string.format('%.6f', was), 'at', string.format('%.0f', now))
        redis.call('PEXPIRE', key, 120000)
        left[i] = string.format('%.6f', was)
    end
    return left
"""


class Taken(msgspec.Struct, frozen=True, gc=False):
    """What a caller has taken of a kind at one process; `limit`: calls a minute, and the size of the bucket."""

    kind: Literal["match", "read", "change", "socket", "guess"]
    caller: str
    limit: int
    calls: int


class SharedRates(Keeper):
    """One bucket of a caller and kind for all processes."""

    async def share_rates(self, taken: Sequence[Taken]) -> Sequence[float]:
        """Take so much out of each; what is left in it then, which may be less than nothing."""
        left: list[float] = []
        for begin in range(0, len(taken), AT_ONCE):
            some = taken[begin : begin + AT_ONCE]
            keys = [rate_key(each.kind, each.caller) for each in some]
            arguments = [argument for each in some for argument in (each.limit, each.calls)]
            left += [float(each) for each in await self._door.ask_script(_SHARE, keys, arguments)]
        return left
