"""Works on games: takes them from the stream, tells the trading core how they stand, and everybody else what follows.

Any number of shards run at once, each with games of its own. One that dies is silent for `lost_after` seconds, then the
others take its games; one that was only paused finds that they are not its own any more.
"""

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import AsyncGenerator

import msgspec

from app.domain.games import GameId
from app.domain.inputs import GameLeft
from app.domain.operations import Round
from app.errors import HotStoreUnavailable
from app.hot.leases import Lease
from app.resources import Resources
from workers.game_readings import GameReadings
from workers.game_views import Views
from workers.hints import keep_hinting
from workers.monitors import keep_ticking
from workers.pregames import Pregames
from workers.turns import under_way

GIVEN_BACK = 4  # games a round, when another shard has too few

log = logging.getLogger(__name__)


async def game_shard(resources: Resources) -> AsyncGenerator[Round]:
    """Work on games until somebody ends it; then others may have them at once."""
    shard = Shard(resources)
    pause = resources.settings.shards.keep_every / 2
    try:
        beside = (
            keep_ticking(resources.intake),
            shard.views.keep_telling(),
            keep_hinting(resources),
        )
        async with under_way(beside) as tasks:
            while True:
                yield await shard.round()
                fallen, _ = await asyncio.wait(tasks, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
                for task in fallen:
                    task.result()  # raises what it fell over
    finally:
        await shard.leave()


class Shard:
    """The games that one process works on."""

    def __init__(self, resources: Resources) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.pregames = Pregames(resources.hot)
        self.views = Views(resources, self.name, self._drop, self.pregames)
        self._resources = resources
        self._intake = resources.intake
        self._settings = resources.settings.shards
        self._leases: dict[GameId, Lease] = {}
        self._readings = GameReadings(resources, self.pregames)
        self._renewed_at = resources.intake.now()

    async def round(self) -> Round:
        """Renew the leases, and look how the games stand."""
        done = Round()
        try:
            await self._renew(done)
            await self._look(done)
        except HotStoreUnavailable as error:
            done.note("hot_unavailable", str(error))
            self._leave_what_may_be_lost(done)
        done.counts["games"] = sum(not each.is_followed for each in self._intake.pipeline.taken.values())
        return done

    async def leave(self) -> None:
        """Give everything back. Where Redis is away the leases run out by themselves."""
        for game_id in list(self._leases):
            self._drop(game_id)
        try:
            await self._resources.hot.leave(self.name)
        except HotStoreUnavailable as error:
            log.warning("games are not given back", extra={"shard": self.name, "error": str(error)})

    async def _renew(self, done: Round) -> None:
        began = self._intake.now()
        leases = await self._resources.hot.renew_leases(self.name, self._settings.capacity, self._settings.lost_after)
        self._renewed_at = began
        held = {lease.game_id: lease for lease in leases.held}
        for game_id in [game_id for game_id, lease in self._leases.items() if held.get(game_id) != lease]:
            self._drop(game_id)
            done.counts["left"] += 1
        done.counts["taken"] = len(held.keys() - self._leases.keys())
        self._leases = held
        await self._give_back(len(held) - leases.share, done)

    async def _give_back(self, surplus: int, done: Round) -> None:
        """Another shard has begun: it gets some, those that are not played yet first."""
        if surplus <= 0:
            return
        order = sorted(self._leases.values(), key=lambda lease: (self._is_live(lease.game_id), lease.entry))
        for lease in order[: min(surplus, GIVEN_BACK)]:
            self._drop(lease.game_id)
            done.counts["given_back"] += 1
            await self._resources.hot.give_back(self.name, [lease.entry])

    async def _look(self, done: Round) -> None:
        """What changed is told to the core."""
        async for told in self._readings.news(self._leases):
            lease = self._leases.get(told.game.id)
            if lease is not None:  # else lost while the others were looked at
                self._intake.put(told)
                self.views.take(told.game.id, lease.fence)
                done.counts["changed"] += 1

    def _leave_what_may_be_lost(self, done: Round) -> None:
        """Nobody knows whose the games are when the leases have not been renewed for so long."""
        if self._intake.now() - self._renewed_at > self._settings.lost_after * 1e9:
            for game_id in list(self._leases):
                self._drop(game_id)
                done.counts["left"] += 1

    def _drop(self, game_id: GameId) -> None:
        """Say nothing more of it; the core forgets it, unless something here is about it."""
        self._leases.pop(game_id, None)
        self.views.leave(game_id)
        self._readings.forget(game_id)
        taken, now = self._intake.pipeline.taken.get(game_id), self._intake.now()
        if taken is None or taken.is_followed:
            return
        if game_id in self._resources.followings:
            self._intake.put(msgspec.structs.replace(taken, received_at=now, is_followed=True))
        else:
            self._intake.put(GameLeft(game_id, now))

    def _is_live(self, game_id: GameId) -> bool:
        taken = self._intake.pipeline.taken.get(game_id)
        return taken is not None and taken.game.status == "live"
