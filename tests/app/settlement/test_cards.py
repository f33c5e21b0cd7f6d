"""The cards say what the venues' fact sheet says, and no more than it confirms."""

import re
from itertools import product
from typing import get_args

import pytest

from app.domain.leagues import LEAGUES, LeagueCode
from app.domain.markets import VenueId
from app.domain.propositions import Kind, Scope
from app.domain.settlements import FOREVER
from app.settlement.cards import ANY, SPORT, ClauseValue, card_of, rulings

KINDS: tuple[Kind, ...] = get_args(Kind)
SCOPES: tuple[Scope, ...] = get_args(Scope)


@pytest.mark.parametrize(
    ("league", "venue", "kind", "scope", "clause", "value"),
    [
        ("nfl", "kalshi", "moneyline", "game", "tie", "half"),
        ("nfl", "kalshi", "moneyline", "game", "window", 48),
        ("nfl", "kalshi", "moneyline", "game", "overtime", True),
        ("nfl", "polymarket", "moneyline", "game", "tie", "half"),
        ("nfl", "polymarket", "moneyline", "game", "window", FOREVER),
        ("nfl", "polymarket", "moneyline", "game", "overtime", None),
        ("nfl", "kalshi", "total", "game", "window", None),
        ("ncaaf", "kalshi", "spread", "game", "window", 48),
        ("ncaab", "kalshi", "moneyline", "game", "window", 336),
        ("nba", "kalshi", "moneyline", "game", "overtime", True),
        ("nba", "kalshi", "moneyline", "game", "window", None),  # the text has not been seen
        ("wnba", "kalshi", "moneyline", "game", "window", None),
        ("nba", "polymarket", "total", "game", "cancelled", "half"),
        ("nhl", "kalshi", "moneyline", "game", "overtime", True),
        ("nhl", "kalshi", "moneyline", "game", "window", None),
        ("nhl", "kalshi", "total", "game", "overtime", None),  # by experience, not by the text
        ("nhl", "polymarket", "total", "game", "overtime", True),
        ("mlb", "kalshi", "moneyline", "game", "window", 48),
        ("mlb", "kalshi", "total", "game", "window", None),
        ("mlb", "polymarket", "moneyline", "game", "tie", "half"),
        ("laliga", "kalshi", "draw", "regulation", "window", 48),
        ("worldcup", "kalshi", "moneyline", "regulation", "window", 336),
        ("epl", "kalshi", "moneyline", "regulation", "window", None),
        ("epl", "kalshi", "moneyline", "regulation", "overtime", False),
        ("mls", "polymarket", "moneyline", "regulation", "cancelled", "lose"),
        ("mls", "polymarket", "draw", "regulation", "cancelled", "win"),
        ("worldcup", "polymarket", "both_to_score", "regulation", "cancelled", "half"),
        ("epl", "polymarket", "moneyline", "regulation", "cancelled", None),
        ("nba", "kalshi", "moneyline", "1h", "overtime", None),
        ("tennis", "kalshi", "moneyline", "game", "cancelled", None),
        ("ufc", "polymarket", "moneyline", "game", "cancelled", None),
    ],
)
def test_what_is_confirmed(
    league: str, venue: str, kind: Kind, scope: Scope, clause: str, value: ClauseValue | None
) -> None:
    card = card_of(LeagueCode(league), VenueId(venue), kind, scope)
    known = {ruling.clause: ruling.value for ruling in card.values() if ruling.is_confirmed}
    assert known.get(clause) == value  # type: ignore[call-overload]


def test_every_ruling_speaks_about_something_and_says_where_it_was_read() -> None:
    for ruling in rulings():
        assert ruling.venue in ("kalshi", "polymarket", ANY)
        for name in ruling.leagues:
            assert name == ANY or name in LEAGUES or any(SPORT + each.sport == name for each in LEAGUES.values())
        assert set(ruling.kinds) <= {*KINDS, ANY}
        assert set(ruling.scopes) <= {*SCOPES, ANY}
        assert ruling.source
        assert re.fullmatch(r"20\d\d-\d\d(-\d\d)?", ruling.dated)


def test_no_ruling_is_hidden_behind_another() -> None:
    used = {
        id(ruling)
        for league, venue, kind, scope in product(LEAGUES, ("kalshi", "polymarket"), KINDS, SCOPES)
        for ruling in card_of(league, VenueId(venue), kind, scope).values()
    }
    assert used == {id(ruling) for ruling in rulings()}
