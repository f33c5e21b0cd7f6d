"""The grammar of Gamma's slugs."""

import doctest
from datetime import date

import pytest

from app.domain.leagues import LEAGUES, LeagueCode
from app.venues.polymarket import slugs
from app.venues.polymarket.slugs import Part, league_of, prefixes_of, read_part, read_slug

GAMES = [  # slug, league, first, second, part
    ("nba-nyk-bos-2026-10-08", "nba", "nyk", "bos", ""),
    ("nba-mem-lal-2026-01-04-1h-spread-home-2pt5", "nba", "mem", "lal", "1h-spread-home-2pt5"),
    ("cfb-miaoh-ohio-2026-11-22", "ncaaf", "miaoh", "ohio", ""),
    ("cbb-uncg-unc-2026-11-22", "ncaab", "uncg", "unc", ""),
    ("epl-ars-che-2026-10-10-draw", "epl", "ars", "che", "draw"),
    ("fifwc-mex-rsa-2026-06-11-mex", "worldcup", "mex", "rsa", "mex"),
    (
        "atp-lehecka-fils-2026-08-17-set-2-winner-Lehecka-vs-Fils",
        "tennis",
        "lehecka",
        "fils",
        "set-2-winner-lehecka-vs-fils",
    ),
    ("atp-doubles-cashgla-ramsali-2026-08-16", "tennis", "cashgla", "ramsali", ""),
    ("ufc-mal3-jua6-2026-05-16", "ufc", "mal3", "jua6", ""),
    ("bkcl-aaa-bbb-2026-05-16", None, "aaa", "bbb", ""),
]


@pytest.mark.parametrize(("slug", "league", "first", "second", "part"), GAMES)
def test_a_game_is_read(slug: str, league: str | None, first: str, second: str, part: str) -> None:
    read = read_slug(slug)
    assert read is not None
    assert (read.league, read.first, read.second, read.part) == (league, first, second, part)
    assert read.day.isoformat() in slug


@pytest.mark.parametrize(
    "slug",
    ["", "nba-mavericks-vs-grizzlies", "2026-mens-us-open-winner-tennis", "nba-a-b-2026-13-40", "-a-b-2026-01-01"],
)
def test_everything_else_is_no_game(slug: str) -> None:
    assert read_slug(slug) is None


def test_soccer_names_the_home_side_first_and_us_sports_last() -> None:
    us, soccer = read_slug("nfl-det-buf-2026-09-18"), read_slug("epl-ars-che-2026-10-10")
    assert us is not None
    assert soccer is not None
    nfl, epl = LEAGUES[LeagueCode("nfl")], LEAGUES[LeagueCode("epl")]
    assert (us.code_of("home", nfl), us.code_of("away", nfl), us.code_of("", nfl)) == ("buf", "det", "")
    assert (soccer.code_of("home", epl), soccer.code_of("away", epl)) == ("ars", "che")
    assert us.day == date(2026, 9, 18)


PARTS = [
    ("spread-home-3pt5", Part("spread", None, "home", 3.5)),
    ("1h-spread-away-0pt5", Part("spread", "1h", "away", 0.5)),
    ("total-245pt5", Part("total", None, "", 245.5)),
    ("1h-total-123pt5", Part("total", "1h", "", 123.5)),
    ("1h-moneyline", Part("moneyline", "1h")),
    ("3q-total-55", Part("total", "q3", "", 55.0)),
    ("draw", Part("draw")),
    ("points-luka-doncic-34pt5", None),
    ("set-totals-2pt5", None),
    ("lal", None),
    ("", None),
]


@pytest.mark.parametrize(("part", "expected"), PARTS)
def test_what_a_market_adds(part: str, expected: Part | None) -> None:
    assert read_part(part) == expected


def test_every_league_has_a_word_that_leads_back_to_it() -> None:
    for code in LEAGUES:
        assert {league_of(word) for word in prefixes_of(code)} == {code}
    assert prefixes_of(LeagueCode("tennis")) == ("atp", "wta", "itf", "tennis")


def test_the_examples_are_true() -> None:
    assert doctest.testmod(slugs).failed == 0
