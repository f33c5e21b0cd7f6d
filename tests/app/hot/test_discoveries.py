import asyncio
from datetime import timedelta

import msgspec

from app.domain.games import GameId
from app.hot.keys import DISCOVERED_LIFETIME, DISCOVERY_UPDATES, discovered_key, mapping_key
from app.hot.schemas import Update
from app.hot.state import HotState
from tests.app.hot.samples import (
    ARSENAL_GAME,
    CELTICS_GAME,
    KALSHI,
    NOW,
    POLYMARKET,
    PROVISIONAL_GAME,
    life_of,
    link,
    put_list,
    put_text,
)

LINKS = [
    link(KALSHI, "BOS"),
    link(KALSHI, "BOS", outcome="no", polarity="no"),
    link(POLYMARKET, "0xm", liquidity=5),
    link(POLYMARKET, "0xs", "spread", points=-3.5),
]
SECONDS = int(NOW.timestamp())


async def test_a_published_game_has_exactly_the_owners_schema(hot: HotState, fresh_redis_url: str) -> None:
    assert await hot.publish_game(CELTICS_GAME, LINKS, NOW)
    published = await hot.discovered(CELTICS_GAME.id)
    assert published is not None
    assert msgspec.json.decode(published) == {
        "game_id": "401810001",
        "sport": "nba",
        "markets": {"kalshi": {"moneyline": "BOS"}, "polymarket": {"moneyline": "0xm", "spread": "0xs"}},
        "last_updated": SECONDS,
    }
    assert list(await hot.discovered_games()) == [CELTICS_GAME.id]
    assert set(await hot.mapping(CELTICS_GAME.id)) == {str(link.contract_id) for link in LINKS}
    for key in ("discovery:game:401810001", "game:401810001:mapping"):
        assert DISCOVERED_LIFETIME - 5 < await life_of(fresh_redis_url, key) <= 300


async def test_publishing_again_refreshes_and_says_whether_anything_changed(hot: HotState) -> None:
    assert await hot.publish_game(CELTICS_GAME, LINKS, NOW)
    assert not await hot.publish_game(CELTICS_GAME, LINKS, NOW + timedelta(seconds=30))
    found = (await hot.discovered_games())[CELTICS_GAME.id]
    assert found.last_updated == SECONDS + 30
    assert await hot.publish_game(CELTICS_GAME, LINKS[:2], NOW)
    assert set(await hot.mapping(CELTICS_GAME.id)) == {"kalshi:BOS:yes", "kalshi:BOS:no"}
    watched = [msgspec.structs.replace(link, verdict="watch") for link in LINKS[:2]]
    assert await hot.publish_game(CELTICS_GAME, watched, NOW)
    assert await hot.publish_game(CELTICS_GAME, [], NOW)
    assert await hot.mapping(CELTICS_GAME.id) == {}


async def test_a_provisional_game_is_published_and_flagged(hot: HotState) -> None:
    await hot.publish_game(PROVISIONAL_GAME, [], NOW)
    assert await hot.mapping(PROVISIONAL_GAME.id) == {"provisional": b"1"}


async def test_what_nobody_refreshes_expires(hot: HotState, fresh_redis_url: str) -> None:
    await hot.publish_game(CELTICS_GAME, LINKS, NOW, seconds=0.1)
    await asyncio.sleep(0.15)
    assert await hot.discovered(CELTICS_GAME.id) is None
    assert list(await hot.discovered_games()) == []
    assert await hot.mapping(CELTICS_GAME.id) == {}
    assert await hot.publish_game(CELTICS_GAME, LINKS, NOW)  # and it returns, as new


async def test_each_change_is_announced(hot: HotState) -> None:
    async with hot.subscribe_updates() as updates:
        await hot.publish_game(CELTICS_GAME, LINKS, NOW)
        await hot.publish_game(CELTICS_GAME, LINKS, NOW + timedelta(seconds=30))
        await hot.publish_game(CELTICS_GAME, LINKS[:1], NOW + timedelta(seconds=60))
        await hot.publish_game(ARSENAL_GAME, [], NOW)
        assert await hot.withdraw_all_but([ARSENAL_GAME.id], NOW) == [CELTICS_GAME.id]
        heard = [await anext(updates) for _ in range(4)]
    assert heard == [
        Update(CELTICS_GAME.id, "added", SECONDS),
        Update(CELTICS_GAME.id, "changed", SECONDS + 60),
        Update(ARSENAL_GAME.id, "added", SECONDS),
        Update(CELTICS_GAME.id, "removed", SECONDS),
    ]
    assert list(await hot.discovered_games()) == [ARSENAL_GAME.id]
    assert await hot.mapping(CELTICS_GAME.id) == {}


async def test_games_that_expired_unseen_are_announced_as_removed(hot: HotState) -> None:
    await hot.publish_game(CELTICS_GAME, LINKS, NOW, seconds=0.05)
    await asyncio.sleep(0.1)
    assert await hot.withdraw_all_but([], NOW) == [CELTICS_GAME.id]
    assert await hot.withdraw_all_but([], NOW) == []


async def test_strange_messages_on_the_channel_are_passed_over(hot: HotState) -> None:
    async with hot.subscribe_updates() as updates:
        await hot._door.transact(("PUBLISH", DISCOVERY_UPDATES, "hello"))
        await hot.publish_game(CELTICS_GAME, LINKS, NOW)
        assert (await anext(updates)).game_id == CELTICS_GAME.id


async def test_wrong_types_in_a_games_keys_are_overwritten(hot: HotState, fresh_redis_url: str) -> None:
    await hot.publish_game(CELTICS_GAME, LINKS, NOW)
    await hot.publish_game(ARSENAL_GAME, [], NOW)
    await put_list(fresh_redis_url, discovered_key(CELTICS_GAME.id))
    await put_text(fresh_redis_url, mapping_key(CELTICS_GAME.id), "not a hash")
    assert await hot.discovered(CELTICS_GAME.id) is None
    assert await hot.mapping(CELTICS_GAME.id) == {}
    assert list(await hot.discovered_games()) == [ARSENAL_GAME.id]
    assert await hot.publish_game(CELTICS_GAME, LINKS, NOW)
    assert list(await hot.discovered_games()) == [CELTICS_GAME.id, ARSENAL_GAME.id]
    assert len(await hot.mapping(CELTICS_GAME.id)) == len(LINKS)


async def test_ids_with_colons_are_ids_like_any_other(hot: HotState) -> None:
    await hot.publish_game(PROVISIONAL_GAME, [], NOW)
    assert list(await hot.discovered_games()) == [GameId("x:nba:2026-01-10:lal-bos")]
