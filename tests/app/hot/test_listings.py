from app.domain.markets import VenueId
from app.hot.keys import LEFT_OUT_KEPT, LEFT_OUT_LIFETIME, left_out_key, place_name
from app.hot.listings import bounded
from app.hot.state import HotState
from tests.app.hot.samples import EPL, KALSHI, NBA, POLYMARKET, left_out, life_of, put_list


def test_a_rare_reason_is_not_crowded_out_by_thousands_of_props() -> None:
    page = bounded([left_out(number) for number in range(5_000)] + [left_out(9_999, "ambiguous_team")])
    assert len(page.items) == LEFT_OUT_KEPT + 1
    assert page.items[-1].code == "ambiguous_team"
    assert page.counts == {"prop": 5_000, "ambiguous_team": 1}


async def test_left_out_listings_are_chosen_by_venue_and_league(hot: HotState, fresh_redis_url: str) -> None:
    await hot.save_left_out(KALSHI, NBA, [left_out(1), left_out(2)])
    await hot.save_left_out(KALSHI, EPL, [left_out(3, "future")])
    await hot.save_left_out(POLYMARKET, NBA, [left_out(4)])
    assert len(await hot.left_out()) == 4
    assert await hot.left_out(KALSHI, EPL) == [left_out(3, "future")]
    assert await hot.left_out(league=NBA) == [left_out(1), left_out(2), left_out(4)]
    assert await hot.left_out(venue=VenueId("nowhere")) == []
    assert await hot.left_out_counts(KALSHI) == {"prop": 2, "future": 1}
    assert 0 < await life_of(fresh_redis_url, left_out_key(place_name(KALSHI, NBA))) <= LEFT_OUT_LIFETIME


async def test_a_new_search_replaces_what_was_left_out(hot: HotState) -> None:
    await hot.save_left_out(KALSHI, NBA, [left_out(1), left_out(2)])
    await hot.save_left_out(KALSHI, NBA, [])
    assert await hot.left_out() == []


async def test_a_damaged_page_does_not_hide_the_others(hot: HotState, fresh_redis_url: str) -> None:
    await hot.save_left_out(KALSHI, NBA, [left_out(1)])
    await hot.save_left_out(POLYMARKET, NBA, [left_out(2)])
    await put_list(fresh_redis_url, left_out_key(place_name(KALSHI, NBA)))
    assert await hot.left_out() == [left_out(2)]
