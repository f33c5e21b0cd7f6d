"""What discovery published, and the request for another round."""

from tests.app.hot.samples import CELTICS_GAME, NOW
from tests.routers.houses import House


async def test_discovery_lists_the_published_markets_with_their_game(slate: House) -> None:
    page = (await slate.ask.get("/discovery/games?sport=nba")).json()
    (found,) = page["items"]
    assert found["markets"]["kalshi"]["moneyline"] == "KX-BOS"
    assert found["markets"]["polymarket"]["moneyline"] == "0xml"
    assert found["last_updated"] == int(NOW.timestamp())
    assert found["is_provisional"] is False
    assert found["game"]["home"]["name"] == "Boston Celtics"


async def test_a_discovered_game_is_answered_byte_for_byte(slate: House) -> None:
    answer = await slate.ask.get(f"/discovery/games/{CELTICS_GAME.id}")
    assert answer.content == await slate.hot.discovered(CELTICS_GAME.id)
    assert answer.headers["content-type"] == "application/json"


async def test_a_refresh_is_left_for_the_workers(slate: House) -> None:
    assert await slate.hot.refresh_requested() == 0
    answer = await slate.ask.post("/discovery/refresh", headers=slate.as_admin)
    assert answer.status_code == 202
    assert await slate.hot.refresh_requested() > 0


async def test_a_game_that_is_not_published_is_answered_with_where_to_look(slate: House) -> None:
    answer = await slate.ask.get("/discovery/games/none")
    assert answer.status_code == 404
    assert "GET /discovery/games" in answer.json()["remedy"]
