"""Which games are worked on, and by which shard: one stream and one consumer group, and no election.

The orchestrator puts a game into the stream; a shard that reads it has it, as long as it says so again and again: what
is pending is leased. What a dead shard had, others claim. Each taking gets a fence, in the same step that checks who
has the game, so that a shard which was paused can never be taken for the newer one.
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from app.domain.games import GameId
from app.hot.fences import obey
from app.hot.keys import FENCE_LIFETIME, FENCES, HANDED_OUT, VIEW_LIFETIME, fence_key, view_key, views_channel
from app.hot.shelves import Keeper, milliseconds, set_command
from app.hot.view_shown import GameViewShown

FORGOTTEN_AFTER = 3600.0  # seconds of silence of a shard that has nothing

_ENCODER = msgspec.json.Encoder()

_GROUP = """
local key, group = KEYS[1], 'shards'
redis.pcall('XGROUP', 'CREATE', key, group, '0', 'MKSTREAM')
local last
for _, info in ipairs(redis.call('XINFO', 'GROUPS', key)) do
    for i = 1, #info, 2 do
        if info[i] == 'name' and info[i + 1] ~= group then break end
        if info[i] == 'last-delivered-id' then last = '(' .. info[i + 1] end
    end
end
local function give_back(id, game, again)
    redis.call('XACK', key, group, id)
    redis.call('XDEL', key, id)
    if again then redis.call('XADD', key, '*', 'game', game) end
end
"""

# every wanted game once and no other; an entry that was delivered and is nobody's is put in anew
HAND_OUT = (
    _GROUP
    + """
local wanted, there, held = {}, {}, {}
local added, over = 0, 0
for i = 2, #ARGV do wanted[ARGV[i]] = true end
for _, entry in ipairs(redis.call('XRANGE', key, last, '+')) do held[entry[1]] = true end
for _, pending in ipairs(redis.call('XPENDING', key, group, '-', '+', 100000)) do held[pending[1]] = true end
for _, entry in ipairs(redis.call('XRANGE', key, '-', '+')) do
    local id, game = entry[1], entry[2][2]
    if wanted[game] and held[id] and not there[game] then
        there[game] = true
    else
        give_back(id, game, false)
        if not wanted[game] then over = over + 1 end
    end
end
for i = 2, #ARGV do
    if not there[ARGV[i]] then
        redis.call('XADD', key, '*', 'game', ARGV[i])
        there[ARGV[i]] = true
        added = added + 1
    end
end
for _, info in ipairs(redis.call('XINFO', 'CONSUMERS', key, group)) do
    if info[4] == 0 and info[6] > tonumber(ARGV[1]) then redis.call('XGROUP', 'DELCONSUMER', key, group, info[2]) end
end
return {tostring(added), tostring(over)}
"""
)

# renew what is mine, claim what is lost, read what is new: up to my share, and beyond it what nobody has taken for long
TURN = (
    _GROUP
    + """
local me, lost_after, capacity = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('XAUTOCLAIM', key, group, me, 9007199254740991, '0', 'COUNT', 1, 'JUSTID')  -- a sign of life
local mine = {}
for _, pending in ipairs(redis.call('XPENDING', key, group, '-', '+', 100000, me)) do
    mine[#mine + 1] = pending[1]
    redis.call('XCLAIM', key, group, me, 0, pending[1], 'JUSTID')
end
local renewed, total, alive = #mine, redis.call('XLEN', key), 0
for _, info in ipairs(redis.call('XINFO', 'CONSUMERS', key, group)) do
    if info[2] == me or info[6] < lost_after then alive = alive + 1 end
end
local time = redis.call('TIME')
local share = math.min(capacity, math.ceil(total / math.max(alive, 1)))
if share > #mine then
    local claimed = redis.call('XAUTOCLAIM', key, group, me, lost_after, '0', 'COUNT', share - #mine, 'JUSTID')
    for _, id in ipairs(claimed[2]) do mine[#mine + 1] = id end
end
local oldest = redis.call('XRANGE', key, last, '+', 'COUNT', 1)[1]
local is_left = oldest and time[1] * 1000 - string.match(oldest[1], '%d+') > lost_after
local room = math.max(share - #mine, is_left and math.min(1, capacity - #mine) or 0)
if oldest and room > 0 then
    local read = redis.call('XREADGROUP', 'GROUP', group, me, 'COUNT', room, 'STREAMS', key, '>')
    for _, entry in ipairs(read and read[1][2] or {}) do mine[#mine + 1] = entry[1] end
end
local answer = {tostring(share)}
for i, id in ipairs(mine) do
    local entry = redis.call('XRANGE', key, id, id)[1]
    if entry then
        local game = entry[2][2]
        local fence = i <= renewed and redis.call('GET', ARGV[4] .. game)
        if not fence then
            local before = tonumber(redis.call('GET', KEYS[2]) or '0')
            fence = string.format('%.0f', math.max(time[1] * 1000000 + time[2], before + 1))
            redis.call('SET', KEYS[2], fence)
            redis.call('SET', ARGV[4] .. game, fence, 'PX', ARGV[5])
        end
        for _, word in ipairs({id, game, fence}) do answer[#answer + 1] = word end
    else
        redis.call('XACK', key, group, id)
    end
end
return answer
"""
)

# those that are still mine, for another to take; with no id named, all, and I am gone
GIVE_BACK = (
    _GROUP
    + """
local me, back = ARGV[1], 0
for _, pending in ipairs(redis.call('XPENDING', key, group, '-', '+', 100000, me)) do
    local id, is_meant = pending[1], #ARGV == 1
    for i = 2, #ARGV do is_meant = is_meant or ARGV[i] == id end
    local entry = redis.call('XRANGE', key, id, id)[1]
    if is_meant then
        give_back(id, entry and entry[2][2], entry)
        back = back + 1
    end
end
if #ARGV == 1 then redis.call('XGROUP', 'DELCONSUMER', key, group, me) end
return back
"""
)


class Lease(NamedTuple):
    """One taking of a game."""

    entry: str  # in the stream
    game_id: GameId
    fence: int


class Leases(NamedTuple):
    """What a shard has. `share`: games that it should have, all shards considered."""

    share: int
    held: Sequence[Lease]


class GameLeases(Keeper):
    """The hand-out of games to shards, as part of the hot state."""

    async def hand_out(self, game_ids: Sequence[GameId]) -> tuple[int, int]:
        """These games, and no others, are worked on from now on, the first first; how many are new, and how many were
        taken back."""
        forgotten = milliseconds(FORGOTTEN_AFTER)
        added, over = await self._door.ask_script(HAND_OUT, [HANDED_OUT], [forgotten, *game_ids])
        return int(added), int(over)

    async def handed_out(self) -> list[GameId]:
        """The games that shards have or may take."""
        (entries,) = await self._door.try_each(("XRANGE", HANDED_OUT, "-", "+"))
        return [GameId(fields[b"game"].decode()) for _, fields in entries] if isinstance(entries, list) else []

    async def renew_leases(self, shard: str, capacity: int, lost_after: float) -> Leases:
        """Say that a shard lives and keeps what it has, and take what there is for it. What is not in the answer is not
        the shard's any more. `lost_after`: seconds of silence after which a shard's games are free."""
        life = milliseconds(FENCE_LIFETIME)
        share, *words = await self._door.ask_script(
            TURN, [HANDED_OUT, FENCES], [shard, milliseconds(lost_after), capacity, fence_key(_subject("")), life]
        )
        texts = [word.decode() for word in words]
        taken = zip(texts[::3], texts[1::3], texts[2::3], strict=True)
        return Leases(int(share), [Lease(entry, GameId(game_id), int(fence)) for entry, game_id, fence in taken])

    async def give_back(self, shard: str, entries: Sequence[str]) -> None:
        """Others may take these now."""
        if entries:
            await self._door.run_script(GIVE_BACK, [HANDED_OUT], [shard, *entries])

    async def leave(self, shard: str) -> None:
        """Give everything back: this shard is no more."""
        await self._door.run_script(GIVE_BACK, [HANDED_OUT], [shard])

    async def save_view(self, view: GameViewShown) -> None:
        """Tell everybody how a game stands. Raises Superseded when another has taken the game since."""
        body = _ENCODER.encode(view).decode()
        set_view = set_command(view_key(view.game_id), body, VIEW_LIFETIME)
        publish = ("PUBLISH", views_channel(view.game_id), body)
        await obey(self._door, _subject(view.game_id), view.fence, [set_view, publish])


def _subject(game_id: str) -> str:
    return f"view:{game_id}"
