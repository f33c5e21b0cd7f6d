"""What somebody says of a listing, read as far as the link."""

from datetime import UTC, datetime

import pytest

from app.domain.games import Game, GameId
from app.domain.leagues import LeagueCode
from app.errors import BadInput
from app.matching.linking import link_event
from app.matching.registry import Registry
from app.matching.schedule import GameIndex
from app.venues.descriptions import Description, event_described

NBA = LeagueCode("nba")
START = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
LAKERS, CELTICS = "nba:13", "nba:2"


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.load()


def linked(said: Description, registry: Registry) -> tuple[list[tuple[object, ...]], list[str]]:
    """Kind, scope, line in points, team and polarity of each contract, and why others were left out."""
    home, away = (registry.team(team_id) for team_id in (CELTICS, LAKERS))
    assert home is not None
    assert away is not None
    game = Game(id=GameId("1"), league=NBA, home=home, away=away, start=START)
    found = link_event(event_described(said), GameIndex([game]), registry, START)
    told = [
        (one.kind, one.scope, one.line and one.line / 2, one.team_id, link.polarity)
        for link in found.links
        for one in [link.proposition]
    ]
    return told, [item.code for item in found.left_out]


def spread(scope: str, line: float, team: str) -> list[tuple[object, ...]]:
    return [("spread", scope, line, team, polarity) for polarity in ("yes", "no")]


def total(scope: str, line: float) -> list[tuple[object, ...]]:
    return [("total", scope, line, None, polarity) for polarity in ("yes", "no")]


PARTS = [
    ("total-220pt5", total("game", 220.5)),
    ("1h-total-110pt5", total("1h", 110.5)),
    ("1q-total-55pt5", total("q1", 55.5)),
    ("spread-home-3pt5", spread("game", -3.5, CELTICS)),
    ("spread-away-3pt5", spread("game", -3.5, LAKERS)),
    ("1h-spread-away-1pt5", spread("1h", -1.5, LAKERS)),
]


@pytest.mark.parametrize("title", ["", "Lakers vs. Celtics", "Los Angeles Lakers at Boston"])
@pytest.mark.parametrize("part", PARTS)
def test_a_slug_says_the_line(part: tuple[str, list[tuple[object, ...]]], title: str, registry: Registry) -> None:
    said = Description(slug=f"nba-lal-bos-2026-11-22-{part[0]}", title=title)
    assert linked(said, registry) == (part[1], [])


def test_a_question_that_contradicts_its_slug_is_left_out(registry: Registry) -> None:
    slug = "nba-lal-bos-2026-11-22-spread-home-3pt5"
    links, left_out = linked(Description(slug=slug, question="Spread: Celtics (-4.5)"), registry)
    assert (links, len(left_out)) == ([], 1)
    links, left_out = linked(Description(slug=slug, question="Spread: Celtics (-3.5)"), registry)
    assert (links, left_out) == (spread("game", -3.5, CELTICS), [])


def test_the_side_that_gives_the_points_is_the_first_outcome() -> None:
    event = event_described(Description(slug="nba-lal-bos-2026-11-22-spread-home-3pt5"))
    market = (event.markets or ())[0]
    assert [outcome.label for outcome in market.outcomes] == ["BOS", "LAL"]
    assert (market.title, market.line) == ("Spread: BOS (-3.5)", -3.5)


def test_a_slug_of_the_game_asks_who_wins(registry: Registry) -> None:
    links, left_out = linked(Description(slug="nba-lal-bos-2026-11-22", title="Lakers vs. Celtics"), registry)
    assert [(kind, team) for kind, _, _, team, _ in links] == [("moneyline", LAKERS), ("moneyline", CELTICS)]
    assert left_out == []


def test_what_is_no_slug_is_refused() -> None:
    with pytest.raises(BadInput, match="is not a game's slug"):
        event_described(Description(slug="who-wins-the-league"))
