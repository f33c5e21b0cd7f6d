"""What the venues' listings say about the games: the yield of one search, and all that was found and still stands."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from app.domain.games import Game, GameId
from app.domain.leagues import LeagueCode
from app.domain.links import LeftOut, Link
from app.domain.markets import ContractId, Event, EventId, VenueId

Place = tuple[VenueId, LeagueCode]  # the league that was searched; what it lists may turn out to be of another
LinkKey = tuple[VenueId, str]

LONGEST_DETAIL = 200  # characters of an error
PRICES_LIFETIME = timedelta(seconds=150)  # two searches and a half; older prices say nothing about newer ones


class Findings:
    """The yield of reading one venue's listings of one league to the end."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.games: dict[GameId, Game] = {}  # those that are linked
        self.links: dict[GameId, dict[LinkKey, Link]] = {}
        self.left_out: list[LeftOut] = []
        self.fallen: set[EventId] = set()
        self.prices: dict[ContractId, float] = {}
        self.priced_at: datetime | None = None

    @property
    def counts(self) -> Counter[str]:
        """Contracts by verdict, each once, and listings left out by reason."""
        counts = Counter[str](link.verdict for links in self.links.values() for link in links.values())
        counts.update(f"left_out_{item.code}" for item in self.left_out)
        if self.fallen:
            counts["listings_fallen"] = len(self.fallen)
        return counts

    def add(self, game: Game | None, links: Iterable[Link], left_out: Iterable[LeftOut]) -> None:
        """One event's yield. A contract that is listed twice is linked as it was listed last."""
        for link in links:
            self.links.setdefault(link.game_id, {})[link_key(link)] = link
        if game is not None and game.id in self.links:
            self.games[game.id] = game
        self.left_out += left_out

    def add_prices(self, event: Event, now: datetime) -> None:
        """What an event's contracts cost, as far as its listing tells."""
        self.priced_at = now
        outcomes = (outcome for market in event.markets or () for outcome in market.outcomes)
        self.prices |= {each.contract_id: each.indicative for each in outcomes if each.indicative is not None}

    def add_fallen(self, event: Event, error: Exception) -> None:
        """An event that the matcher cannot take: it costs nobody but itself, and is on the radar."""
        self.fallen.add(event.id)
        self.left_out.append(
            LeftOut(
                venue=event.venue,
                event_id=event.id,
                market_id=None,
                code="unreadable",
                detail=f"{type(error).__name__}: {error}"[:LONGEST_DETAIL],
                title=event.title,
                start=event.start,
            )
        )


class Finds(msgspec.Struct, frozen=True):
    """What a place said last."""

    links: dict[GameId, dict[LinkKey, Link]]
    fallen: Collection[EventId] = frozenset()
    prices: Mapping[ContractId, float] = {}
    priced_at: datetime | None = None


class Believed:
    """The last finds of every place that still counts as answering; a game's links are joined from all of them."""

    def __init__(self) -> None:
        self._finds: dict[Place, Finds] = {}
        self._revised_on: object = None

    @property
    def is_empty(self) -> bool:
        return not self._finds

    def has_fallen(self, place: Place, event_id: EventId) -> bool:
        """Could the matcher not take this event the last time either?"""
        return place in self._finds and event_id in self._finds[place].fallen

    def take(self, found: Findings, game_ids: Collection[GameId]) -> set[GameId]:
        """A place has answered: its finds about these games replace what it said before. The games concerned."""
        links = {game_id: links for game_id, links in found.links.items() if game_id in game_ids}
        before = self._finds.get(found.place)
        self._finds[found.place] = Finds(links, found.fallen, found.prices, found.priced_at)
        return links.keys() | (before.links.keys() if before else set())

    def recall(self, game: Game, links: Iterable[Link], answering: Collection[Place]) -> None:
        """What was kept of a game before this process began, as far as those who said it still answer."""
        self._revised_on = None
        for link in links:
            place = (link.venue, game.league)
            if place in answering:
                finds = self._finds.setdefault(place, Finds({}))
                finds.links.setdefault(game.id, {})[link_key(link)] = link

    def revise(self, change: Callable[[Link], Link], basis: object) -> set[GameId]:
        """Every link that is believed, changed; once for each `basis` that the change rests on. The games of those
        that are other ones now."""
        revised: set[GameId] = set()
        if basis is self._revised_on:
            return revised
        self._revised_on = basis
        for finds in self._finds.values():
            for game_id, links in finds.links.items():
                for key, link in links.items():
                    links[key] = change(link)
                    if links[key] != link:
                        revised.add(game_id)
        return revised

    def forget_all_but(self, answering: Collection[Place]) -> set[GameId]:
        """Places that have been silent for too long are not believed any more. The games they spoke about."""
        silent = [place for place in self._finds if place not in answering]
        return {game_id for place in silent for game_id in self._finds.pop(place).links}

    def links(self, game_id: GameId) -> Sequence[Link]:
        """The links of a game by all that is believed, each contract once."""
        joined: dict[LinkKey, Link] = {}
        for place in sorted(self._finds):
            joined |= self._finds[place].links.get(game_id, {})
        return tuple(joined.values())

    def prices(self, game_id: GameId, now: datetime) -> Mapping[ContractId, float]:
        """The prices of a game's contracts, 0..1, by whoever has told them just now."""
        joined: dict[ContractId, float] = {}
        for place in sorted(self._finds):
            finds = self._finds[place]
            if finds.priced_at is not None and now - finds.priced_at <= PRICES_LIFETIME:
                contracts = {link.contract_id for link in finds.links.get(game_id, {}).values()}
                joined |= {each: finds.prices[each] for each in contracts if each and each in finds.prices}
        return joined


def link_key(link: Link) -> LinkKey:
    """What a link is about: a contract, or an event whose markets are not known."""
    return link.venue, link.contract_id or link.event_id
