"""Goals and runs that are counted: what they say at the limits, and against each other."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.leagues import LeagueCode
from app.signals.clocks import InningsLeft, TimeLeft
from app.signals.models import MODELS
from app.signals.skellams import (
    Baseball,
    Hockey,
    Soccer,
    ahead,
    baseball_chances,
    baseball_tilt,
    counts,
    hockey_chances,
    hockey_tilt,
    soccer_chances,
    soccer_tilt,
)

EPL, NHL, MLB = (MODELS[LeagueCode(league)] for league in ("epl", "nhl", "mlb"))
assert isinstance(EPL, Soccer)
assert isinstance(NHL, Hockey)
assert isinstance(MLB, Baseball)
NINE = InningsLeft(9, 9, False)

prices = st.floats(0.03, 0.97)
tilts = st.floats(-1, 1)
leads = st.integers(-8, 8)
shares = st.floats(0, 1)
hockey_times = st.one_of(st.builds(TimeLeft, shares, st.none()), st.builds(TimeLeft, st.just(0.0), st.floats(0, 1200)))
thirds = st.integers(0, 27).map(lambda outs: outs / 3)
innings = st.one_of(
    st.builds(InningsLeft, thirds, thirds, st.just(False)),
    st.builds(InningsLeft, st.sampled_from([0, 1 / 3, 2 / 3, 1]), st.sampled_from([1 / 3, 2 / 3, 1]), st.just(True)),
)


@given(prices)
@settings(max_examples=30)
def test_at_the_start_they_say_what_the_market_said(price: float) -> None:
    assert soccer_chances(EPL, soccer_tilt(EPL, price), 0, 1.0).home == pytest.approx(price, abs=1e-4)
    assert hockey_chances(NHL, hockey_tilt(NHL, price), 0, TimeLeft(1.0)).home == pytest.approx(price, abs=1e-4)
    assert baseball_chances(MLB, baseball_tilt(MLB, price), 0, NINE).home == pytest.approx(price, abs=1e-4)


@given(tilts, leads, shares, hockey_times, innings)
def test_both_sides_are_treated_alike(
    tilt: float, lead: int, share: float, left: TimeLeft, batting: InningsLeft
) -> None:
    mirrored = InningsLeft(batting.home, batting.away, batting.is_extra)
    for home, away in (
        (soccer_chances(EPL, tilt, lead, share), soccer_chances(EPL, -tilt, -lead, share)),
        (hockey_chances(NHL, tilt, lead, left), hockey_chances(NHL, -tilt, -lead, left)),
        (baseball_chances(MLB, tilt, lead, batting), baseball_chances(MLB, -tilt, -lead, mirrored)),
    ):
        assert home.home + away.home + home.draw == pytest.approx(1, abs=1e-6)
        assert home.draw == pytest.approx(away.draw, abs=1e-6)
        assert 0 <= home.home <= 1


@given(tilts, leads, shares, hockey_times, innings, st.integers(1, 3), st.floats(0, 0.5))
def test_more_goals_and_more_strength_never_hurt(
    tilt: float, lead: int, share: float, left: TimeLeft, batting: InningsLeft, goals: int, strength: float
) -> None:
    for told in (
        lambda tilt, lead: soccer_chances(EPL, tilt, lead, share).home,
        lambda tilt, lead: hockey_chances(NHL, tilt, lead, left).home,
        lambda tilt, lead: baseball_chances(MLB, tilt, lead, batting).home,
    ):
        assert told(tilt, lead + goals) >= told(tilt, lead) - 1e-6
        assert told(tilt + strength, lead) >= told(tilt, lead) - 1e-6


@pytest.mark.parametrize(("lead", "chances"), [(1, (1.0, 0.0)), (0, (0.0, 1.0)), (-2, (0.0, 0.0))])
def test_soccer_ends_with_a_win_a_draw_or_a_defeat(lead: int, chances: tuple[float, float]) -> None:
    assert soccer_chances(EPL, 0.4, lead, 0.0) == chances


def test_a_level_hockey_game_goes_on() -> None:
    first_goal = 1 / (1 + math.exp(-0.4))
    shootout, overtime, play_off = (hockey_chances(NHL, 0.2, 0, TimeLeft(0.0, s)).home for s in (0, 300, 1200))
    assert (shootout, play_off) == (0.5, pytest.approx(first_goal))
    assert overtime == pytest.approx(0.65 * first_goal + 0.35 / 2)
    assert hockey_chances(NHL, 0.2, 0, TimeLeft(0.0)).home == overtime
    assert hockey_chances(NHL, -1.0, 1, TimeLeft(0.0, 200)).home == 1.0  # scored, and not told to be over yet
    assert hockey_chances(NHL, 1.0, -1, TimeLeft(0.0, 200)).home == 0.0


def test_a_level_baseball_game_goes_on_until_somebody_leads_after_a_whole_inning() -> None:
    assert baseball_chances(MLB, 0.0, 0, InningsLeft(0, 0, False)).home == pytest.approx(0.5)
    assert baseball_chances(MLB, 0.0, 0, InningsLeft(0, 0, True)).home == pytest.approx(0.5)
    assert baseball_chances(MLB, 0.3, 1, InningsLeft(0, 1, False)).home == pytest.approx(1.0)
    assert baseball_chances(MLB, 0.3, -1, InningsLeft(0, 0, True)) == (0.0, 0.0)
    to_bat = [baseball_chances(MLB, 0.0, 0, InningsLeft(0, share, True)).home for share in (1, 2 / 3, 1 / 3, 0)]
    assert to_bat == sorted(to_bat, reverse=True)  # each out brings the next inning nearer
    assert 0.75 < to_bat[0] < 0.82


KNOWN = [  # general knowledge of each sport, loosely
    (soccer_chances(EPL, soccer_tilt(EPL, 0.45), 0, 1.0).draw, 0.22, 0.28),
    (soccer_chances(EPL, soccer_tilt(EPL, 0.45), 1, 0.5).home, 0.70, 0.80),  # leads by a goal at half-time
    (hockey_chances(NHL, 0.0, 1, TimeLeft(1 / 3)).home, 0.75, 0.85),  # leads by a goal after two periods
    (hockey_chances(NHL, 0.0, 2, TimeLeft(1 / 3)).home, 0.90, 0.97),
    (baseball_chances(MLB, 0.0, 1, InningsLeft(1, 0, False)).home, 0.80, 0.90),  # the closer comes in
    (baseball_chances(MLB, 0.0, 3, InningsLeft(1, 0, False)).home, 0.95, 0.99),
    (baseball_chances(MLB, 0.0, 1, InningsLeft(4, 4, False)).home, 0.62, 0.72),  # a run ahead after five
]


@pytest.mark.parametrize(("chance", "least", "most"), KNOWN)
def test_leads_are_worth_what_they_are_known_to_be(chance: float, least: float, most: float) -> None:
    assert least < chance < most


def test_runs_come_in_bunches_as_they_do() -> None:
    inning = counts(MLB.batting.runs, MLB.batting.bunching)
    mean = sum(n * chance for n, chance in enumerate(inning))
    variance = sum(n * n * chance for n, chance in enumerate(inning)) - mean**2
    assert (mean, variance) == (pytest.approx(0.49, abs=0.01), pytest.approx(1.05, abs=0.03))
    assert inning[0] == pytest.approx(0.72, abs=0.015)
    assert counts(MLB.extra.runs, MLB.extra.bunching)[0] == pytest.approx(0.43, abs=0.01)


@given(st.floats(0, 40), st.one_of(st.none(), st.floats(0.05, 20)))
def test_counts_are_a_distribution_with_its_mean(mean: float, shape: float | None) -> None:
    found = counts(mean, shape)
    assert sum(found) == pytest.approx(1, abs=1e-6)
    assert sum(n * chance for n, chance in enumerate(found)) == pytest.approx(mean, abs=1e-4, rel=1e-4)


def test_the_difference_is_skellam_s() -> None:
    """Home 1.5, away 1.1, level: P(home ahead) and P(level), summed by hand from Skellam's own distribution."""
    home, level = ahead(0, counts(1.5), counts(1.1))
    bessel = sum((1.5 * 1.1) ** k / math.factorial(k) ** 2 for k in range(40))
    assert level == pytest.approx(math.exp(-2.6) * bessel)
    assert home == pytest.approx(1 - level - ahead(0, counts(1.1), counts(1.5))[0])
