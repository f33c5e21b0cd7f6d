"""Lets the core of this process know what others know: the games that something here is about though another process
works on them, and every book of a game it knows whose venue another process listens to.

In a process that works on all games and holds all sockets there is nothing to do.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import suppress

from app.domain.games import GameId
from app.domain.inputs import GameLeft, GameTaken
from app.domain.links import Link
from app.domain.operations import Round
from app.errors import HotStoreUnavailable
from app.resources import Resources
from workers.feeders import Feeder
from workers.game_readings import GameReadings
from workers.monitors import keep_ticking
from workers.pregames import Pregames
from workers.turns import under_way

EVERY = 1.0  # seconds


async def game_follower(resources: Resources) -> AsyncGenerator[Round]:
    """A round each second, and whenever a game is wanted."""
    follower = GameFollower(resources)
    stop_hearing = resources.intake.overhear(GameTaken, follower.hear)
    resources.followings.is_heeded = True
    try:
        beside = (follower.feeder.run(), follower.keep_filling(), keep_ticking(resources.intake))
        async with under_way(beside) as tasks:
            while True:
                yield await follower.round()
                await follower.wait(EVERY)
                for task in tasks:
                    if task.done():
                        task.result()  # raises what it fell over
    finally:
        stop_hearing()
        resources.followings.is_heeded = False
        follower.end()


class GameFollower:
    """The games and books that one process is told of by others."""

    def __init__(self, resources: Resources) -> None:
        self.feeder = Feeder(resources)
        self._intake = resources.intake
        self._followings = resources.followings
        self._taken = resources.intake.pipeline.taken
        self._readings = GameReadings(resources, Pregames(resources.hot), is_followed=True)
        self._links: dict[GameId, tuple[Link, ...]] = {}  # as they were when its books were read
        self._unfilled: dict[GameId, None] = {}  # it has others since
        self._is_unfilled = asyncio.Event()
        self._filling = asyncio.Lock()

    def hear(self, told: GameTaken) -> None:
        """The core was told of a game, by whomever; its books are read soon if it has other links than before."""
        if self._links.get(told.game.id) is not told.links:
            self._links[told.game.id] = told.links
            self._unfilled[told.game.id] = None
            self._is_unfilled.set()

    async def round(self) -> Round:
        """How the games stand that are followed, and which they are."""
        done = Round()
        self._followings.news.clear()
        wanted = [each for each in self._followings.wanted() if self._is_left_to_others(each)]
        self._leave(each for each, taken in self._taken.items() if taken.is_followed and each not in wanted)
        try:
            async for told in self._readings.news(wanted):
                if self._is_left_to_others(told.game.id):  # else taken while the others were looked at
                    self._intake.put(told)
                    done.counts["changed"] += 1
            self._leave(each for each in wanted if each not in self._readings.found)  # it is over
            await self._fill()
            self._followings.note(wanted)
        except HotStoreUnavailable as error:
            done.note("hot_unavailable", f"games stay as they were known: {error}")
        done.counts["games"] = sum(each.is_followed for each in self._taken.values())
        return done

    async def wait(self, seconds: float) -> None:
        """Until a game is wanted, or so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._followings.news.wait()

    async def keep_filling(self) -> None:
        """Read the books of games that were taken, until cancelled; while Redis is away the feeder loses them all, and
        reads them anew."""
        while True:
            await self._is_unfilled.wait()
            with suppress(HotStoreUnavailable):
                await self._fill()

    async def _fill(self) -> None:
        async with self._filling:
            self._is_unfilled.clear()
            unfilled, self._unfilled = self._unfilled, {}
            self._links = {each: links for each, links in self._links.items() if each in self._taken}
            self.feeder.forget_all_but(self._taken)
            await self.feeder.read(unfilled)

    def end(self) -> None:
        """Nobody tells of them any more."""
        self._leave(self._taken)
        self.feeder.forget_all_but(())

    def _leave(self, game_ids: Iterable[GameId]) -> None:
        for game_id in list(game_ids):
            if game_id in self._taken and self._is_left_to_others(game_id):
                self._intake.put(GameLeft(game_id, self._intake.now()))
                self._readings.forget(game_id)

    def _is_left_to_others(self, game_id: GameId) -> bool:
        taken = self._taken.get(game_id)
        return taken is None or taken.is_followed
