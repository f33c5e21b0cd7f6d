"""From the tape to the core: games that the platform has seen teach a model, and one that beats the market values the
next game. Whatever is learned, it never is on the strength of a market that sees as much as anybody."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from app.analytics.models.training import train
from app.domain.models import FEATURES
from app.domain.prices import SECOND
from app.domain.signals import Estimate
from app.harvests.studies import archived_games, studies_of
from app.harvests.tapes import MOST_MOMENTS, Seen, games_taped, runs_of
from app.history.models import KeptModel, keep_model, promote_model
from app.resources import Resources
from app.signals.estimates import estimate
from tests.app.analytics.models.seasons import MOMENTS, Market, thin, wise
from tests.app.harvests.evenings import tape_evening
from tests.app.pipeline.cores import START, a_game
from tests.workers.worlds import World
from workers.risk_watcher import RiskWatch

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def learned_from(tmp_path: Path, games: int, market: Market) -> KeptModel:
    ended = tape_evening(tmp_path, games, market)
    seen = games_taped(runs_of(tmp_path), "simulated")
    (study,) = studies_of([archived_games(seen, ended)], {}, "simulated", NOW)
    made = train(study)
    card = msgspec.to_builtins(made.card)
    of = {name: getattr(made.card, name) for name in ("id", "league", "version", "verdict")}
    return KeptModel(**of, made_at=NOW, card=card, learned=made.learned)


def test_a_tape_gives_each_moment_with_what_the_books_said_then(tmp_path: Path) -> None:
    ended = tape_evening(tmp_path, 3, wise)
    seen = games_taped(runs_of(tmp_path), "simulated")
    harvest = archived_games(seen, ended)
    (games,) = harvest.values()
    assert [len(game.moments) for game in games] == [MOMENTS] * 3
    assert {game.origin for game in games} == {"archive"}
    first = games[0].moments[0]
    assert first.market == pytest.approx(seen[a_game("400").id].moments[0].built_in, abs=0.02)  # at the start
    assert (len(first.features), first.espn) == (len(FEATURES), None)
    assert games_taped(runs_of(tmp_path), "real") == {}
    assert archived_games(seen, {}) == {}  # nobody knows how they ended


def test_a_price_that_was_proved_long_ago_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tape_evening(tmp_path, 1, wise)
    monkeypatch.setattr("app.harvests.tapes.FRESH_WITHIN", -SECOND)
    (seen,) = games_taped(runs_of(tmp_path), "simulated").values()
    assert {moment.market for moment in seen.moments} == {None}


def test_of_a_game_that_was_told_of_often_moments_are_spread_evenly(tmp_path: Path) -> None:
    tape_evening(tmp_path, 1, wise)
    (seen,) = games_taped(runs_of(tmp_path), "simulated").values()
    many = Seen(seen.last)
    many.moments = [msgspec.structs.replace(seen.moments[0], at=at) for at in range(1_000)]
    assert [moment.at for moment in many.thinned()] == list(range(0, 1_000, 1_000 // MOST_MOMENTS))


async def test_what_beats_the_market_out_of_sample_values_the_next_game(world: World, tmp_path: Path) -> None:
    made = learned_from(tmp_path, 60, thin)
    assert made.verdict == "better", made.card["why"]
    history, resources = world.resources.history, world.process(simulation={"clock_url": "http://127.0.0.1:1/clock"})
    await keep_model(history, made)
    assert await valued_by(resources) == "diffusion/1"
    await promote_model(history, made, "anna", NOW)
    assert await valued_by(resources) == "logistic/1"
    assert await valued_by(world.resources) == "diffusion/1"  # that one plays for real


async def valued_by(resources: Resources) -> str:
    """Whose estimate of a game that is played counts, once the core was told what there is."""
    await RiskWatch(resources).look()
    found = estimate(a_game(), 0.6, START, resources.intake.pipeline.promoted)
    assert isinstance(found, Estimate)
    return found.source


def test_nothing_is_better_than_a_market_that_sees_the_truth(tmp_path: Path) -> None:
    made = learned_from(tmp_path, 60, wise)
    assert (made.verdict, made.learned is not None) == ("not_better", True)
