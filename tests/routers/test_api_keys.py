"""Keys made, replaced and taken back over REST; and that every process hears of it at once."""

import asyncio
from datetime import timedelta

import pytest

from app.clock import wall_clock
from app.hot.sessions import EVERYBODY
from app.keyrings import replace_admin, take_back
from routers import access
from routers.access import SESSION_COOKIE
from tests.routers.houses import House

ASKED = {"name": "my bot", "scopes": ["read", "paper"]}
AT_ONCE = 2.0  # seconds, on a busy machine; far less than a key is remembered for


@pytest.fixture(autouse=True)
def long_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is found out by asking again."""
    monkeypatch.setattr(access, "REMEMBERED_FOR", 3600.0)


async def status(house: House, key: str) -> int:
    return (await house.ask.get("/access", headers={"X-API-Key": key})).status_code


async def is_refused_at_once(house: House, **headers: str) -> bool:
    loop = asyncio.get_running_loop()
    until, found = loop.time() + AT_ONCE, 0
    while found != 401 and loop.time() < until:
        found = (await house.ask.get("/audit", headers=headers)).status_code
        await asyncio.sleep(0.01)  # another process's word is on its way
    return found == 401


async def make(house: House, **more: object) -> dict[str, str]:
    answer = await house.ask.post("/keys", json={**ASKED, **more}, headers=house.as_admin)
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    made: dict[str, str] = answer.json()
    return made


async def test_a_key_is_shown_once_and_listed_for_ever(house: House) -> None:
    ends = (wall_clock() + timedelta(days=30)).isoformat()
    made = await make(house, expires_at=ends)
    assert await status(house, made["key"]) == 200
    listed = (await house.ask.get("/keys", headers=house.as_admin)).text
    assert made["key"].split("_", 2)[2] not in listed
    assert made["id"] in listed
    audit = (await house.ask.get("/audit", headers=house.as_admin)).json()["items"][0]
    assert (audit["who"], audit["what"], audit["detail"]["name"]) == ("key admin", "key.made", "my bot")


@pytest.mark.parametrize(
    "wrong",
    [
        {"scopes": []},
        {"scopes": ["everything"]},
        {"name": " "},
        {"expires_at": "2001-01-01T00:00:00Z"},
        {"expires_at": "2040-01-01T00:00:00"},
        {"secret": "mine"},
    ],
)
async def test_what_is_no_key_is_not_made(house: House, wrong: dict[str, object]) -> None:
    answer = await house.ask.post("/keys", json={**ASKED, **wrong}, headers=house.as_admin)
    assert answer.status_code == 422
    assert answer.json()["remedy"]


async def test_a_key_that_is_taken_back_is_refused_at_once(house: House) -> None:
    made = await make(house)
    assert await status(house, made["key"]) == 200
    assert (await house.ask.delete(f"/keys/{made['id']}", headers=house.as_admin)).status_code == 204
    assert await is_refused_at_once(house, **{"x-api-key": made["key"]})
    assert (await house.ask.delete(f"/keys/{made['id']}", headers=house.as_admin)).status_code == 404


async def test_what_another_process_takes_back_is_refused_here_at_once(house: House) -> None:
    made = await make(house)
    assert await status(house, made["key"]) == 200
    await take_back(house.hot, house.history, made["id"], by="cli")
    assert await is_refused_at_once(house, **{"x-api-key": made["key"]})


async def test_a_replaced_key_is_refused_and_its_heir_welcome(house: House) -> None:
    made = await make(house)
    answer = await house.ask.post(f"/keys/{made['id']}/rotate", headers=house.as_admin)
    assert answer.status_code == 201
    heir = answer.json()
    assert (heir["name"], heir["scopes"]) == ("my bot", ["read", "paper"])
    assert await is_refused_at_once(house, **{"x-api-key": made["key"]})
    assert await status(house, heir["key"]) == 200


async def test_another_admin_key_ends_the_old_one_and_every_session(house: House) -> None:
    old = house.admin_key
    token = await house.hot.redeem_code(await house.hot.offer_code())
    cookie = {"cookie": f"{SESSION_COOKIE}={token}"}
    assert (await house.ask.get("/audit", headers=cookie)).status_code == 200
    assert await status(house, old) == 200
    path = await replace_admin(house.hot, house.history, house.settings.data_dir, by="cli")
    assert path.stat().st_mode & 0o777 == 0o600
    assert await is_refused_at_once(house, **{"x-api-key": old})
    assert await status(house, house.admin_key) == 200
    assert await is_refused_at_once(house, **cookie)


def test_every_session_has_one_name_everywhere() -> None:
    assert access.EVERYBODY == EVERYBODY
