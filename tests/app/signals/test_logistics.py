"""Learned models are plain numbers: what they say is a chance, follows the score, and speaks before anybody else."""

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.games import Game
from app.domain.leagues import LEAGUES, LeagueCode
from app.domain.models import FEATURES, LearnedModel, Odds, Term
from app.domain.prices import Nanos
from app.domain.signals import Estimate
from app.signals.estimates import Unestimated, estimate
from app.signals.logistics import Logistic, features_of, in_order
from app.signals.models import MODELS, promoted
from tests.app.hot.samples import CELTICS_GAME

NBA, EPL, MLB = LeagueCode("nba"), LeagueCode("epl"), LeagueCode("mlb")
NOW = Nanos(int(CELTICS_GAME.start.timestamp() + 3600) * 1_000_000_000)
LIVE = msgspec.structs.replace(CELTICS_GAME, status="live", period=3, clock="6:00", home_score=70, away_score=66)


def learned(league: LeagueCode = NBA, by_lead: float = 1.0, draw: Odds | None = None) -> LearnedModel:
    """Log-odds: one for each five points of lead by the root of the time left, and the price's own."""
    terms = (Term("lead_by_time", 0.0, 5.0, by_lead), Term("strength_left", 0.0, 1.0, 1.0))
    return LearnedModel(league=league, version=3, home=Odds(0.0, terms), draw=draw)


def said(game: Game, pregame: float | None = 0.6, *models: LearnedModel) -> str | float:
    found = estimate(game, pregame, NOW, promoted(models))
    return found.reason if isinstance(found, Unestimated) else f"{found.source} {found.probability:.4f}"


def test_the_log_odds_are_a_sum_that_anybody_can_reckon_again() -> None:
    left = 0.375  # six minutes of the third quarter, and the fourth
    odds = 4 / math.sqrt(left) / 5 + math.log(0.6 / 0.4) * math.sqrt(left)
    found = estimate(LIVE, 0.6, NOW, promoted([learned()]))
    assert isinstance(found, Estimate)
    assert (found.source, found.score, found.draw) == ("logistic/3", (70, 66, 3, "live"), 0.0)
    assert found.probability == pytest.approx(1 / (1 + math.exp(-odds)))


def test_what_has_beaten_the_market_speaks_before_the_source_and_the_source_before_what_is_built_in() -> None:
    known = msgspec.structs.replace(LIVE, home_win_probability=0.9)
    assert said(known, 0.6, learned()).startswith("logistic/3 ")  # type: ignore[union-attr]
    assert said(known, None, learned()) == "espn 0.9000"  # it knows no strength
    assert said(msgspec.structs.replace(known, clock="?"), 0.6, learned()) == "espn 0.9000"
    assert said(known, 0.6, learned(MLB)) == "espn 0.9000"
    assert said(LIVE, 0.6, learned(MLB)) == said(LIVE, 0.6)
    assert said(LIVE, None, learned()) == "no_strength"
    assert said(msgspec.structs.replace(known, status="final"), 0.6, learned()) == "not_live"


def test_a_model_of_a_league_that_nobody_can_read_is_left_out() -> None:
    assert promoted([learned(LeagueCode("tennis"))]) == {}


def test_a_draw_is_an_outcome_of_its_own_where_the_league_has_one() -> None:
    game = msgspec.structs.replace(LIVE, league=EPL, period=2, clock="67'", home_score=1, away_score=1)
    model = learned(EPL, draw=Odds(1.0, ()))
    found = estimate(game, 0.5, NOW, promoted([model]))
    assert isinstance(found, Estimate)
    assert found.draw == pytest.approx(math.e / (2 + math.e))
    assert found.probability == pytest.approx(1 / (2 + math.e))


@given(
    st.sampled_from(sorted(MODELS)),
    st.floats(0.001, 0.999),
    st.integers(-40, 40),
    st.lists(st.floats(-50, 50), min_size=len(FEATURES), max_size=len(FEATURES)),
)
def test_chances_are_chances_whatever_was_learned(
    league: LeagueCode, pregame: float, lead: int, weights: list[float]
) -> None:
    clock = {"soccer": "30'", "baseball": "Top 3rd, 1 out"}.get(LEAGUES[league].sport, "5:00")
    game = msgspec.structs.replace(LIVE, league=league, period=1, clock=clock)
    features = features_of(MODELS[league], game, lead, pregame)
    assert features is not None
    assert len(in_order(features)) == len(FEATURES)
    odds = Odds(0.5, tuple(Term(name, 0.1, 2.0, weight) for name, weight in zip(FEATURES, weights, strict=True)))
    for draw in (None, odds):
        home, level = LearnedModel(league=league, version=1, home=odds, draw=draw).chances(features)
        assert 0 <= home <= 1
        assert 0 <= level <= 1
        assert home + level <= 1 + 1e-9


@pytest.mark.parametrize(
    ("league", "period", "clock", "left"),
    [
        ("nba", 1, "12:00", 1.0),
        ("nba", 4, "0:00", 0.0),
        ("nba", 5, "2:24", 0.05),  # of an overtime, in the same measure
        ("nhl", 2, "20:00", 2 / 3),
        ("mlb", 1, "Top 1st, 0 outs", 1.0),
        ("mlb", 9, "Mid 9th", 1 / 18),
        ("epl", 1, "0'", 1.0),
        ("epl", 2, "67'", 29 / 99),
        ("nba", 1, "?", None),
    ],
)
def test_every_model_reads_how_much_is_left_by_its_own_clock(
    league: str, period: int, clock: str, left: float | None
) -> None:
    game = msgspec.structs.replace(LIVE, league=LeagueCode(league), period=period, clock=clock)
    found = MODELS[game.league].left(game)
    assert found == (None if left is None else pytest.approx(left))
    assert Logistic(learned(game.league), MODELS[game.league]).left(game) == found
    assert (features_of(MODELS[game.league], game, 1, 0.5) is None) == (left is None)
