from hypothesis import given
from hypothesis import strategies as st

from app.analytics.models.splits import split_by_time
from app.analytics.models.studies import StudiedGame


def games(starts: list[int]) -> list[StudiedGame]:
    return [StudiedGame(f"g{at}", "", start, 1.0, False, "archive", ()) for at, start in enumerate(starts)]


@given(st.lists(st.integers(0, 30), max_size=60))
def test_each_game_is_on_one_side_and_the_tested_ones_begin_later(starts: list[int]) -> None:
    learned, tested = split_by_time(games(starts))
    assert sorted(game.id for game in (*learned, *tested)) == sorted(game.id for game in games(starts))
    if learned and tested:
        assert max(game.start for game in learned) < min(game.start for game in tested)
    if len(set(starts)) > 1:
        assert learned
        assert tested


def test_it_is_as_near_to_the_share_as_games_that_begin_together_allow() -> None:
    learned, tested = split_by_time(games([1, 1, 1, 1, 1, 1, 1, 1, 2, 3]))
    assert (len(learned), len(tested)) == (8, 2)
    learned, tested = split_by_time(games(list(range(100))))
    assert (len(learned), len(tested)) == (60, 40)
