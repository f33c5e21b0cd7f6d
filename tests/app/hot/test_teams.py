"""Teams that one process learned reach all others."""

import msgspec

from app.hot.keys import TEAMS, TEAMS_VERSION
from app.hot.state import HotState
from tests.app.hot.samples import ARSENAL, BOSTON, EVERTON, life_of, put_list

RENAMED = msgspec.structs.replace(BOSTON, name="Boston Shamrocks")


async def test_teams_are_kept_for_ever_and_each_change_counts(hot: HotState, fresh_redis_url: str) -> None:
    assert (await hot.learned_teams(), await hot.teams_version()) == ([], 0)
    await hot.save_teams([BOSTON, ARSENAL])
    await hot.save_teams([RENAMED])
    assert await hot.learned_teams() == [RENAMED, ARSENAL]
    assert await hot.teams_version() == 2
    assert await life_of(fresh_redis_url, TEAMS) < 0
    assert await life_of(fresh_redis_url, TEAMS_VERSION) < 0


async def test_beyond_the_bound_only_known_teams_are_written(hot: HotState) -> None:
    await hot.save_teams([BOSTON, ARSENAL], kept=2)
    await hot.save_teams([EVERTON], kept=2)
    assert await hot.teams_version() == 1
    await hot.save_teams([RENAMED, EVERTON], kept=2)
    assert await hot.learned_teams() == [RENAMED, ARSENAL]


async def test_a_foreign_value_teaches_nothing_and_gives_way(hot: HotState, fresh_redis_url: str) -> None:
    await put_list(fresh_redis_url, TEAMS)
    assert await hot.learned_teams() == []
    await hot.save_teams([BOSTON])
    assert await hot.learned_teams() == [BOSTON]
