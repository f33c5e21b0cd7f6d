import asyncio

import pytest

from app.errors import HotStoreUnavailable, SettingsRefused
from app.hot.connections import name_of, open_redis
from app.hot.state import open_hot_state
from tests.app.hot.samples import CELTICS_GAME, NOW
from tests.servers import Server


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("redis://localhost:6380/2", "localhost:6380"),
        ("redis://user:secret@10.0.0.1", "10.0.0.1:6379"),
        ("rediss://:secret@cache.example:6379/0", "cache.example:6379"),
        ("unix:///run/valkey.sock?password=secret", "socket /run/valkey.sock"),
    ],
)
def test_a_server_is_named_without_its_password(url: str, name: str) -> None:
    assert name_of(open_redis(url)) == name


@pytest.mark.parametrize("url", ["localhost:6379", "http://localhost", "", "redis://host:secret", "redis://h/?db=x"])
def test_a_wrong_address_says_what_to_do_and_keeps_its_secret(url: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        open_redis(url)
    assert "secret" not in str(refused.value)
    assert "redis://host:6379/0" in refused.value.remedy


async def test_redis_that_is_not_there_is_named(tmp_path: object) -> None:
    async with open_hot_state(f"unix://{tmp_path}/none.sock?password=secret") as hot:
        with pytest.raises(HotStoreUnavailable, match=r"none\.sock cannot be used") as raised:
            await hot.ping()
        with pytest.raises(HotStoreUnavailable):
            await hot.save_games([CELTICS_GAME])
    assert "secret" not in str(raised.value)
    assert "REDIS__URL" in raised.value.remedy


async def test_a_wrong_password_is_refused_by_name(server: Server) -> None:
    server.stop()
    server.start("--requirepass", "another")
    async with open_hot_state(f"{server.url}?password=secret") as hot:
        with pytest.raises(HotStoreUnavailable, match="invalid username-password") as raised:
            await hot.ping()
    assert "secret" not in str(raised.value)


async def test_a_restarted_redis_is_used_again_with_what_it_kept(server: Server) -> None:
    async with open_hot_state(server.url) as hot:
        await hot.save_games([CELTICS_GAME])
        server.stop()
        saving = asyncio.create_task(hot.save_links(CELTICS_GAME.id, []))
        await asyncio.sleep(0.2)
        server.start()
        await saving  # one call waits over the restart
        assert await hot.active_games() == [CELTICS_GAME]


async def test_after_a_long_absence_the_next_call_succeeds(server: Server) -> None:
    async with open_hot_state(server.url) as hot:
        await hot.ping()
        server.stop()
        with pytest.raises(HotStoreUnavailable):
            await hot.active_games()
        server.start()
        await hot.save_games([CELTICS_GAME])
        assert await hot.hold("discovery", "me", 5)


async def test_a_subscription_goes_on_after_a_restart(server: Server) -> None:
    async with open_hot_state(server.url) as hot, hot.subscribe_updates() as updates:
        await hot.publish_game(CELTICS_GAME, [], NOW)
        assert (await anext(updates)).change == "added"
        hearing = asyncio.ensure_future(anext(updates))
        server.stop()
        server.start()
        while not hearing.done():  # what is said before it listens again is lost, as with any pub/sub
            await hot.withdraw_all_but([], NOW)
            await hot.publish_game(CELTICS_GAME, [], NOW)
            await asyncio.sleep(0.05)
        assert hearing.result().game_id == CELTICS_GAME.id


async def test_a_refused_write_is_told_with_its_reason(server: Server) -> None:
    server.stop()
    server.start("--maxmemory", "1mb", "--maxmemory-policy", "noeviction")
    async with open_hot_state(server.url) as hot:
        with pytest.raises(HotStoreUnavailable, match="maxmemory"):
            await hot.save_games([CELTICS_GAME])
        assert await hot.active_games() == []
