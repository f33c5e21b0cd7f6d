"""Which games are worked on: handed out to the shards over one stream, live ones first, and taken back when over."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import suppress

from app.discovery.activity import is_active
from app.domain.games import Game, GameId
from app.domain.markets import EventId
from app.domain.operations import Round
from app.errors import HistoryUnavailable, MatchingUnavailable
from app.history.holdings import held_games
from app.hot.games import LinkedContract
from app.resources import Resources
from workers.confirmations import Confirmations

EVERY = 2.0  # seconds
GAMES_A_READING = 20  # whose links are read at once: the sockets have their turn between


async def orchestrator(resources: Resources) -> AsyncGenerator[Round]:
    """Hand out every game that somebody can trade or watch. Raises HotStoreUnavailable."""
    desk = Desk(resources)
    while True:
        yield await desk.round()
        await asyncio.sleep(EVERY)


class Desk:
    """What the unified matcher has said of the games so far."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._confirmed: defaultdict[GameId, dict[EventId, bool]] = defaultdict(dict)
        self._handed_out: Collection[GameId] = ()
        self._held: Collection[GameId] = ()
        self._confirmations = Confirmations(resources, "orchestrator")

    async def round(self) -> Round:
        """The games that are worked on from now on."""
        done = Round()
        active = await self._active()
        contracts = await self._contracts([game.id for game in active])
        self._handed_out = await self._resources.hot.handed_out()
        wanted = [game.id for game in active if await self._is_wanted(game, contracts.get(game.id, ()), done)]
        done.counts["added"], done.counts["taken_back"] = await self._resources.hot.hand_out(wanted)
        done.counts["games"] = len(wanted)
        self._forget_all_but({game.id for game in active})
        return done

    async def _active(self) -> Sequence[Game]:
        """Those that are played now come first; provisional games are never traded, so nobody works on them."""
        now, settings = self._resources.clock(), self._resources.settings.discovery
        games = await self._resources.hot.active_games()
        await self._look_what_is_held()
        active = [game for game in games if is_active(game, now, settings) or self._can_be_left(game)]
        active = [game for game in active if not game.is_provisional]
        return sorted(active, key=lambda game: (game.status != "live", game.start, game.id))

    async def _look_what_is_held(self) -> None:
        """Who holds something of a game must see what is paid for it, whatever became of the game."""
        with suppress(HistoryUnavailable):  # what was held a moment ago is held still
            self._held = await held_games(self._resources.history)

    def _can_be_left(self, game: Game) -> bool:
        return game.id in self._held and game.status != "final"

    async def _contracts(self, game_ids: Sequence[GameId]) -> dict[GameId, tuple[LinkedContract, ...]]:
        found: dict[GameId, tuple[LinkedContract, ...]] = {}
        for first in range(0, len(game_ids), GAMES_A_READING):
            found |= await self._resources.hot.linked_contracts(game_ids[first : first + GAMES_A_READING])
        return found

    async def _is_wanted(self, game: Game, contracts: Sequence[LinkedContract], done: Round) -> bool:
        useful = [each for each in contracts if each.contract_id is not None and each.verdict != "rejected"]
        events = {each.event_id for each in useful}
        if events - self._confirmed[game.id].keys():
            try:
                await self._confirm(game, events)
            except MatchingUnavailable as error:
                done.note("matcher_unavailable", str(error))
                return game.id in self._handed_out  # it was confirmed once, maybe by the process before
        said = self._confirmed[game.id]
        for event_id in sorted(events):
            if said.get(event_id) is False:
                done.counts["events_denied"] += 1
                done.standing.append(f"{event_id}: its teams are not those of game {game.id}, says the matcher")
        return any(said.get(event_id) for event_id in events)

    async def _confirm(self, game: Game, events: Collection[EventId]) -> None:
        """Ask about the events that are new."""
        links = [link for link in await self._resources.hot.links(game.id) if link.event_id in events]
        denied = await self._confirmations.ask(game, links)
        self._confirmed[game.id] |= {event_id: not names for event_id, names in denied.items()}

    def _forget_all_but(self, game_ids: Collection[GameId]) -> None:
        for game_id in self._confirmed.keys() - game_ids:
            del self._confirmed[game_id]
