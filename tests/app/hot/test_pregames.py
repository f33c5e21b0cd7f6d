from app.domain.games import GameId
from app.hot.keys import PREGAME_LIFETIME, pregame_key
from app.hot.state import HotState
from tests.app.hot.samples import life_of, put_list, put_text

FIRST, SECOND, THIRD = GameId("1"), GameId("2"), GameId("3")


async def test_the_newest_chance_stays_for_two_days(hot: HotState, fresh_redis_url: str) -> None:
    await hot.save_pregames({FIRST: 0.61, SECOND: 0.5})
    await hot.save_pregames({FIRST: 0.6123456789})
    assert await hot.pregames([FIRST, SECOND, THIRD]) == {FIRST: 0.6123456789, SECOND: 0.5}
    assert PREGAME_LIFETIME - 5 < await life_of(fresh_redis_url, pregame_key(FIRST)) <= PREGAME_LIFETIME == 172_800


async def test_what_cannot_be_a_chance_is_passed_over(hot: HotState, fresh_redis_url: str) -> None:
    await put_text(fresh_redis_url, pregame_key(FIRST), "nan")
    await put_text(fresh_redis_url, pregame_key(SECOND), "even")
    await put_list(fresh_redis_url, pregame_key(THIRD))
    assert await hot.pregames([FIRST, SECOND, THIRD]) == {}
    await hot.save_pregames({THIRD: 0.25})
    assert await hot.pregames([THIRD]) == {THIRD: 0.25}


async def test_a_dropped_chance_is_gone(hot: HotState) -> None:
    await hot.save_pregames({FIRST: 0.6})
    await hot.drop_pregames([FIRST, SECOND])
    await hot.drop_pregames([])
    await hot.save_pregames({})
    assert await hot.pregames([FIRST]) == {}
    assert await hot.pregames([]) == {}
