"""Games, links and listings to put into Redis, and a glance into it from outside."""

from datetime import UTC, datetime

from redis.asyncio import Redis

from app.domain.games import Game, GameId
from app.domain.leagues import LeagueCode, Pool
from app.domain.links import LeftOut, Link, Verdict
from app.domain.markets import ContractId, EventId, MarketId, VenueId
from app.domain.propositions import HalfPoints, Kind, Polarity, Proposition, Scope
from app.domain.teams import Reason, Team, TeamId
from app.hot.keys import fence_key
from app.hot.state import HotState

POLYMARKET = VenueId("polymarket")
KALSHI = VenueId("kalshi")
NBA = LeagueCode("nba")
EPL = LeagueCode("epl")
BOSTON = Team(TeamId("nba:2"), Pool("nba"), "Boston Celtics", "Boston", "Celtics", "BOS", ("C's",))
LAKERS = Team(TeamId("nba:13"), Pool("nba"), "Los Angeles Lakers", "Los Angeles", "Lakers", "LAL")
ARSENAL = Team(TeamId("soccer:359"), Pool("soccer"), "Arsenal", "Arsenal", "Arsenal", "ARS")
EVERTON = Team(TeamId("soccer:368"), Pool("soccer"), "Everton", "Everton", "Everton", "EVE")
NOW = datetime(2026, 1, 11, 1, 30, tzinfo=UTC)

CELTICS_GAME = Game(id=GameId("401810001"), league=NBA, home=BOSTON, away=LAKERS, start=NOW)
ARSENAL_GAME = Game(id=GameId("704401"), league=EPL, home=ARSENAL, away=EVERTON, start=NOW)
PROVISIONAL_GAME = Game(
    id=GameId("x:nba:2026-01-10:lal-bos"), league=NBA, home=BOSTON, away=LAKERS, start=NOW, is_provisional=True
)


def link(
    venue: VenueId,
    market: str | None,
    kind: Kind = "moneyline",
    *,
    game: Game = CELTICS_GAME,
    scope: Scope = "game",
    points: float | None = None,
    team: Team | None = BOSTON,
    outcome: str = "yes",
    polarity: Polarity = "yes",
    verdict: Verdict = "tradable",
    liquidity: float = 0.0,
) -> Link:
    """A link of one contract; `market` None: only the event is known."""
    line = None if points is None else HalfPoints(int(points * 2))
    return Link(
        venue=venue,
        event_id=EventId("event"),
        market_id=None if market is None else MarketId(market),
        contract_id=None if market is None else ContractId(f"{venue}:{market}:{outcome}"),
        outcome=outcome,
        proposition=Proposition(game.id, kind, scope, line, team.id if team else None),
        polarity=polarity,
        verdict=verdict,
        confidence=0.99,
        reasons=(Reason("home", "agrees", "Boston = Boston Celtics"),),
        liquidity=liquidity,
    )


def left_out(number: int, code: str = "prop") -> LeftOut:
    return LeftOut(
        venue=KALSHI, event_id=EventId("E"), market_id=MarketId(f"E-{number}"), code=code, detail="a player's points"
    )


async def life_of(url: str, key: str) -> float:
    """Seconds that a key has to live; negative when it is absent or lives for ever."""
    async with Redis.from_url(url) as redis:
        return float(await redis.pttl(key)) / 1000


async def put_list(url: str, key: str) -> None:
    """A value of the wrong type under a key of ours."""
    async with Redis.from_url(url) as redis:
        await redis.delete(key)
        await redis.rpush(key, "not ours")


async def put_text(url: str, key: str, text: str) -> None:
    async with Redis.from_url(url) as redis:
        await redis.set(key, text)


async def fence_of(hot: HotState, subject: str) -> int:
    """The number of the last taking; 0 when there was none."""
    found = (await hot._door.values([fence_key(subject)]))[0]
    return 0 if found is None else int(found)
