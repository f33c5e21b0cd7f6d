"""A house with real stores, and a score source and venues that say what a test tells them to."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import msgspec

from app.domain.games import Game, GameId, WinProbability
from app.domain.leagues import LeagueCode
from app.domain.markets import Event, VenueId
from app.domain.teams import Team
from app.errors import FeedError, FeedUnavailable
from app.history.database import Database
from app.hot.state import HotState
from app.resources import Resources
from app.settings import Settings
from tests.app.matching.listings import at, game, kalshi_winner, polymarket_event, polymarket_market

MLB, EPL, SOCCER = LeagueCode("mlb"), LeagueCode("epl"), LeagueCode("soccer")
KALSHI, POLYMARKET = VenueId("kalshi"), VenueId("polymarket")
START = at("2026-08-10 00:20")
NOW = START - timedelta(hours=1)
PADRES_GAME = game("401", "mlb", "mlb:18", "mlb:25", "2026-08-10 00:20")
PROVISIONAL_ID = "x:mlb:2026-08-09:hou-sd"


class Catalogue:
    """A venue: listings by league; it may be down, or hang."""

    def __init__(self, venue: VenueId, leagues: Sequence[LeagueCode] = (MLB,)) -> None:
        self.venue = venue
        self.leagues = leagues
        self.listings: dict[LeagueCode, Sequence[Event]] = {}
        self.is_down = False
        self.hangs = False
        self.read: list[LeagueCode] = []

    @property
    def counts(self) -> Mapping[str, int]:
        return {}

    async def events(self, league: LeagueCode, days: Sequence[date]) -> Sequence[Event]:
        if self.hangs:
            await asyncio.Event().wait()
        if self.is_down:
            raise FeedUnavailable("answered 503", status=503)
        self.read.append(league)
        return self.listings.get(league, ())


class Scoreboards:
    """A score source: games by league; some leagues may be down."""

    name = "source"

    def __init__(self) -> None:
        self.boards: dict[LeagueCode, Sequence[Game]] = {}
        self.down: dict[LeagueCode, Exception] = {}
        self.asked: Counter[LeagueCode] = Counter()
        self.pages: dict[GameId, WinProbability | FeedError | None] = {}
        self.pages_asked: list[GameId] = []
        self.leagues_with_pages = frozenset({MLB})

    @property
    def leagues(self) -> Sequence[LeagueCode]:
        return (MLB, EPL)

    @property
    def counts(self) -> Mapping[str, int]:
        return {}

    async def games(self, league: LeagueCode, days: Sequence[date]) -> Sequence[Game]:
        self.asked[league] += 1
        if league in self.down:
            raise self.down[league]
        return self.boards.get(league, ())

    async def teams(self, league: LeagueCode) -> Sequence[Team]:
        return ()

    async def win_probability(self, game: Game) -> WinProbability | None:
        self.pages_asked.append(game.id)
        said = self.pages.get(game.id)
        if isinstance(said, FeedError):
            raise said
        return said


class World:
    """One process over its stores, at a moment that a test moves."""

    def __init__(self, hot: HotState, history: Database) -> None:
        self.now: datetime = NOW
        self.hot = hot
        self.source = Scoreboards()
        self.kalshi, self.polymarket = Catalogue(KALSHI), Catalogue(POLYMARKET)
        self._history = history
        self.resources = self.process()

    def process(self, **given: object) -> Resources:
        """Another process over the same stores, hosts and clock; `given`: settings of its own."""
        venues = (self.polymarket, self.kalshi)
        return Resources(
            Settings(_env_file=None, **given), lambda: self.now, self.hot, self._history, self.source, venues
        )

    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    async def said_by(self, game_id: str) -> set[VenueId]:
        """The venues whose links a game has."""
        return {link.venue for link in await self.hot.links(GameId(game_id))}


def on_kalshi(**more: object) -> Event:
    """Houston at San Diego, as Kalshi lists it."""
    given = {"start": START, "start_source": "ticker_time"}
    sides = [("Houston", "HOU"), ("San Diego", "SD")]
    return kalshi_winner("KXMLBGAME-26AUG092020HOUSD", "Houston vs San Diego", "mlb", sides, **(given | more))


def on_polymarket(**more: object) -> Event:
    """The same, as Polymarket does."""
    slug = "mlb-hou-sd-2026-08-09"
    market = polymarket_market(slug, "Astros vs. Padres", ["Astros", "Padres"], kind="moneyline", start=START)
    given = {"start": START, "start_source": "start_field"}
    return polymarket_event(slug, "Houston Astros vs. San Diego Padres", "mlb", [market], **(given | more))


def priced(event: Event, *firsts: float) -> Event:
    """The event with a price for the first outcome of each market, and what is left of a dollar for the second."""
    assert event.markets is not None
    markets = tuple(
        msgspec.structs.replace(
            market,
            outcomes=tuple(
                msgspec.structs.replace(outcome, indicative=price)
                for outcome, price in zip(market.outcomes, (first, round(1 - first, 4)), strict=True)
            ),
        )
        for market, first in zip(event.markets, firsts, strict=True)
    )
    return msgspec.structs.replace(event, markets=markets)
