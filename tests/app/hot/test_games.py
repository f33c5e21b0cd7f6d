import asyncio
from datetime import timedelta

import msgspec

from app.domain.games import GameId
from app.hot.keys import GAME_LIFETIME, GAMES, game_key
from app.hot.state import HotState
from tests.app.hot.samples import ARSENAL_GAME, CELTICS_GAME, KALSHI, NOW, life_of, link, put_list, put_text


async def test_a_game_comes_back_as_it_was_saved(hot: HotState, fresh_redis_url: str) -> None:
    game = msgspec.structs.replace(
        CELTICS_GAME, status="live", period=3, clock="4:12", home_score=88, away_score=90, home_win_probability=0.41
    )
    await hot.save_games([game])
    assert await hot.game(game.id) == game
    assert GAME_LIFETIME - 5 < await life_of(fresh_redis_url, game_key(game.id)) <= GAME_LIFETIME


async def test_active_games_are_listed_by_start(hot: HotState) -> None:
    later = msgspec.structs.replace(CELTICS_GAME, start=NOW + timedelta(hours=1))
    await hot.save_games([later, ARSENAL_GAME])
    assert await hot.active_games() == [ARSENAL_GAME, later]


async def test_nothing_is_known_of_an_empty_store(hot: HotState) -> None:
    assert await hot.active_games() == []
    assert await hot.game(GameId("none")) is None
    assert await hot.links(GameId("none")) == []
    await hot.save_games([])
    await hot.drop_games([])


async def test_games_expire_when_nobody_refreshes_them(hot: HotState) -> None:
    await hot.save_games([CELTICS_GAME], seconds=0.15)
    await hot.save_games([ARSENAL_GAME], seconds=0.15)
    await asyncio.sleep(0.1)
    await hot.save_games([ARSENAL_GAME], seconds=5)
    await asyncio.sleep(0.1)
    assert await hot.active_games() == [ARSENAL_GAME]


async def test_a_dropped_game_is_gone_at_once(hot: HotState) -> None:
    await hot.save_games([CELTICS_GAME, ARSENAL_GAME])
    await hot.drop_games([CELTICS_GAME.id])
    assert await hot.active_games() == [ARSENAL_GAME]
    assert await hot.game(CELTICS_GAME.id) is None


async def test_a_damaged_key_does_not_hide_the_others(hot: HotState, fresh_redis_url: str) -> None:
    third = msgspec.structs.replace(CELTICS_GAME, id=GameId("3"))
    await hot.save_games([CELTICS_GAME, ARSENAL_GAME, third])
    await put_list(fresh_redis_url, game_key(CELTICS_GAME.id))
    await put_text(fresh_redis_url, game_key(third.id), '{"id": 7}')
    assert await hot.active_games() == [ARSENAL_GAME]
    assert await hot.game(CELTICS_GAME.id) is None
    await hot.save_games([CELTICS_GAME])  # and writing heals it
    assert await hot.game(CELTICS_GAME.id) == CELTICS_GAME


async def test_a_damaged_index_is_made_anew(hot: HotState, fresh_redis_url: str) -> None:
    await put_list(fresh_redis_url, GAMES)
    assert await hot.active_games() == []
    await hot.save_games([CELTICS_GAME])
    assert await hot.active_games() == [CELTICS_GAME]


async def test_links_of_a_game_are_replaced_as_a_whole(hot: HotState) -> None:
    first = [link(KALSHI, "BOS"), link(KALSHI, "LAL", verdict="rejected"), link(KALSHI, None)]
    await hot.save_links(CELTICS_GAME.id, first)
    assert await hot.links(CELTICS_GAME.id) == first
    await hot.save_links(CELTICS_GAME.id, first[:1])
    assert await hot.links(CELTICS_GAME.id) == first[:1]
    await hot.drop_links([CELTICS_GAME.id])
    assert await hot.links(CELTICS_GAME.id) == []
