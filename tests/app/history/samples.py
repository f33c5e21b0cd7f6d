"""Games, links and listings to write down, and a look at how often a row was written."""

from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import text

from app.domain.games import Game, GameId
from app.domain.leagues import LeagueCode, Pool
from app.domain.links import LeftOut, Link, Verdict
from app.domain.markets import ContractId, Event, EventId, Market, MarketId, Outcome, VenueId
from app.domain.propositions import HalfPoints, Proposition
from app.domain.teams import Reason, Team, TeamId
from app.history.database import Database

KALSHI = VenueId("kalshi")
NBA = LeagueCode("nba")
BOSTON = Team(TeamId("nba:2"), Pool("nba"), "Boston Celtics")
LAKERS = Team(TeamId("nba:13"), Pool("nba"), "Los Angeles Lakers")
NOW = datetime(2026, 1, 11, 1, 30, tzinfo=UTC)
LINE = Decimal("-3.5")


def game(number: int = 1) -> Game:
    return Game(id=GameId(f"{number:06}"), league=NBA, home=BOSTON, away=LAKERS, start=NOW)


def link(number: int = 1, verdict: Verdict = "tradable", detail: str = "Boston = Boston Celtics") -> Link:
    """A spread of -3.5 given by Boston."""
    return Link(
        venue=KALSHI,
        event_id=EventId("EVENT"),
        market_id=MarketId(f"EVENT-{number}"),
        contract_id=ContractId(f"kalshi:EVENT-{number}:yes"),
        outcome="Yes",
        proposition=Proposition(GameId("000001"), "spread", "game", HalfPoints(-7), BOSTON.id),
        polarity="yes",
        verdict=verdict,
        confidence=0.99,
        reasons=(Reason("home", "agrees", detail),),
        rules_hash="abc",
        title="Boston wins by over 3.5 points?",
    )


def left_out(number: int = 1, code: str = "prop", market: bool = True) -> LeftOut:
    return LeftOut(
        venue=KALSHI,
        event_id=EventId("EVENT"),
        market_id=MarketId(f"EVENT-{number}") if market else None,
        code=code,
        detail="points of a player",
        start=NOW,
    )


def event(*rules: str) -> Event:
    """An event with a market for each text of rules."""
    markets = tuple(
        Market(
            venue=KALSHI,
            event_id=EventId("EVENT"),
            id=MarketId(f"EVENT-{number}"),
            title=f"Question {number}",
            outcomes=(Outcome(ContractId(f"kalshi:EVENT-{number}:yes"), "Yes"),),
            rules=rules,
        )
        for number, rules in enumerate(rules)
    )
    return Event(venue=KALSHI, id=EventId("EVENT"), title="Lakers at Celtics", league=NBA, start=NOW, markets=markets)


async def versions(database: Database, table: str) -> set[tuple[str, str, str]]:
    """Where each row lies, who wrote it and who locked it: the same after a write that changed nothing."""
    async with database.transaction() as connection:
        found = await connection.execute(text(f"SELECT ctid::text, xmin::text, xmax::text FROM {table}"))
        return {(row[0], row[1], row[2]) for row in found}


async def count(database: Database, table: str) -> int:
    async with database.transaction() as connection:
        return int((await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())
