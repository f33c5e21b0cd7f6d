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

from app.domain.games import Game, GameId
from app.domain.inputs import GameLeft, GameTaken
from app.domain.links import Link
from app.domain.operations import Round
from app.errors import HotStoreUnavailable
from app.hot.games import read_links
from app.hot.leases import Lease
from app.resources import Resources
from workers.feeders import Feeder
from workers.game_views import Views
from workers.hints import keep_hinting
from workers.monitors import keep_ticking
from workers.pregames import Pregames
from workers.turns import Breath, under_way

LINKS_EVERY = 5  # rounds; scores are looked at in each
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
            shard.feeder.run(),
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
        self.feeder = Feeder(resources)
        self._resources = resources
        self._intake = resources.intake
        self._settings = resources.settings.shards
        self._leases: dict[GameId, Lease] = {}
        self._bodies: dict[GameId, bytes] = {}  # of the links, as they were read
        self._links: dict[GameId, tuple[Link, ...]] = {}
        self._renewed_at = resources.intake.now()
        self._rounds = 0

    async def round(self) -> Round:
        """Renew the leases, and look how the games stand."""
        done = Round()
        try:
            await self._renew(done)
            await self._look(done)
        except HotStoreUnavailable as error:
            done.note("hot_unavailable", str(error))
            self._leave_what_may_be_lost(done)
        done.counts["games"] = len(self._intake.pipeline.taken)
        self._rounds += 1
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
        """Scores each time, links now and then; what changed is told to the core."""
        hot, breath = self._resources.hot, Breath()
        games = await hot.with_win_probabilities(await hot.games(list(self._leases)))
        due = list(games) if self._rounds % LINKS_EVERY == 0 else [each for each in games if each not in self._bodies]
        bodies = await hot.link_bodies(due)
        await self.pregames.recall(due)
        for game_id, game in games.items():
            body = bodies.get(game_id, self._bodies.get(game_id))
            if body is not None and self._is_news(game, body):
                await self._take(game, body)
                done.counts["changed"] += 1
                await breath.take()

    def _is_news(self, game: Game, body: bytes) -> bool:
        taken = self._intake.pipeline.taken.get(game.id)
        if taken is None or taken.game != game or self._bodies.get(game.id) != body:
            return True
        return taken.pregame is None and self.pregames.of(game.id) is not None

    async def _take(self, game: Game, body: bytes) -> None:
        lease = self._leases.get(game.id)
        if lease is None:
            return  # lost while the others were looked at
        if self._bodies.get(game.id) != body:
            self._bodies[game.id], self._links[game.id] = body, read_links(body)
        before = self._intake.pipeline.taken.get(game.id)
        self._intake.put(GameTaken(game, self._links[game.id], self._intake.now(), self.pregames.of(game.id)))
        self.views.take(game.id, lease.fence)
        if before is None or before.links is not self._links[game.id]:
            await self.feeder.read([game.id])

    def _leave_what_may_be_lost(self, done: Round) -> None:
        """Nobody knows whose the games are when the leases have not been renewed for so long."""
        if self._intake.now() - self._renewed_at > self._settings.lost_after * 1e9:
            for game_id in list(self._leases):
                self._drop(game_id)
                done.counts["left"] += 1

    def _drop(self, game_id: GameId) -> None:
        """Say nothing more of it, and let the core forget it."""
        self._leases.pop(game_id, None)
        self._bodies.pop(game_id, None)
        self._links.pop(game_id, None)
        self.views.leave(game_id)
        self.feeder.forget(game_id)
        self.pregames.forget(game_id)
        if game_id in self._intake.pipeline.taken:
            self._intake.put(GameLeft(game_id, self._intake.now()))

    def _is_live(self, game_id: GameId) -> bool:
        taken = self._intake.pipeline.taken.get(game_id)
        return taken is not None and taken.game.status == "live"
