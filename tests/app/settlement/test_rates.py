import pytest

from app.domain.leagues import LEAGUES, LeagueCode
from app.domain.settlements import FOREVER
from app.settlement.rates import rates_of


@pytest.mark.parametrize("league", LEAGUES)
def test_what_is_rarer_is_not_more_frequent(league: LeagueCode) -> None:
    rates = rates_of(league)
    assert 1 > rates.moved >= rates.moved_48h >= rates.moved_2w > 0
    assert 0 < rates.cancelled < 0.05
    assert 0 < rates.abandoned < 0.05
    assert LEAGUES[league].ties or rates.tie == 0 or not LEAGUES[league].has_teams
    assert (rates.source != "", len(rates.dated)) == (True, 7)


def test_figures_that_people_know() -> None:
    nfl, mlb = rates_of(LeagueCode("nfl")), rates_of(LeagueCode("mlb"))
    assert nfl.tie == 0.003
    assert 0.02 <= mlb.moved <= 0.03
    tail = mlb.moved_48h * 0.5  # of a dollar: half of what is paid is lost when a fair price was wrong
    assert 0.0026 <= tail <= 0.01  # not less than the public study


@pytest.mark.parametrize(
    ("window", "following", "chance"),
    [
        (48, FOREVER, "moved_48h"),
        (336, FOREVER, "moved_2w"),
        (0, FOREVER, "moved"),
        (24, 47, "moved"),  # nothing is known of what lies between: as often as both together
        (1000, FOREVER, "moved_2w"),
    ],
)
def test_late_by_so_much_is_at_most_so_frequent(window: int, following: int, chance: str) -> None:
    rates = rates_of(LeagueCode("mlb"))
    assert rates.moved_between(window, following) == getattr(rates, chance)


def test_between_two_windows_it_is_the_difference() -> None:
    rates = rates_of(LeagueCode("nba"))
    assert rates.moved_between(48, 336) == rates.moved_48h - rates.moved_2w
