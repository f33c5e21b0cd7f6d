"""The sandbox's slate at a moment, read as the platform reads it: games, both venues' events, and what is planted."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from app.domain.games import Game, GameId
from app.domain.leagues import LeagueCode
from app.domain.links import Link
from app.domain.markets import ContractId, Event
from app.matching.linking import Linked, link_event
from app.matching.schedule import GameIndex
from app.sandbox.leagues import LEAGUES
from app.sandbox.quirks import Quirk
from app.sandbox.simulations import Simulation
from app.sources.espn.translate import games_from, number_doubleheaders
from app.venues.kalshi.translate import events_from as kalshi_events
from app.venues.polymarket.translate import events_from as polymarket_events
from tests.app.matching.listings import REGISTRY

OPENED = datetime(2026, 11, 22, 18, tzinfo=UTC)
GROUPS = "50,80,81"


class SimulatedSlate:
    """The games and the listings of one seed, so many hours after the sandbox was started."""

    def __init__(self, seed: int, hours: float = 0.0) -> None:
        self.now = OPENED
        self.stage = Simulation(seed, 1.0, lambda: self.now)
        self.now += timedelta(hours=hours)
        self.games = list(self._games())
        self.events = list(self._events())

    def traps(self, quirk: Quirk) -> set[GameId]:
        """The games that have this quirk."""
        return {GameId(contest.id) for contest in self.stage.slate.contests if contest.has(quirk)}

    def linked(self) -> list[Linked]:
        """Every event linked, in a steady order."""
        index = GameIndex(self.games)
        return [link_event(event, index, REGISTRY, self.now) for event in self.events]

    def _games(self) -> Iterator[Game]:
        for code, league in LEAGUES.items():
            groups = GROUPS if league.is_college else ""
            board = msgspec.json.encode(self.stage.scoreboard(league.espn, groups))
            yield from number_doubleheaders(games_from(board, LeagueCode(code)).items)

    def _events(self) -> Iterator[Event]:
        yield from polymarket_events(msgspec.json.encode(self.stage.gamma_events())).items
        told = {"events": self.stage.kalshi_events(), "milestones": self.stage.milestones()}
        yield from kalshi_events(msgspec.json.encode(told)).items


def links_by_game(found: list[Linked]) -> dict[GameId, list[Link]]:
    """Every link under its game."""
    links: dict[GameId, list[Link]] = {}
    for link in (link for linked in found for link in linked.links):
        links.setdefault(link.game_id, []).append(link)
    return links


def prices_of(events: list[Event]) -> dict[ContractId, float]:
    """What every contract costs, as far as its listing tells."""
    outcomes = (each for event in events for market in event.markets or () for each in market.outcomes)
    return {each.contract_id: each.indicative for each in outcomes if each.indicative is not None}
