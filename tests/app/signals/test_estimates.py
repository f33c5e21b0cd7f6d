"""Fair value of real and made-up games, or why there is none."""

import csv
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.games import Game, GameId
from app.domain.leagues import LEAGUES, LeagueCode
from app.domain.prices import Nanos
from app.domain.signals import Estimate
from app.signals.estimates import Unestimated, estimate
from app.signals.models import MODELS
from app.sources.espn.translate import games_from
from tests.app.hot.samples import CELTICS_GAME

NOW = Nanos(int(CELTICS_GAME.start.timestamp() + 3600) * 1_000_000_000)
LIVE = msgspec.structs.replace(CELTICS_GAME, status="live", period=3, clock="6:00", home_score=70, away_score=66)
AT_THE_START = {  # period, clock
    "basketball": (1, ""),
    "football": (1, "15:00"),
    "hockey": (1, "20:00"),
    "baseball": (1, "Top 1st, 0 outs"),
    "soccer": (1, "0'"),
}
REGULATION = {"nba": "12:00", "wnba": "10:00", "ncaab": "20:00", "ncaaw": "10:00"}


def reason(game: Game, pregame: float | None = 0.6, now: Nanos = NOW) -> str:
    found = estimate(game, pregame, now)
    return found.reason if isinstance(found, Unestimated) else found.source


def estimated(game: Game, pregame: float | None = 0.6) -> Estimate:
    found = estimate(game, pregame, NOW)
    assert isinstance(found, Estimate), found
    return found


def started(league: LeagueCode) -> Game:
    """At its first moment."""
    period, clock = AT_THE_START[LEAGUES[league].sport]
    known = {"league": league, "period": period, "clock": REGULATION.get(league, clock)}
    return msgspec.structs.replace(LIVE, home_score=0, away_score=0, **known)


CASES = [
    ({}, 0.6, "diffusion/1"),
    ({"home_win_probability": 0.7}, None, "espn"),
    ({"home_win_probability": 0.0}, None, "espn"),
    ({"status": "scheduled"}, 0.6, "not_live"),
    ({"status": "final"}, 0.6, "not_live"),
    ({"status": "suspended"}, 0.6, "not_live"),
    ({"status": "final", "home_win_probability": 1.0}, 0.6, "not_live"),
    ({}, None, "no_strength"),
    ({}, 0.0, "no_strength"),
    ({}, 1.0, "no_strength"),
    ({}, float("nan"), "no_strength"),
    ({"home_score": None}, 0.6, "no_score"),
    ({"clock": ""}, 0.6, "no_clock"),
    ({"period": 0}, 0.6, "no_clock"),
    ({"league": "ncaaf", "period": 5, "clock": "0:00"}, 0.6, "no_clock"),
    ({"league": "mlb", "clock": "0:00"}, 0.6, "no_clock"),
    ({"league": "tennis"}, 0.6, "unknown_sport"),
    ({"league": "cs2", "home_win_probability": 0.5}, 0.6, "unknown_sport"),
    ({"league": "nobody's"}, 0.6, "unknown_sport"),
    ({"league": "epl", "period": 3, "clock": "96'"}, 0.6, "regulation_over"),
    ({"league": "epl", "period": 2, "clock": "67'", "home_win_probability": 0.7}, 0.6, "skellam/1"),
    ({"league": "epl", "period": 2, "clock": "67'", "home_win_probability": 0.7}, None, "no_strength"),
    ({"start": LIVE.start + timedelta(hours=2)}, 0.6, "starts_later"),
    ({"start": LIVE.start + timedelta(hours=2), "start_is_known": False}, 0.6, "diffusion/1"),
]


@pytest.mark.parametrize(("known", "pregame", "expected"), CASES)
def test_whose_estimate_it_is_or_why_there_is_none(
    known: dict[str, object], pregame: float | None, expected: str
) -> None:
    assert reason(msgspec.structs.replace(LIVE, **known), pregame) == expected


def test_it_says_what_it_was_made_of() -> None:
    found = estimated(LIVE)
    assert (found.score, found.source, found.draw) == ((70, 66, 3, "live"), "diffusion/1", 0.0)
    assert found.probability == pytest.approx(0.7515, abs=0.0005)


@pytest.mark.parametrize("league", sorted(MODELS))
def test_every_league_with_teams_has_a_model_that_begins_at_the_market_s_price(league: LeagueCode) -> None:
    for price in (0.1, 0.35, 0.5, 0.62, 0.9):
        found = estimated(started(league), price)
        assert found.probability == pytest.approx(price, abs=0.005)
        assert (found.draw > 0) == LEAGUES[league].has_draw_outcome
        assert found.probability + found.draw < 1


def test_no_league_with_teams_is_forgotten() -> None:
    assert set(MODELS) == {code for code, league in LEAGUES.items() if league.has_teams}


def test_a_tie_counts_half_where_both_sides_share_it() -> None:
    level = msgspec.structs.replace(
        LIVE, league=LeagueCode("nfl"), period=5, clock="0:00", home_score=20, away_score=20
    )
    found = estimated(level)
    assert (found.probability, found.draw) == (0.5, 0.0)


@given(st.sampled_from(sorted(MODELS)), st.floats(0.05, 0.95), st.integers(0, 5), st.integers(0, 5))
def test_chances_are_chances_and_a_score_never_hurts(league: LeagueCode, price: float, home: int, away: int) -> None:
    period, clock = (1, "45'") if LEAGUES[league].sport == "soccer" else (1, "5:00")
    clock = "Bot 5th" if league == "mlb" else clock
    game = msgspec.structs.replace(LIVE, league=league, period=period, clock=clock, home_score=home, away_score=away)
    found, more = estimated(game, price), estimated(msgspec.structs.replace(game, home_score=home + 1), price)
    assert 0 <= found.probability <= 1
    assert 0 <= found.draw <= 1
    assert found.probability <= more.probability + 1e-6


class Play(NamedTuple):
    """A moment of ATL @ WSH: the game, ESPN's chance of Washington, and when it was."""

    game: Game
    espn: float
    at: datetime


@pytest.fixture(scope="module")
def plays(shared: Path) -> list[Play]:
    written = (shared / "data/espn/summaries/espn_api_single_game.md").read_text(encoding="utf-8")
    summary = msgspec.json.decode(re.split(r"```(?:json)?", written)[1])
    by_id = {play["id"]: play for play in summary["plays"]}
    found = []
    for chance in summary["winprobability"]:
        play = by_id[chance["playId"]]
        known = {"period": play["period"]["number"], "clock": play["clock"]["displayValue"]}
        score = {"home_score": play["homeScore"], "away_score": play["awayScore"]}
        game = msgspec.structs.replace(LIVE, id=GameId("401810206"), **known, **score)
        found.append(Play(game, chance["homeWinPercentage"], datetime.fromisoformat(play["wallclock"])))
    return found


def test_a_real_game_play_by_play_is_near_the_source_s_own_path(plays: list[Play]) -> None:
    """Washington at 0.223 by the money lines, with which its path is 0.043 from ESPN's on average."""
    told = [estimated(play.game, 0.223).probability for play in plays]
    apart = [abs(ours - play.espn) for ours, play in zip(told, plays, strict=True)]
    assert len(plays) == 451
    assert sum(apart) / len(apart) < 0.05
    assert max(apart) < 0.2
    assert told[-1] == 0.0
    assert told[0] == pytest.approx(0.223, abs=0.005)


def test_a_real_game_is_near_the_market_s_path_too(plays: list[Play], shared: Path) -> None:
    """Kalshi's trades minute by minute; ESPN's own path is 0.032 from them, ours 0.048."""
    (candles,) = (shared / "data/tape/kalshi-nba-candles").glob("*ATL_at_WAS*.csv")
    with candles.open(encoding="utf-8") as lines:
        closes = {int(row["timestamp"]): float(row["close"]) / 100 for row in csv.DictReader(lines) if row["close"]}
    minutes = sorted(closes)
    apart = []
    for play in plays:
        minute = max(each for each in minutes if each <= play.at.timestamp() + 60)
        apart.append(abs(estimated(play.game, 0.223).probability - closes[minute]))
    assert sum(apart) / len(apart) < 0.06


RECORDED = [  # file, league, games that are played, of these with a figure of the source
    ("mlb", "mlb", 3, 0),
    ("mls", "mls", 4, 0),
    ("ncaaf", "ncaaf", 17, 13),
    ("nfl", "nfl", 8, 8),
    ("nhl", "nhl", 5, 0),
    ("all", "nba", 1, 0),
    ("all", "mlb", 1, 1),
    ("all", "nhl", 1, 0),
    ("all", "soccer", 1, 0),
    ("all", "ncaaf", 2, 2),
    ("all", "tennis", 0, 0),
]


def recorded(shared: Path, file: str, league: str) -> list[Game]:
    """The games that were played at that moment."""
    payload = (shared / f"data/espn/scoreboards-2022/{file}.json").read_bytes()
    return [game for game in games_from(payload, LeagueCode(league)).items if game.status == "live"]


@pytest.mark.parametrize(("file", "league", "live", "espn"), RECORDED)
def test_every_recorded_status_of_a_game_that_is_played_gives_an_estimate(
    shared: Path, file: str, league: str, live: int, espn: int
) -> None:
    told = [estimate(game, 0.55, NOW) for game in recorded(shared, file, league) if game.league in MODELS]
    known = [each for each in told if isinstance(each, Estimate)]
    assert (len(told), len(known), sum(each.source == "espn" for each in known)) == (live, live, espn)


def test_recorded_football_is_near_the_source_s_figures(shared: Path) -> None:
    """Without their prices, from even strength: 0.12 apart on average, and up to 0.45, where the model knows neither
    who was favoured nor, in the last minutes, who has the ball."""
    apart = []
    for game in recorded(shared, "nfl", "nfl") + recorded(shared, "ncaaf", "ncaaf"):
        if game.home_win_probability is not None:
            ours = estimated(msgspec.structs.replace(game, home_win_probability=None), 0.5).probability
            apart.append(abs(ours - game.home_win_probability))
    assert len(apart) == 21
    assert sum(apart) / len(apart) < 0.15


def near(found: Estimate) -> object:
    return pytest.approx((found.probability, found.draw), abs=0.001)


WORLD_CUP = [  # game, what each board says of it: clock, and the chances of home and of a draw, or why there are none
    ("760499", [("", "not_live"), ("44'", (0.155, 0.259)), ("96'", "regulation_over"), ("", "not_live")]),
    ("760512", [("38'", (0.759, 0.173)), ("75'", (0.258, 0.580)), ("118'", "regulation_over")]),
]


@pytest.mark.parametrize(("game_id", "expected"), WORLD_CUP)
def test_a_world_cup_is_followed_through_halves_extra_time_and_penalties(
    shared: Path, game_id: str, expected: list[tuple[str, object]]
) -> None:
    said: list[tuple[str, object]] = []
    for board in sorted((shared / "data/tape/espn-worldcup-2026").glob("*.json")):
        for game in games_from(board.read_bytes(), LeagueCode("worldcup")).items:
            if game.id == game_id:
                found = estimate(game, 0.5, Nanos(int(game.start.timestamp()) * 1_000_000_000))
                said.append((game.clock, found.reason if isinstance(found, Unestimated) else near(found)))
    begins = next(at for at, each in enumerate(said) if each[1] == expected[0][1])
    assert said[begins : begins + len(expected)] == expected
