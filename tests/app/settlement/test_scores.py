"""What a contract should be paid by the score of its game: in time, level, late, never, and where nobody can know."""

import msgspec
import pytest

from app.domain.games import Game, GameStatus
from app.domain.links import Link
from app.domain.money import ONE_DOLLAR
from app.domain.positions import Settled
from app.domain.propositions import HalfPoints
from app.domain.settlements import FOREVER, Payout, Terms
from app.domain.teams import TeamId
from app.settlement import pays, settled
from tests.app.settlement.legs import (
    EPL,
    KALSHI,
    KALSHI_NBA,
    KALSHI_SOCCER,
    NBA,
    NFL,
    POLYMARKET,
    POLYMARKET_NBA,
    POLYMARKET_SOCCER,
    leg,
    no,
)

NFL_TERMS = Terms(True, "half", 48, "fair", "fair", ("fair", "result"))
HOME = leg(KALSHI, KALSHI_NBA)
AWAY = leg(KALSHI, KALSHI_NBA, side="away")


def over(game: Game, home: int, away: int, period: int = 4) -> Game:
    return msgspec.structs.replace(game, status="final", home_score=home, away_score=away, period=period)


def unplayed(status: GameStatus, game: Game = NBA) -> Game:
    return msgspec.structs.replace(game, status=status)


def soccer(kind: str, side: str = "", **more: object) -> Link:
    return leg(KALSHI, KALSHI_SOCCER, of=EPL, kind=kind, side=side, **more)  # type: ignore[arg-type]


def nba(kind: str, points: float, side: str = "") -> Link:
    return leg(KALSHI, KALSHI_NBA, kind=kind, side=side, points=points)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("link", "game", "how"),
    [
        (HOME, over(NBA, 101, 99), "win"),
        (HOME, over(NBA, 99, 101), "lose"),
        (AWAY, over(NBA, 99, 101), "win"),
        (no(HOME), over(NBA, 99, 101), "win"),
        (no(AWAY), over(NBA, 99, 101), "lose"),
        (HOME, over(NBA, 120, 118, period=6), "win"),  # overtime counts
        (HOME, over(NBA, 99, 99), None),  # nobody wins there by being level: told too early
        (nba("spread", -3.5, "home"), over(NBA, 104, 100), "win"),
        (nba("spread", -3.5, "home"), over(NBA, 103, 100), "lose"),
        (no(nba("spread", -3.5, "home")), over(NBA, 103, 100), "win"),
        (nba("spread", -3.5, "away"), over(NBA, 100, 104), "win"),
        (nba("spread", -3.5, "away"), over(NBA, 104, 100), "lose"),
        (nba("total", 200.5), over(NBA, 101, 100), "win"),
        (nba("total", 200.5), over(NBA, 100, 100), "lose"),  # level is nothing to a total
        (nba("total", 201.5), over(NBA, 101, 100), "lose"),
        (nba("team_total", 100.5, "home"), over(NBA, 101, 80), "win"),
        (nba("team_total", 100.5, "away"), over(NBA, 101, 80), "lose"),
        (leg(KALSHI, NFL_TERMS, of=NFL), over(NFL, 20, 17), "win"),
        (leg(KALSHI, NFL_TERMS, of=NFL), over(NFL, 20, 20, period=5), "half"),
        (no(leg(KALSHI, NFL_TERMS, of=NFL)), over(NFL, 20, 20, period=5), "half"),
        (leg(KALSHI, Terms(True), of=NFL), over(NFL, 20, 20), None),  # its rules say nothing of a tie
        (leg(KALSHI, None, of=NFL), over(NFL, 20, 17), "win"),  # what a win is needs no rules
        (soccer("moneyline", "home"), over(EPL, 1, 1, period=2), "lose"),
        (soccer("draw"), over(EPL, 1, 1, period=2), "win"),
        (no(soccer("draw")), over(EPL, 1, 1, period=2), "lose"),
        (soccer("moneyline", "away"), over(EPL, 0, 2, period=2), "win"),
        (soccer("both_to_score"), over(EPL, 1, 2, period=2), "win"),
        (soccer("both_to_score"), over(EPL, 0, 2, period=2), "lose"),
        (soccer("moneyline", "home"), over(EPL, 2, 1, period=4), None),  # after extra time: how it stood before?
        (leg(KALSHI, NFL_TERMS, of=NFL, scope="regulation"), over(NFL, 23, 20, period=5), "half"),
        (leg(KALSHI, KALSHI_NBA, scope="1h"), over(NBA, 101, 99), None),
    ],
)
def test_what_is_played_is_paid_by_its_score(link: Link, game: Game, how: Settled | None) -> None:
    assert settled(link, game) == how


@pytest.mark.parametrize(
    ("terms", "game", "hours", "how"),
    [
        (KALSHI_NBA, unplayed("postponed"), 47, None),
        (KALSHI_NBA, unplayed("postponed"), 49, "fair"),
        (POLYMARKET_NBA, unplayed("postponed"), 10_000, None),  # it waits
        (KALSHI_NBA, over(NBA, 101, 99), 47, "win"),
        (KALSHI_NBA, over(NBA, 101, 99), 49, "fair"),  # played, but too late
        (POLYMARKET_NBA, over(NBA, 101, 99), 10_000, "win"),
        (KALSHI_NBA, unplayed("cancelled"), 0, "fair"),
        (POLYMARKET_NBA, unplayed("cancelled"), 0, "half"),
        (POLYMARKET_SOCCER, unplayed("cancelled"), 0, "lose"),
        (Terms(), unplayed("cancelled"), 0, None),
        (KALSHI_NBA, unplayed("suspended"), 1, None),
        (KALSHI_NBA, unplayed("suspended"), 49, "fair"),
        (NFL_TERMS, unplayed("suspended"), 49, None),  # one of two, and nobody knows which
        (KALSHI_NBA, unplayed("scheduled"), 100, None),
        (KALSHI_NBA, unplayed("live"), 1, None),
    ],
)
def test_what_is_not_played_in_time_is_paid_by_its_rules(
    terms: Terms, game: Game, hours: float, how: Settled | None
) -> None:
    assert settled(leg(POLYMARKET, terms), game, hours) == how


@pytest.mark.parametrize("payout", ["win", "lose"])
def test_rules_may_say_who_wins_what_was_never_played(payout: Payout) -> None:
    terms = Terms(True, "result", FOREVER, "result", payout, (payout,))
    assert settled(leg(POLYMARKET, terms), unplayed("cancelled")) == payout


def test_nothing_is_expected_of_what_is_not_proved() -> None:
    game = over(NBA, 101, 99)
    assert settled(msgspec.structs.replace(HOME, polarity=None), game) is None
    misread = msgspec.structs.replace(KALSHI_NBA, is_misread=True)
    assert settled(msgspec.structs.replace(HOME, terms=misread), game) is None
    other = msgspec.structs.replace(HOME.proposition, team_id=TeamId("nba:another"))
    assert settled(msgspec.structs.replace(HOME, proposition=other), game) is None


def test_the_two_sides_of_a_question_are_paid_a_dollar_together() -> None:
    for home, away in ((101, 99), (99, 101)):
        for link in (HOME, AWAY, nba("spread", -3.5, "home"), nba("total", 200.5)):
            one, other = settled(link, over(NBA, home, away)), settled(no(link), over(NBA, home, away))
            assert {pays(one), pays(other)} == {0, ONE_DOLLAR}


def test_a_fair_price_is_nobodys_guess() -> None:
    assert [pays(how) for how in ("win", "lose", "half", "fair", None)] == [ONE_DOLLAR, 0, 5_000, None, None]


def test_half_points_are_no_points() -> None:
    line = HalfPoints(-1)  # gives half a point: to win is enough
    by_half = msgspec.structs.replace(HOME.proposition, kind="spread", line=line)
    link = msgspec.structs.replace(HOME, proposition=by_half)
    assert settled(link, over(NBA, 100, 99)) == "win"
