"""Which listings of each venue speak about the games.

Each venue is read beside the others and kept as it is read, so that one which is slow or silent costs nobody else.
Linking has one place and one index of games: both venues' listings of a game that no source shows meet in one.
"""

import asyncio
import logging
from collections.abc import Collection, Iterator, Sequence

import msgspec

from app.discovery.activity import days_to_ask, is_active
from app.discovery.findings import Findings, Place
from app.domain.games import Game, GameId
from app.domain.leagues import LEAGUES, LeagueCode
from app.domain.links import Link
from app.domain.markets import Event
from app.domain.operations import Round
from app.errors import FeedError
from app.hot.keys import LINKS_LIFETIME
from app.hot.shown import QuoteShown
from app.matching.linking import Linked, link_event
from app.matching.overrides import overruled
from app.matching.schedule import GameIndex
from app.ports import VenueCatalogue
from app.resources import Resources
from app.settlement import terms_of
from workers.fee_alarms import record_fees
from workers.hints import hints_of
from workers.price_alarms import alarmed, raise_alarms, recall_alarms
from workers.turns import Breath, together, under_way

SEARCH_WITHIN = LINKS_LIFETIME / 3  # seconds for one venue: what the others say is told again well within its life

log = logging.getLogger(__name__)


async def market_searcher(resources: Resources) -> Round:
    """Read the listings of each venue's leagues that are due, link them, and keep what was found."""
    search = Search(resources)
    await search.forget_silent()
    due = resources.searching.due(resources.places_searched, resources.clock())
    search.done.standing += resources.searching.troubles_of_others(due)
    if due:
        await resources.keep(resources.learn_aliases(), search.done)
        await resources.keep(resources.learn_overrides(), search.done)
    await search.obey_overrides()
    if due:
        await together(search.read_venue(venue, due) for venue in resources.venues)
        await search.record_alarms()
    return search.done


class Search:
    """One round over all venues."""

    def __init__(self, resources: Resources) -> None:
        self.done = Round()
        self._resources = resources
        self._began = resources.clock()
        self._days = days_to_ask(self._began, resources.settings.discovery)
        self._games = GameIndex()
        self._linked: set[GameId] = set()
        self._rung: set[GameId] = set()  # games with a new price alarm
        self._linking = asyncio.Lock()  # one listing after another finds its game, or makes it
        self._recording = (
            asyncio.Lock()
        )  # a provisional game may be both venues': two writers would wait for each other

    async def forget_silent(self) -> None:
        """What a venue said goes when it has not answered for too long, also while others speak of the game."""
        hot, believed = self._resources.hot, self._resources.believed
        answering = await hot.answering()
        if believed.is_empty:  # a new process goes on from what the one before has left
            for game in await hot.active_games():
                links = await hot.links(game.id)
                believed.recall(game, links, answering)
                recall_alarms(self._resources, game, links)
        for game_id in believed.forget_all_but(answering):
            self.done.counts["games_not_spoken_of"] += 1
            await hot.save_links(game_id, self._told(game_id))

    async def obey_overrides(self) -> None:
        """What people say counts for everything that is believed, also for what is not searched now."""
        hot, believed = self._resources.hot, self._resources.believed
        revised = believed.revise(self._overruled, self._resources.overrides)
        if not revised:
            return
        links = {game.id: self._told(game.id) for game in await hot.active_games() if game.id in revised}
        for game_id in links:
            await hot.save_links(game_id, links[game_id])
        everything = [link for of_game in links.values() for link in of_game]
        recording = self._resources.recorder.record_links(everything, self._resources.clock())
        await self._resources.keep(recording, self.done)

    async def record_alarms(self) -> None:
        """A venue's links may have been written down before another's prices spoke against them."""
        links = [link for game_id in sorted(self._rung) for link in self._told(game_id)]
        await self._resources.keep(self._resources.recorder.record_links(links, self._resources.clock()), self.done)

    async def read_venue(self, venue: VenueCatalogue, due: Collection[Place]) -> None:
        """Everything due of one venue, league after league in a steady order, each kept as soon as it is read."""
        gate = asyncio.Semaphore(self._resources.settings.discovery.concurrency)
        places = [place for place in due if place[0] == venue.venue]
        deadline = asyncio.get_running_loop().time() + SEARCH_WITHIN
        kept: list[tuple[Sequence[Event], Findings]] = []
        async with under_way(self._read(venue, league, gate, deadline) for _, league in places) as reads:
            for place, read in zip(places, reads, strict=True):
                listed = await read
                if listed is not None:
                    async with self._linking:
                        kept.append((listed, await self._link_and_keep(place, listed)))
        async with self._recording:
            for listed, found in kept:  # league by league: the rows of all at once would take long to write up
                await self._record(listed, found)

    async def _read(
        self, venue: VenueCatalogue, league: LeagueCode, gate: asyncio.Semaphore, deadline: float
    ) -> Sequence[Event] | None:
        try:
            async with asyncio.timeout_at(deadline), gate:
                listed = await venue.events(league, self._days)
        except TimeoutError:
            self._note_failed((venue.venue, league), f"not read within {SEARCH_WITHIN:g} s")
        except FeedError as error:
            self._note_failed((venue.venue, league), str(error))
        except Exception as error:  # an answer that nobody has foreseen costs this search alone
            log.exception("search fell", extra={"venue": venue.venue, "league": league})
            self._note_failed((venue.venue, league), f"{type(error).__name__}: {error}")
        else:
            self.done.counts["searches"] += 1
            return listed
        return None

    def _note_failed(self, place: Place, why: str) -> None:
        trouble = f"{' '.join(place)}: {why}"
        self.done.note("searches_failed", trouble)
        self._resources.searching.failed(place, trouble, self._resources.clock())

    async def _link_and_keep(self, place: Place, listed: Sequence[Event]) -> Findings:
        await self._meet_games()
        found = await self._link(place, listed)
        await self._keep(found)
        self.done.counts.update(found.counts)
        self.done.counts["events"] += len(listed)
        self.done.counts["games_linked"] = len(self._linked)
        return found

    async def _meet_games(self) -> None:
        """The games as they stand now. A provisional one that the source shows by now gives way, with its links."""
        known = await self._resources.hot.active_games()
        for game in known:
            self._games.add(game)
        merged = [game.id for game in known if game not in self._games]
        await self._resources.hot.drop_games(merged)
        await self._resources.hot.drop_links(merged)

    async def _link(self, place: Place, listed: Sequence[Event]) -> Findings:
        found, breath = Findings(place), Breath()
        registry, now = self._resources.matching.registry, self._resources.clock()
        for event in sorted(listed, key=lambda event: event.id):
            try:
                linked = link_event(event, self._games, registry, now)
            except Exception as error:
                if not self._resources.believed.has_fallen(place, event.id):
                    log.exception("listing fell", extra={"venue": event.venue, "event": event.id})
                found.add_fallen(event, error)
            else:
                found.add_prices(event, now)
                found.add(linked.game, map(self._overruled, with_terms(linked, event)), linked.left_out)
            await breath.take()
        return found

    def _hints(self, game_id: GameId) -> Sequence[QuoteShown]:
        now, believed = self._resources.clock(), self._resources.believed
        return hints_of(self._told(game_id), believed.prices(game_id, now), now)

    def _told(self, game_id: GameId) -> Sequence[Link]:
        return alarmed(self._resources, self._resources.believed.links(game_id))

    def _overruled(self, link: Link) -> Link:
        said = self._resources.overrides
        return overruled(link, said.get(link.contract_id) if said and link.contract_id else None)

    async def _keep(self, found: Findings) -> None:
        """Hot first: what is true now must not wait for what is written down."""
        hot, believed, (venue, league) = self._resources.hot, self._resources.believed, found.place
        active = {game.id: game for game in self._games if self._is_active(game)}
        linked = [active[game_id] for game_id in found.links if game_id in active]
        await hot.save_games([game for game in linked if game.is_provisional])
        self._resources.alarms.forget_all_but(active, self._began)
        for game_id in believed.take(found, active) & active.keys():
            if raise_alarms(self._resources, active[game_id], self.done):
                self._rung.add(game_id)
            await hot.save_links(game_id, self._told(game_id))
            await hot.save_hints(self._hints(game_id))
        self.done.counts["price_alarms"] = len(self._resources.alarms)
        await hot.note_answer(venue, league)
        await hot.save_left_out(venue, league, found.left_out)
        of_league = [game for game in active.values() if game.league == league]
        self._resources.searching.asked(found.place, [*linked, *of_league], self._began)
        self._linked |= {game.id for game in linked}

    def _is_active(self, game: Game) -> bool:
        return is_active(game, self._began, self._resources.settings.discovery)

    async def _record(self, listed: Sequence[Event], found: Findings) -> None:
        """What happened: listings with their rules and fees, provisional games, decisions, and what was left out."""
        now, recorder, keep, done = self._resources.clock(), self._resources.recorder, self._resources.keep, self.done
        games = {game.id: game for game in found.games.values() if self._is_active(game)}
        links = [link for game_id, links in found.links.items() if game_id in games for link in links.values()]
        await keep(recorder.record_listings(listed, now), done)
        markets = [market for event in listed for market in event.markets or ()]
        await keep(record_fees(self._resources, markets, done), done)
        await keep(recorder.record_games([game for game in games.values() if game.is_provisional], now), done)
        await keep(recorder.record_links(alarmed(self._resources, links), now), done)
        await keep(recorder.record_left_out(found.left_out, now), done)


def with_terms(linked: Linked, event: Event) -> Iterator[Link]:
    """The links of an event, each with what its market's rules say that it pays."""
    rules = {market.id: market.rules for market in event.markets or ()}
    for link in linked.links:
        if linked.game is None or link.market_id is None:
            yield link
        else:
            terms = terms_of(link, rules[link.market_id], LEAGUES[linked.game.league])
            yield msgspec.structs.replace(link, terms=terms)
