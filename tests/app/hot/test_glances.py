import asyncio
from datetime import timedelta

import msgspec

from app.domain.games import GameId
from app.domain.money import money, price
from app.domain.views import Glance, VenueGlance
from app.hot.glances import GlanceShown, Point, glance_shown, read_glances
from app.hot.keys import GLANCES, PATH_KEPT, PATH_LIFETIME, glance_key, path_key
from app.hot.state import HotState
from tests.app.hot.samples import CELTICS_GAME, KALSHI, NOW, life_of, put_list, put_text

ID = CELTICS_GAME.id
LIVE = msgspec.structs.replace(CELTICS_GAME, status="live", period=3, clock="7:42", home_score=78, away_score=75)


def glance(text: str = "0.53") -> GlanceShown:
    seen = (VenueGlance(KALSHI, price(text), None, "fresh"),)
    return glance_shown(Glance(LIVE, seen, 0.54, 0.56, "espn", money("-0.0125")), NOW)


def point(at: int) -> Point:
    return Point(at, 78, 75, 3, "7:42", {KALSHI: (5300, None)}, 0.54, None)


async def test_a_glance_says_in_one_line_how_a_game_stands(hot: HotState) -> None:
    await hot.save_glances([glance()], {})
    told = (await hot.glances([ID, GameId("none")]))[ID]
    assert msgspec.to_builtins(told) | {"at": None} == {
        "game_id": ID,
        "at": None,
        "status": "live",
        "period": 3,
        "clock": "7:42",
        "home_score": 78,
        "away_score": 75,
        "venues": {KALSHI: {"bid": "0.5300", "ask": None, "state": "fresh"}},
        "no_vig": 0.54,
        "fair": 0.56,
        "fair_source": "espn",
        "edge": "-0.0125",
    }
    assert told.at == NOW


async def test_everybody_is_told_at_once(hot: HotState) -> None:
    heard: list[bytes] = []
    async with hot.open_switchboard(lambda message: heard.append(message.body)) as board:
        await board.listen(GLANCES)
        await hot.save_glances([], {ID: point(1)})  # there is nothing to tell
        await hot.save_glances([glance(), glance("0.54")], {})
        async with asyncio.timeout(20):
            while not heard:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    assert [[each.venues[KALSHI].bid for each in read_glances(body)] for body in heard] == [["0.5300", "0.5400"]]


async def test_a_path_keeps_its_newest_points_for_a_day(hot: HotState, fresh_redis_url: str) -> None:
    for at in range(3):
        await hot.save_glances([glance()], {ID: point(at)})
    assert await hot.price_path(ID) == [point(0), point(1), point(2)]
    assert PATH_LIFETIME - 5 < await life_of(fresh_redis_url, path_key(ID)) <= PATH_LIFETIME
    await hot._door.transact(*(("RPUSH", path_key(ID), b"[0]") for _ in range(PATH_KEPT)))
    await hot.save_glances([glance()], {ID: point(9)})
    assert await hot.price_path(ID) == [point(9)]  # others were written by a version that describes them differently


async def test_what_is_not_ours_is_passed_over(hot: HotState, fresh_redis_url: str) -> None:
    await put_text(fresh_redis_url, glance_key(ID), "not ours")
    assert await hot.glances([ID]) == {}
    await put_text(fresh_redis_url, path_key(ID), "not ours")
    assert await hot.price_path(ID) == []
    await put_list(fresh_redis_url, path_key(ID))
    assert await hot.price_path(ID) == []
    assert (await hot.glances([]), glance().at + timedelta(0)) == ({}, NOW)
