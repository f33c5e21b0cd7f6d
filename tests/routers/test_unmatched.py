"""The radar: what is tied to nothing, and which fact is missing."""

import pytest

from tests.app.hot.samples import EPL, KALSHI, NBA, POLYMARKET, left_out
from tests.routers.houses import House


@pytest.fixture
async def radar(house: House) -> House:
    await house.hot.save_left_out(
        KALSHI, NBA, [*(left_out(number) for number in range(5)), left_out(9, "unknown_team")]
    )
    await house.hot.save_left_out(KALSHI, EPL, [left_out(20, "future")])
    await house.hot.save_left_out(POLYMARKET, NBA, [left_out(30, "future")])
    return house


async def test_reasons_stand_together_and_are_counted(radar: House) -> None:
    page = (await radar.ask.get("/match/unmatched")).json()
    assert page["counts"] == {"prop": 5, "future": 2, "unknown_team": 1}
    assert [item["code"] for item in page["items"]] == ["future", "future", *["prop"] * 5, "unknown_team"]
    assert page["items"][2]["detail"] == "a player's points"


async def test_counts_that_change_between_two_pages_move_nothing(radar: House) -> None:
    first = (await radar.ask.get("/match/unmatched?limit=3")).json()
    await radar.hot.save_left_out(
        POLYMARKET, NBA, [left_out(30, "future"), *(left_out(n, "prop") for n in range(40, 44))]
    )
    rest = (await radar.ask.get(f"/match/unmatched?cursor={first['next_cursor']}")).json()
    seen = [item["market_id"] for item in first["items"] + rest["items"]]
    assert len(seen) == len(set(seen)) == 12


@pytest.mark.parametrize(
    ("query", "total"),
    [("?sport=nba", 7), ("?sport=epl", 1), ("?venue=kalshi", 7), ("?code=future", 2), ("?code=future&sport=nba", 1)],
)
async def test_the_radar_is_filtered(radar: House, query: str, total: int) -> None:
    assert (await radar.ask.get(f"/match/unmatched{query}")).json()["total"] == total


async def test_pages_together_are_the_radar(radar: House) -> None:
    first = (await radar.ask.get("/match/unmatched?limit=5")).json()
    second = (await radar.ask.get(f"/match/unmatched?limit=5&cursor={first['next_cursor']}")).json()
    seen = [item["market_id"] for item in first["items"] + second["items"]]
    assert len(seen) == len(set(seen)) == 8
    assert second["next_cursor"] is None
