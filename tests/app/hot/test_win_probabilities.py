import msgspec
import pytest

from app.domain.games import Game, WinProbability
from app.hot.keys import WIN_PROBABILITY_LIFETIME, win_probability_key
from app.hot.state import HotState
from tests.app.hot.samples import ARSENAL_GAME, CELTICS_GAME, life_of, put_text

LIVE = msgspec.structs.replace(CELTICS_GAME, status="live", home_score=88, away_score=90)
SAID = WinProbability(0.41, 88, 90)


async def told(hot: HotState, game: Game) -> float | None:
    return (await hot.with_win_probabilities({game.id: game}))[game.id].home_win_probability


async def test_a_game_gets_what_its_page_says_of_this_score(hot: HotState, fresh_redis_url: str) -> None:
    await hot.save_win_probability(LIVE.id, SAID)
    assert 0 < await life_of(fresh_redis_url, win_probability_key(LIVE.id)) <= WIN_PROBABILITY_LIFETIME
    games = {LIVE.id: LIVE, ARSENAL_GAME.id: ARSENAL_GAME}
    found = await hot.with_win_probabilities(games)
    assert found == {**games, LIVE.id: msgspec.structs.replace(LIVE, home_win_probability=0.41)}


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"home_score": 90}, None),
        ({"status": "final"}, None),
        ({"home_win_probability": 0.5}, 0.5),  # the scoreboard's own
        ({}, 0.41),
    ],
)
async def test_another_score_a_game_that_is_over_and_one_that_is_told_stay(
    hot: HotState, known: dict[str, object], expected: float | None
) -> None:
    await hot.save_win_probability(LIVE.id, SAID)
    assert await told(hot, msgspec.structs.replace(LIVE, **known)) == expected


async def test_what_cannot_be_read_says_nothing(hot: HotState, fresh_redis_url: str) -> None:
    assert await hot.with_win_probabilities({}) == {}
    await put_text(fresh_redis_url, win_probability_key(LIVE.id), '{"home": "even"}')
    assert await told(hot, LIVE) is None
