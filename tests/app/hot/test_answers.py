"""Who has answered lately."""

from app.hot.keys import LINKS_LIFETIME, answer_key
from app.hot.state import HotState
from tests.app.hot.samples import EPL, KALSHI, NBA, POLYMARKET, life_of


async def test_an_answer_is_remembered_per_venue_and_league(hot: HotState, fresh_redis_url: str) -> None:
    await hot.note_answer(KALSHI, NBA)
    await hot.note_answer(POLYMARKET, EPL)
    assert await hot.answering() == {(KALSHI, NBA), (POLYMARKET, EPL)}
    assert 0 < await life_of(fresh_redis_url, answer_key("kalshi:nba")) <= LINKS_LIFETIME


async def test_one_that_is_silent_for_too_long_is_forgotten(hot: HotState) -> None:
    await hot.note_answer(KALSHI, NBA, seconds=0.001)
    await hot.note_answer(KALSHI, EPL)
    while (KALSHI, NBA) in await hot.answering():
        pass
    assert await hot.answering() == {(KALSHI, EPL)}
