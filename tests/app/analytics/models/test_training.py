"""What is learned has to beat the market on later games: where it can it does, and where not the card says so."""

import asyncio
import math
import subprocess
import sys

import msgspec
import pytest

from app.analytics.models.cards import FEWEST_GAMES, Card, Comparison
from app.analytics.models.fits import best_penalty, fit, model_of, scales_of, table
from app.analytics.models.learners import TrainingFailed, trained
from app.analytics.models.studies import StudiedGame
from app.analytics.models.trained import Trained
from app.analytics.models.training import train
from app.domain.models import FEATURES
from tests.app.analytics.models.seasons import MOMENTS, season, thin, wise


@pytest.fixture(scope="module")
def better() -> Trained:
    """120 games before a market whose middle is ten cents off now and then."""
    return train(season(120, thin))


def against_market(card: Card) -> Comparison:
    """What decides."""
    return next(each for each in card.comparisons if (each.ours, each.theirs) == ("learned", "market"))


def test_a_better_model_of_enough_games_beats_the_market(better: Trained) -> None:
    card = better.card
    assert card.verdict == "better", card.why
    assert (card.games, card.compared_games, card.learned_from.games, card.tested_on.games) == (120, 120, 72, 48)
    against = against_market(card)
    assert against.difference.is_below_zero
    assert against.brier < against.their_brier
    assert (against.n, against.games) == (48 * MOMENTS, 48)
    assert {each.forecaster for each in card.records} == {"market", "espn", "built_in", "learned"}
    assert all(each.n == 48 * MOMENTS for each in card.records)


def test_what_was_learned_from_begins_before_everything_that_it_was_tested_on(better: Trained) -> None:
    learned, tested = better.card.learned_from, better.card.tested_on
    assert learned.last is not None
    assert tested.first is not None
    assert learned.last < tested.first


def test_no_model_beats_a_market_that_sees_the_truth() -> None:
    found = train(season(120, wise))
    assert found.card.verdict == "not_better", found.card.why
    assert found.learned is not None
    against = against_market(found.card)
    assert against.difference.mean > -0.002
    assert against.brier < against.their_brier + 0.01  # and is no bad one


@pytest.mark.parametrize("games", [0, 1, 5, 30, FEWEST_GAMES - 1])
def test_of_too_few_games_nothing_is_good_enough(games: int) -> None:
    card = train(season(games, thin)).card
    assert card.verdict == "insufficient_data"
    assert card.why == f"insufficient data: {games} game{'' if games == 1 else 's'}, {FEWEST_GAMES} are asked for"


def test_of_one_game_everybody_else_is_compared_all_the_same() -> None:
    found = train(season(1, thin))
    assert found.learned is None
    pairs = {(each.ours, each.theirs): each for each in found.card.comparisons}
    assert set(pairs) == {("espn", "market"), ("built_in", "market"), ("built_in", "espn")}
    assert (pairs["espn", "market"].n, pairs["espn", "market"].games) == (MOMENTS, 1)


def test_games_that_begin_together_are_no_test() -> None:
    study = season(60, thin)
    together = msgspec.structs.replace(
        study, games=tuple(msgspec.structs.replace(game, start=5) for game in study.games)
    )
    card = train(together).card
    assert (card.verdict, card.why) == ("insufficient_data", "insufficient data: 0 games to test on, 20 are asked for")


def test_games_without_a_price_before_them_are_of_no_use() -> None:
    study = season(60, thin)
    blind = [_without_features(game) for game in study.games[:20]]
    card = train(msgspec.structs.replace(study, games=(*blind, *study.games[20:]))).card
    assert (card.games, card.compared_games, card.verdict) == (60, 40, "insufficient_data")


def _without_features(game: StudiedGame) -> StudiedGame:
    moments = tuple(msgspec.structs.replace(moment, features=()) for moment in game.moments)
    return msgspec.structs.replace(game, moments=moments)


def test_plain_numbers_say_what_the_library_says() -> None:
    games = season(40, thin).games
    fitted = fit(games, has_draw=False)
    assert fitted is not None
    rows, came, weights, of_games = table(games)
    scaled = rows / scales_of(rows)
    library = model_of(best_penalty(scaled, came, weights, of_games, has_draw=False), has_draw=False)
    library.fit(scaled, came, sample_weight=weights)
    for row, (_, home) in zip(rows, library.predict_proba(scaled), strict=True):
        odds = fitted.home.of(dict(zip(FEATURES, map(float, row), strict=True)))
        assert odds / (1 + odds) == pytest.approx(home, abs=1e-9)


def test_draws_are_learned_where_they_are_an_outcome_of_their_own() -> None:
    study = season(90, thin)
    games = [_drawn(game) if at % 4 == 0 else game for at, game in enumerate(study.games)]
    found = train(msgspec.structs.replace(study, has_draw=True, games=tuple(games)))
    assert found.learned is not None
    level = found.learned.chances(dict.fromkeys(FEATURES, 0.0))
    assert 0.1 < level[1] < 0.5
    assert math.isclose(sum(level), 1 - (1 - sum(level)))
    assert fit([_drawn(game) for game in study.games], has_draw=True) is None  # nobody ever won


def _drawn(game: StudiedGame) -> StudiedGame:
    return msgspec.structs.replace(game, came=0.0, is_draw=True)


async def test_a_process_of_its_own_learns_the_same() -> None:
    study = season(20, thin)
    there, here = await trained(study), train(study)
    assert there == here


async def test_a_process_that_fails_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.analytics.models.learners.MODULE", "app.nothing_of_that_name")
    with pytest.raises(TrainingFailed, match=r"nba was not learned: .*nothing_of_that_name"):
        await asyncio.wait_for(trained(season(1, wise)), 30)


def test_nobody_who_only_asks_for_it_imports_what_learns() -> None:
    asked = "import sys, app.analytics.models.learners; print({'sklearn', 'numpy'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout == "set()\n"
