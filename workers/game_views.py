"""Tells everybody how the games of a shard stand, whenever a price or the score moves, off the hot path."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from app.domain.decisions import Decision
from app.domain.games import GameId
from app.domain.inputs import GameTaken
from app.domain.markets import ContractId
from app.domain.prices import SECOND, Quote
from app.errors import HotStoreUnavailable, Superseded
from app.hot.view_shown import view_shown
from app.prices.views import Arranged, arrange, view_of
from app.resources import Resources
from workers.glances import Glances
from workers.pregames import Pregames
from workers.turns import Breath

TELL_EVERY = 1.0  # seconds: a view is large, and for people; prices go by themselves
REPEAT_EVERY = 2 * SECOND  # so that what was fresh does not look so for long

log = logging.getLogger(__name__)


class Views:
    """The views of the games that this shard has. `lose`: called with a game that another has taken. `pregames`: what
    is seen of those that have not begun."""

    def __init__(self, resources: Resources, shard: str, lose: Callable[[GameId], None], pregames: Pregames) -> None:
        self._resources = resources
        self._intake = resources.intake
        self._taken: Mapping[GameId, GameTaken] = resources.intake.pipeline.taken
        self._fresh_within = round(resources.settings.prices.fresh * SECOND)
        self._shard = shard
        self._lose = lose
        self._pregames = pregames
        self._glances = Glances(resources)
        self._fences: dict[GameId, int] = {}
        self._arranged: dict[GameId, Arranged] = {}
        self._games: dict[ContractId, GameId] = {}
        self._contracts: dict[GameId, Sequence[ContractId]] = {}
        self._due: dict[GameId, None] = {}
        self._told_at: dict[GameId, int] = {}

    def take(self, game_id: GameId, fence: int) -> None:
        """The game is this shard's, or stands otherwise."""
        self._forget_contracts(game_id)
        taken = self._taken[game_id]
        self._fences[game_id] = fence
        self._arranged[game_id] = arrange(taken.game, taken.links)
        self._glances.take(taken)
        self._contracts[game_id] = [link.contract_id for link in taken.links if link.contract_id]
        self._games.update(dict.fromkeys(self._contracts[game_id], game_id))
        self._due[game_id] = None

    def leave(self, game_id: GameId) -> None:
        """Nothing more is said of it here."""
        self._forget_contracts(game_id)
        for known in (self._fences, self._arranged, self._due, self._told_at):
            known.pop(game_id, None)
        self._glances.leave(game_id)

    def heed(self, decision: Decision) -> None:
        """A price has moved."""
        if type(decision) is Quote:
            game_id = self._games.get(decision.contract_id)
            if game_id is not None:
                self._due[game_id] = None

    async def keep_telling(self) -> None:
        """Until cancelled; while Redis is away only the newest is kept."""
        stop_heeding = self._intake.heed(self.heed)
        try:
            while True:
                await asyncio.sleep(TELL_EVERY)
                await self.turn()
        finally:
            stop_heeding()

    async def turn(self) -> None:
        """Tell of the games that moved, and of those that were told of long ago."""
        now, breath = self._intake.now(), Breath()
        long_ago = [game_id for game_id in self._fences if now - self._told_at.get(game_id, 0) > REPEAT_EVERY]
        for game_id in {**self._due, **dict.fromkeys(long_ago)}:
            self._due.pop(game_id, None)
            try:
                await self._tell(game_id)
            except Superseded:
                log.warning("game is another shard's", extra={"game": game_id, "shard": self._shard})
                self._lose(game_id)
            except HotStoreUnavailable:
                self._due[game_id] = None
                return
            await breath.take()
        with suppress(HotStoreUnavailable):  # they are told anew with the next turn
            await self._glances.write()

    async def _tell(self, game_id: GameId) -> None:
        taken, fence = self._taken.get(game_id), self._fences.get(game_id)
        if taken is None or fence is None:
            return  # left while the others were told of
        now = self._intake.now()
        view = view_of(taken.game, self._arranged[game_id], self._intake.pipeline.quote, now, self._fresh_within)
        shown = view_shown(view, self._shard, fence, self._resources.clock(), now, self._fresh_within)
        self._told_at[game_id] = now
        self._glances.note(taken, view)
        await self._resources.hot.save_view(shown)
        await self._pregames.note(view, now)

    def _forget_contracts(self, game_id: GameId) -> None:
        for contract_id in self._contracts.pop(game_id, ()):
            if self._games.get(contract_id) == game_id:
                del self._games[contract_id]
