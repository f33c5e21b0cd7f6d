"""The simulated slate: reproducible, plausible, alive."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from app.sandbox.fixtures import FIXTURES
from app.sandbox.leagues import LEAGUES
from app.sandbox.messages import EASTERN
from app.sandbox.prices import outlook
from app.sandbox.quirks import MEANINGS, Quirk
from app.sandbox.simulations import Simulation
from app.sandbox.slates import ROUND, Slate, make_slate, rounds_by
from tests.app.sandbox.conftest import HeldClock

NOW = datetime(2026, 11, 22, 23, 10, 42, tzinfo=UTC)


@pytest.fixture(scope="module")
def slate() -> Slate:
    return make_slate(7, NOW)


def test_same_seed_and_minute_make_the_same_slate(slate: Slate) -> None:
    assert make_slate(7, NOW.replace(second=3)) == slate
    assert make_slate(8, NOW) != slate
    assert make_slate(7, NOW + timedelta(minutes=1)) != slate


def test_every_game_starts_on_a_whole_minute_and_has_its_own_id(slate: Slate) -> None:
    assert all(contest.start.second == contest.start.microsecond == 0 for contest in slate.contests)
    assert len({contest.id for contest in slate.contests}) == len(FIXTURES)


def test_no_team_plays_two_games_at_once() -> None:
    games = [contest for contest in make_slate(7, NOW, rounds=6).contests if not contest.interruption]
    played = sorted((team.league, team.id, game.start) for game in games for team in (game.home, game.away))
    lengths = {game.league.code: timedelta(seconds=game.league.clockwork.length) for game in games}
    for (league, team, first), (other_league, other, second) in itertools.pairwise(played):
        assert (league, team) != (other_league, other) or second >= first + lengths[league]


def test_no_pair_meets_twice_on_a_day_but_in_a_doubleheader() -> None:
    games = [game for game in make_slate(7, NOW, rounds=12).contests if not game.number]
    meetings = [(game.league.code, game.away.id, game.home.id, game.start.astimezone(EASTERN).date()) for game in games]
    assert len(set(meetings)) == len(meetings)


def test_later_rounds_leave_earlier_ones_as_they_are_and_come_two_hours_ahead(slate: Slate) -> None:
    more = make_slate(7, NOW, rounds=3)
    assert more.contests[: len(slate.contests)] == slate.contests
    assert [rounds_by(slate.origin, slate.origin + timedelta(hours=hours)) for hours in (0, 3, 4, 9)] == [1, 1, 2, 3]
    assert all(game.start >= slate.origin + ROUND for game in more.contests[len(slate.contests) :])


def test_slate_of_many_games_has_exactly_so_many_of_all_leagues() -> None:
    many = make_slate(7, NOW, games=200)
    assert many == make_slate(7, NOW.replace(second=3), games=200)
    assert many.contests[: len(FIXTURES)] == make_slate(7, NOW).contests
    assert (len(many.contests), len({game.id for game in many.contests})) == (200, 200)
    assert {game.league.code for game in many.contests} == set(LEAGUES)
    assert len([game for game in many.contests if len(game.on) == 3]) > 160
    clock = HeldClock(NOW)
    simulation = Simulation(7, 1.0, clock, games=60)
    clock.pass_time(hours=30)
    simulation.games()
    assert len(simulation.slate.contests) == 60


def test_there_is_something_live_at_any_hour() -> None:
    for hours in range(48):
        now = NOW + timedelta(hours=hours)
        running = make_slate(7, NOW, rounds=rounds_by(NOW, now))
        assert [game for game in running.shown(now) if running.standing(game, now).phase == "playing"], hours


def test_some_games_are_under_way_some_soon_some_over(slate: Slate) -> None:
    phases = [slate.standing(contest, NOW).phase for contest in slate.contests]
    soon = [contest for contest in slate.contests if NOW < contest.start <= NOW + timedelta(hours=2)]
    assert phases.count("playing") + phases.count("break") >= 10
    assert len(soon) >= 25
    assert "over" in phases


def test_every_oddity_is_planted_somewhere_and_explained(slate: Slate) -> None:
    planted = {quirk for contest in slate.contests for quirk in contest.quirks}
    assert planted == set(Quirk) == set(MEANINGS)


@pytest.mark.parametrize("speed", [1.0, 20.0, 100.0])
def test_games_end_when_they_are_said_to_end(speed: float) -> None:
    fast = make_slate(7, NOW, speed)
    for contest in fast.contests:
        end = fast.end(contest)
        if contest.interruption or end < fast.origin:
            continue
        assert fast.standing(contest, end - timedelta(seconds=1)).phase != "over"
        assert fast.standing(contest, end + timedelta(seconds=1)).phase == "over"


def test_speed_moves_games_and_leaves_starts_alone() -> None:
    slow, fast = make_slate(7, NOW, 1.0), make_slate(7, NOW, 60.0)
    assert [contest.start for contest in slow.contests] == [contest.start for contest in fast.contests]
    later = NOW + timedelta(minutes=1)
    progress = [sum(one.standing(game, later).played for game in one.contests) for one in (slow, fast)]
    assert progress[1] > progress[0] + 5


def test_scores_only_rise_and_no_game_that_needs_a_winner_ends_level(slate: Slate) -> None:
    for contest in slate.contests:
        standings = [slate.standing(contest, contest.start + timedelta(minutes=minute)) for minute in range(0, 300, 4)]
        totals = [standing.total for standing in standings]
        assert totals == sorted(totals)
        if not contest.league.clockwork.can_tie and not contest.interruption:
            assert standings[-1].margin != 0


def test_score_feed_trails_the_venues_by_five_to_twenty_seconds(slate: Slate) -> None:
    for contest in slate.contests:
        at = contest.start + timedelta(minutes=50)
        lags = [
            lag
            for lag in range(5, 21)
            if slate.standing_as_fed(contest, at) == slate.standing(contest, at - timedelta(seconds=lag))
        ]
        assert lags


def test_certainty_grows_to_the_end(slate: Slate) -> None:
    for contest in slate.contests:
        if contest.interruption:
            continue
        final = slate.standing(contest, slate.end(contest) + timedelta(minutes=1))
        expected = outlook(contest, final)
        assert expected.home_by_more_than(0.5) == pytest.approx(float(final.margin > 0.5), abs=1e-6)
        assert expected.over(final.total - 0.5) == pytest.approx(1.0, abs=1e-6)
