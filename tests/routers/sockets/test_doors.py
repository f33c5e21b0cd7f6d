"""Who may come in, and what is said to who asks for something that cannot be."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from app.history.keys import create_key, revoke_key
from app.hot.quotes import PricesMirror
from app.settings import Settings
from routers.sockets import doors, hubs, places, visits
from tests.app.hot.samples import CELTICS_GAME
from tests.routers.houses import settings_for
from tests.routers.sockets.replicas import WITHIN, Follower, Json, Replica, follower, replica


@pytest.fixture
async def guarded(fresh_database_url: str, fresh_redis_url: str, tmp_path: Path) -> AsyncIterator[Replica]:
    """Bound to an address that others reach, so that everybody needs a key."""
    loopback = settings_for(fresh_database_url, fresh_redis_url, tmp_path)
    async with replica(loopback):
        pass  # which makes the first key
    async with replica(settings_for(fresh_database_url, fresh_redis_url, tmp_path, host="0.0.0.0")) as guarded:
        yield guarded


async def new_key(of: Replica, *scopes: str) -> str:
    return await create_key(of.resources.history, "bot", scopes)


async def refusal(of: Replica, **given: object) -> tuple[int, Json]:
    with pytest.raises(InvalidStatus) as refused:
        await of.connect(**given)
    return refused.value.response.status_code, json.loads(refused.value.response.body)


async def closing(bot: Follower) -> tuple[int, str]:
    """How it is closed by the server."""
    async with asyncio.timeout(WITHIN):
        with suppress(ConnectionClosed):
            while True:
                await bot.connection.recv()
    return bot.connection.close_code or 0, bot.connection.close_reason or ""


async def test_anybody_on_this_machine_is_welcome_to_listen(api: Replica) -> None:
    async with api.connect() as connection:
        welcome = json.loads(await connection.recv())
    assert (welcome["type"], welcome["version"], welcome["scopes"]) == ("welcome", 1, ["read"])
    assert welcome["limits"]["most_channels"] == visits.MOST_CHANNELS


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"origin": "https://elsewhere.example"}, 403),
        ({"additional_headers": {"X-API-Key": "nobody's"}}, 401),
    ],
)
async def test_a_foreign_page_and_an_unknown_key_are_refused_with_a_remedy(
    api: Replica, given: Mapping[str, object], status: int
) -> None:
    found, problem = await refusal(api, **given)
    assert (found, problem["status"]) == (status, status)
    assert problem["remedy"]


async def test_a_foreign_host_is_refused(api: Replica) -> None:
    api.url = f"ws://elsewhere.example:{api.port}/ws"
    assert (await refusal(api, host="127.0.0.1", port=api.port))[0] == 421


async def test_who_comes_to_a_wrong_path_or_without_a_socket_is_told_how_to_come(api: Replica) -> None:
    async with httpx.AsyncClient() as client:
        plain = await client.get(f"http://127.0.0.1:{api.port}/ws")
    assert (plain.status_code, plain.headers["upgrade"]) == (426, "websocket")
    assert "WebSocket client" in plain.json()["remedy"]
    api.url += "/prices"
    status, problem = await refusal(api)
    assert (status, problem["remedy"]) == (404, "Connect to /ws.")


async def test_neither_addresses_nor_refusals_fill_the_log(api: Replica, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await refusal(api, origin="https://elsewhere.example")
    api.url += "?key=cc_secret"
    async with api.connect() as connection:
        await connection.recv()
    assert not [record.getMessage() for record in caplog.records if record.name.startswith("uvicorn")]


async def test_our_own_page_is_let_in(api: Replica) -> None:
    async with follower(api, origin=f"http://localhost:{api.port}") as page:
        await page.subscribe("fills")


async def test_a_key_comes_in_the_header(guarded: Replica) -> None:
    async with follower(guarded, additional_headers={"X-API-Key": await new_key(guarded, "read")}) as bot:
        assert bot.heard[0]["caller"] == "key bot"
        await bot.subscribe("fills")


async def test_a_key_comes_as_the_first_message_and_never_in_the_address(guarded: Replica) -> None:
    key = await new_key(guarded, "read")
    guarded.url += f"?key={key}"
    async with follower(guarded) as bot:
        assert bot.heard[0]["scopes"] == []
        await bot.send(op="subscribe", channels=["fills"], id=1)
        refused = await bot.next("error")
        assert (refused["code"], refused["id"]) == ("key_required", 1)
        assert "crosscourt keys" in refused["remedy"]
        await bot.send(op="auth", key="nobody's")
        assert (await bot.next("error"))["code"] == "key_required"
        await bot.send(op="auth", key=key)
        assert (await bot.next("welcome"))["scopes"] == ["read"]
        await bot.subscribe("fills")


async def test_a_key_without_the_scope_may_not_listen(guarded: Replica) -> None:
    async with follower(guarded, additional_headers={"X-API-Key": await new_key(guarded, "match")}) as bot:
        await bot.send(op="subscribe", channels=["fills"])
        assert (await bot.next("error"))["code"] == "not_allowed"


async def test_who_sends_no_key_in_time_is_let_go(guarded: Replica, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "KEY_WITHIN", 0.2)
    async with follower(guarded) as bot:
        assert (await closing(bot))[0] == 4401


async def test_who_follows_nothing_is_let_go(api: Replica, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "IDLE_FOR", 0.5)
    async with follower(api) as idle, follower(api) as busy:
        await busy.subscribe("fills")
        assert (await closing(idle))[0] == 4009
        await busy.pong()


@pytest.mark.parametrize("place", ["header", "message"])
async def test_a_revoked_key_stops_listening(settings: Settings, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    monkeypatch.setattr(hubs, "KEYS_EVERY", 0.1)
    monkeypatch.setattr("routers.access.REMEMBERED_FOR", 0.1)
    async with replica(settings) as api:
        key = await new_key(api, "read")
        async with follower(api, **({"additional_headers": {"X-API-Key": key}} if place == "header" else {})) as bot:
            if place == "message":
                await bot.send(op="auth", key=key)
            await bot.subscribe("fills")
            await revoke_key(api.resources.history, key.split("_")[1])
            assert (await closing(bot))[0] == 4401


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"\x00\x01", "binary"),
        ("{", "not_json"),
        ("x" * 20_000, "too_large"),
        ('{"op":"shout"}', "unknown_op"),
        ('{"op":"subscribe"}', "bad_field"),
        ('{"op":"subscribe","channels":["trades"]}', "unknown_channel"),
        ('{"op":"subscribe","channels":["prices:none"]}', "unknown_game"),
        ('{"op":"subscribe","channels":["fills"],"since":99}', "bad_since"),
        ('{"op":"subscribe","channels":["fills"],"since":-1}', "bad_since"),
        (json.dumps({"op": "subscribe", "channels": [f"prices:{n}" for n in range(501)]}), "too_many_channels"),
        ('{"op":"unsubscribe","channels":["fills"]}', "unknown_channel"),
        ('{"op":"snapshot","channels":["games"]}', "unknown_channel"),
    ],
)
async def test_what_cannot_be_done_is_said_with_a_remedy_and_the_connection_stays(
    bot: Follower, sent: str | bytes, code: str
) -> None:
    await bot.connection.send(sent)
    refused = await bot.next("error")
    assert (refused["code"], bool(refused["message"]), bool(refused["remedy"])) == (code, True, True)
    await bot.pong()


async def test_a_subscription_that_is_refused_changes_nothing(bot: Follower, mirror: PricesMirror) -> None:
    await bot.send(op="subscribe", channels=[f"prices:{CELTICS_GAME.id}", "games", "prices:none"])
    await bot.next("error")
    assert (await bot.subscribe("fills"))["channels"] == ["fills"]


async def test_a_message_that_is_far_too_large_ends_the_connection(settings: Settings) -> None:
    async with replica(settings) as api, follower(api) as bot:
        await bot.connection.send("x" * 100_000)
        assert (await closing(bot))[0] == 1009


async def test_too_many_messages_are_refused(bot: Follower) -> None:
    for _ in range(2 * visits.MESSAGES_A_MINUTE):  # ten more are allowed with each second that this takes
        await bot.send(op="ping")
    refused = await bot.next("error")
    assert refused["code"] == "too_many_messages"


async def test_more_than_there_are_places_for_are_refused(api: Replica, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "MOST", 2)
    async with follower(api), follower(api):
        status, problem = await refusal(api)
        assert (status, "2 are connected" in problem["detail"]) == (503, True)
    async with follower(api):
        pass  # there is room again


def test_one_address_may_not_take_every_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "MOST_OF_ONE_ADDRESS", 1)
    taken = places.Places()
    taken.take("192.0.2.1")
    taken.take("127.0.0.1")
    assert "192.0.2.1" in taken.refusal("192.0.2.1")
    assert taken.refusal("127.0.0.1") == taken.refusal("192.0.2.2") == ""
    taken.leave("192.0.2.1")
    assert taken.refusal("192.0.2.1") == ""


def test_one_key_takes_not_the_room_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "MOST_OF_ONE_KEY", 1)
    taken = places.Places()
    taken.take("127.0.0.1", "0f3a")
    assert "with this key" in taken.refusal("127.0.0.1", "0f3a")
    assert not taken.refusal("127.0.0.1", "another")
    assert not taken.refusal("127.0.0.1")
    taken.leave("127.0.0.1", "0f3a")
    assert not taken.refusal("127.0.0.1", "0f3a")
