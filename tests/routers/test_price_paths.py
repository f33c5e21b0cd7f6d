"""The path that a game's prices have taken, as a chart asks for it."""

import msgspec

from app.domain.money import price
from app.domain.views import Glance, VenueGlance
from app.hot.glances import Point, glance_shown
from tests.app.hot.samples import ARSENAL_GAME, CELTICS_GAME, KALSHI, NOW
from tests.routers.houses import House

PATH = f"/games/{CELTICS_GAME.id}/prices/history"
BEGAN = 1_768_095_000_000  # milliseconds


def point(number: int, score: tuple[int, int] | None = (0, 0)) -> Point:
    home, away = score or (None, None)
    prices = {KALSHI: (5000 + number, None)}
    return Point(BEGAN + number * 3_000, home, away, 1, "10:00", prices, None, 0.5)


async def keep(house: House, *points: Point) -> None:
    seen = (VenueGlance(KALSHI, price("0.5"), None, "fresh"),)
    for each in points:
        await house.hot.save_glances([glance_shown(Glance(CELTICS_GAME, seen), NOW)], {CELTICS_GAME.id: each})


async def test_points_come_oldest_first_with_every_change_of_the_score(slate: House) -> None:
    await keep(slate, point(0, None), point(1), point(2), point(3, (2, 0)), point(4, (2, 0)))
    answer = (await slate.ask.get(PATH)).json()
    assert (answer["game_id"], answer["total"]) == (CELTICS_GAME.id, 5)
    assert [each["venues"] for each in answer["points"]][:2] == [
        {"kalshi": ["0.5000", None]},
        {"kalshi": ["0.5001", None]},
    ]
    assert answer["points"][0]["at"] == "2026-01-11T01:30:00Z"
    assert [(each["home_score"], each["away_score"], each["at"][14:19]) for each in answer["scores"]] == [
        (0, 0, "30:03"),
        (2, 0, "30:09"),
    ]
    later = (await slate.ask.get(PATH, params={"since": "2026-01-11T01:30:06"})).json()
    assert [each["at"][14:19] for each in later["points"]] == ["30:09", "30:12"]
    assert len(later["scores"]) == 1


async def test_many_points_are_thinned_between_the_first_and_the_last(slate: House) -> None:
    await keep(slate, *(point(number) for number in range(11)))
    answer = (await slate.ask.get(PATH, params={"points": 3})).json()
    assert (answer["total"], [each["at"][14:19] for each in answer["points"]]) == (11, ["30:00", "30:15", "30:30"])
    assert (await slate.ask.get(PATH, params={"points": 1})).status_code == 422
    assert (await slate.ask.get(PATH, params={"points": 2001})).status_code == 422
    assert (await slate.ask.get(PATH, params={"since": "yesterday"})).status_code == 422


async def test_a_game_without_prices_has_none_and_an_unknown_one_says_where_to_look(slate: House) -> None:
    answer = (await slate.ask.get(f"/games/{ARSENAL_GAME.id}/prices/history")).json()
    assert (answer["total"], answer["points"], answer["scores"]) == (0, [], [])
    nobody = await slate.ask.get("/games/none/prices/history")
    assert (nobody.status_code, "GET /games" in nobody.json()["remedy"]) == (404, True)


async def test_the_slate_says_what_each_game_costs(slate: House) -> None:
    live = msgspec.structs.replace(CELTICS_GAME, status="live", home_score=3, away_score=1)
    seen = (VenueGlance(KALSHI, price("0.53"), price("0.55"), "fresh"),)
    await slate.hot.save_glances([glance_shown(Glance(live, seen, 0.54, 0.6, "espn"), NOW)], {})
    rows = {each["id"]: each["glance"] for each in (await slate.ask.get("/games")).json()["items"]}
    assert rows[CELTICS_GAME.id] == {
        "at": "2026-01-11T01:30:00Z",
        "venues": {"kalshi": {"bid": "0.5300", "ask": "0.5500", "state": "fresh"}},
        "no_vig": 0.54,
        "fair": 0.6,
        "fair_source": "espn",
        "edge": None,
    }
    assert rows[ARSENAL_GAME.id] is None
