"""The one-time link that lets a browser in."""

from routers.access import SESSION_COOKIE
from tests.routers.houses import House


async def test_a_link_opens_the_page_once(house: House) -> None:
    code = await house.hot.offer_code()
    opened = await house.ask.get("/open", params={"code": code})
    assert opened.status_code == 303
    assert opened.headers["location"] == "/"
    cookie = opened.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert code not in cookie
    house.ask.cookies.clear()
    again = await house.ask.get("/open", params={"code": code})
    assert again.status_code == 401
    assert "crosscourt keys link" in again.json()["remedy"]


async def test_the_browser_is_the_admin_from_then_on(house: House) -> None:
    before = (await house.ask.get("/access")).json()
    assert before == {"name": "127.0.0.1", "scopes": ["read"], "has_key": False}
    await house.ask.get("/open", params={"code": await house.hot.offer_code()})
    assert SESSION_COOKIE in house.ask.cookies
    after = (await house.ask.get("/access")).json()
    assert after == {"name": "the page", "scopes": ["admin"], "has_key": True}


async def test_a_page_of_others_cannot_act_with_the_session(house: House) -> None:
    await house.ask.get("/open", params={"code": await house.hot.offer_code()})
    ours = await house.ask.post("/discovery/refresh", headers={"origin": "http://localhost:8000"})
    theirs = await house.ask.post("/discovery/refresh", headers={"origin": "http://evil.example"})
    assert (ours.status_code, theirs.status_code) == (202, 403)
