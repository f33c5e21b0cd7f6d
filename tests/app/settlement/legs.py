"""Contracts of a few games, with terms as a test wants them."""

from datetime import UTC, datetime

import msgspec

from app.domain.games import Game, GameId
from app.domain.leagues import LEAGUES, LeagueCode
from app.domain.links import Link
from app.domain.markets import ContractId, EventId, MarketId, VenueId
from app.domain.propositions import HalfPoints, Kind, Polarity, Proposition, Scope
from app.domain.settlements import FOREVER, Payoffs, Payout, Scenario, Tail, Terms
from app.domain.teams import Team, TeamId

KALSHI, POLYMARKET = VenueId("kalshi"), VenueId("polymarket")
START = datetime(2026, 11, 22, 18, tzinfo=UTC)


def game(league: str, home: str, away: str) -> Game:
    code = LeagueCode(league)
    sides = (Team(TeamId(f"{league}:{name}"), LEAGUES[code].pool, name) for name in (home, away))
    first, second = sides
    return Game(id=GameId(f"g-{league}"), league=code, home=first, away=second, start=START)


NBA = game("nba", "Celtics", "Lakers")
NFL = game("nfl", "Chiefs", "Broncos")
EPL = game("epl", "Arsenal", "Everton")

KALSHI_NBA = Terms(True, "result", 48, "fair", "fair", ("fair",))
POLYMARKET_NBA = Terms(True, "result", FOREVER, "result", "half", ("half",))
KALSHI_SOCCER = Terms(False, "result", 48, "fair", "fair", ("fair",))
POLYMARKET_SOCCER = Terms(False, "result", FOREVER, "result", "lose", ("half",))


def leg(
    venue: VenueId,
    terms: Terms | None,
    *,
    of: Game = NBA,
    side: str = "home",
    kind: Kind = "moneyline",
    scope: Scope | None = None,
    points: float | None = None,
    polarity: Polarity = "yes",
    outcome: str = "Yes",
    market: str = "",
) -> Link:
    """A contract of a game; `side`: whom it is about, empty for no one."""
    team = {"home": of.home.id, "away": of.away.id, "": None}[side]
    whole: Scope = "regulation" if LEAGUES[of.league].has_draw_outcome else "game"
    line = None if points is None else HalfPoints(round(2 * points))
    name = market or f"{venue}-{kind}-{side}-{points}"
    return Link(
        venue=venue,
        event_id=EventId(f"{venue}-event"),
        market_id=MarketId(name),
        contract_id=ContractId(f"{name}:{outcome}"),
        outcome=outcome,
        proposition=Proposition(of.id, kind, scope or whole, line, team),
        polarity=polarity,
        verdict="tradable",
        confidence=0.99,
        reasons=(),
        rules_hash="0",
        terms=terms,
    )


def no(link: Link, terms: Terms | None = None) -> Link:
    """The other contract of a yes/no market."""
    polarity: Polarity = "no" if link.polarity == "yes" else "yes"
    return msgspec.structs.replace(link, outcome="No", polarity=polarity, terms=terms or link.terms)


def tail_of(table: Payoffs, ending: str) -> Tail:
    return next(tail for tail in table.tails if tail.ending == ending)


def of_ending(table: Payoffs, ending: str) -> list[Scenario]:
    return [scenario for scenario in table.scenarios if scenario.ending == ending]


def worth(tail: Tail, open_prices: tuple[int, ...]) -> int:
    """What is paid in a tail, 1/10,000 dollar, when fair prices and open results turn out to be worth so much."""
    return sum(price if fixed is None else fixed for fixed, price in zip(tail.expects, open_prices, strict=True))


def won(payout: Payout) -> Terms:
    """Terms that differ in nothing but what is paid for a game that is cancelled."""
    return msgspec.structs.replace(POLYMARKET_NBA, cancelled=payout)
