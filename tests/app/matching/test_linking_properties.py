"""Whatever two teams play, whichever way round a venue lists them: nothing is ever linked to the wrong side or game."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.games import Game, GameId, eastern_date
from app.domain.leagues import LeagueCode, Pool
from app.domain.teams import Team
from app.matching.linking import link_event
from app.matching.schedule import GameIndex
from tests.app.matching.listings import REGISTRY, kalshi_winner, polymarket_event, polymarket_market

PRO = ("nba", "nfl", "nhl", "mlb", "wnba")
NOON = datetime(2026, 11, 22, 17, tzinfo=UTC)


@st.composite
def contests(draw: st.DrawFn, leagues: Sequence[str] = PRO) -> tuple[LeagueCode, Team, Team, datetime]:
    """A league, two different teams of it, and a start."""
    league = LeagueCode(draw(st.sampled_from(leagues)))
    teams = REGISTRY.teams(Pool(league))
    away, home = draw(st.lists(st.sampled_from(teams), min_size=2, max_size=2, unique_by=lambda team: team.id))
    return league, away, home, NOON + timedelta(minutes=5 * draw(st.integers(0, 100)))


def contest(league: LeagueCode, away: Team, home: Team, start: datetime, game_id: str = "1") -> Game:
    return Game(id=GameId(game_id), league=league, home=home, away=away, start=start)


@settings(max_examples=150, deadline=None)
@given(contests(), st.booleans())
def test_a_named_outcome_is_never_the_other_team(
    given_contest: tuple[LeagueCode, Team, Team, datetime], swapped: bool
) -> None:
    league, away, home, start = given_contest
    first, second = (home, away) if swapped else (away, home)
    slug = f"{league}-aaa-bbb-{eastern_date(start).isoformat()}"
    market = polymarket_market(
        slug, f"{first.nickname} vs. {second.nickname}", [first.nickname, second.nickname], kind="moneyline"
    )
    event = polymarket_event(slug, market.title, league, [market], start=start, start_source="start_field")
    found = link_event(event, GameIndex([contest(league, away, home, start)]), REGISTRY, start)
    by_nickname = {first.nickname: first.id, second.nickname: second.id}
    assert found.game is not None
    assert found.game.id == "1"
    assert {link.outcome: link.proposition.team_id for link in found.links} == by_nickname
    assert {link.polarity for link in found.links} == {"yes"}


@settings(max_examples=150, deadline=None)
@given(contests(), st.integers(-3, 3).filter(bool))
def test_a_listing_of_another_day_never_touches_the_game(
    given_contest: tuple[LeagueCode, Team, Team, datetime], days: int
) -> None:
    league, away, home, start = given_contest
    listed = kalshi_winner(
        "KX-1",
        f"{away.name} at {home.name}",
        league,
        [(away.name, "AAA"), (home.name, "BBB")],
        start=start + timedelta(days=days),
        start_source="milestone",
    )
    found = link_event(listed, GameIndex([contest(league, away, home, start)]), REGISTRY, start)
    assert found.game is not None
    assert found.game.is_provisional
    assert "tradable" not in {link.verdict for link in found.links}


@settings(max_examples=150, deadline=None)
@given(contests(["mlb"]), st.integers(3, 9))
def test_each_half_of_a_doubleheader_gets_its_own_listing(
    given_contest: tuple[LeagueCode, Team, Team, datetime], hours: int
) -> None:
    league, away, home, start = given_contest
    early, late = start, start + timedelta(hours=hours)
    games = [contest(league, away, home, early, "first"), contest(league, away, home, late, "second")]
    for wanted, moment in (("first", early), ("second", late)):
        listed = kalshi_winner(
            "KX-1",
            f"{away.name} vs {home.name}",
            league,
            [(away.name, "AAA"), (home.name, "BBB")],
            start=moment,
            start_source="ticker_time",
        )
        found = link_event(listed, GameIndex(games), REGISTRY, start)
        assert found.game is not None
        assert found.game.id == wanted
