"""What the score source taught one process about teams, for the registries of all others."""

from collections.abc import Mapping, Sequence

import msgspec

from app.domain.parsing import NOT_READABLE
from app.domain.teams import Team
from app.hot.connections import Door
from app.hot.keys import TEAMS, TEAMS_KEPT, TEAMS_VERSION
from app.hot.shelves import Keeper

# nothing is added beyond the bound; what is known is brought up to date. 1 = something was written
SAVE = """
local written = 0
if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then redis.call('DEL', KEYS[1]) end
for at = 2, #ARGV, 2 do
    if redis.call('HEXISTS', KEYS[1], ARGV[at]) == 1 or redis.call('HLEN', KEYS[1]) < tonumber(ARGV[1]) then
        redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1])
        written = 1
    end
end
if written == 1 then redis.call('INCR', KEYS[2]) end
return written
"""


class LearnedTeams(Keeper):
    """Teams that are new or renamed since the registry was packaged; kept without expiry."""

    def __init__(self, door: Door) -> None:
        super().__init__(door)
        self._team = msgspec.json.Decoder(Team)

    async def save_teams(self, teams: Sequence[Team], kept: int = TEAMS_KEPT) -> None:
        """Keep these for every process; beyond `kept` of them no new one is taken."""
        if teams:
            fields = [part for team in teams for part in (team.id, msgspec.json.encode(team))]
            await self._door.run_script(SAVE, [TEAMS, TEAMS_VERSION], [kept, *fields])

    async def teams_version(self) -> int:
        """Grows whenever teams are saved; 0 before the first."""
        found = (await self._door.values([TEAMS_VERSION]))[0]
        return int(found) if found and found.isdigit() else 0

    async def learned_teams(self) -> list[Team]:
        """Every team that was learned and can be read, by id."""
        answer = (await self._door.try_each(("HGETALL", TEAMS)))[0]
        values = [value for _, value in sorted(answer.items())] if isinstance(answer, Mapping) else []
        return [team for value in values if (team := self._read(value)) is not None]

    def _read(self, value: bytes) -> Team | None:
        try:
            return self._team.decode(value)
        except NOT_READABLE:
            return None  # written by a version that described teams differently; the source tells it again
