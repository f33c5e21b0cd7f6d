"""How games stand in Redis: whoever tells the core of them tells it again when anything has changed."""

from collections.abc import AsyncIterator, Collection, Mapping

from app.domain.games import Game, GameId
from app.domain.inputs import GameTaken
from app.domain.links import Link
from app.hot.games import read_links
from app.resources import Resources
from workers.pregames import Pregames
from workers.turns import Breath

LINKS_EVERY = 5  # looks; scores are looked at in each


class GameReadings:
    """`is_followed`: another process works on them."""

    def __init__(self, resources: Resources, pregames: Pregames, *, is_followed: bool = False) -> None:
        self._hot = resources.hot
        self._now = resources.intake.now
        self._taken: Mapping[GameId, GameTaken] = resources.intake.pipeline.taken
        self._pregames = pregames
        self._is_followed = is_followed
        self._bodies: dict[GameId, bytes] = {}  # of the links, as they were read
        self._links: dict[GameId, tuple[Link, ...]] = {}
        self._looks = 0
        self.found: Collection[GameId] = ()  # of those that were looked at last

    async def news(self, game_ids: Collection[GameId]) -> AsyncIterator[GameTaken]:
        """What the core is to be told of these games now. Raises HotStoreUnavailable."""
        games = await self._hot.with_win_probabilities(await self._hot.games(list(game_ids)))
        self.found = games.keys()
        due = [each for each in games if self._looks % LINKS_EVERY == 0 or each not in self._bodies]
        self._looks += 1
        bodies, breath = await self._hot.link_bodies(due), Breath()
        await self._pregames.recall(due)
        for game_id, game in games.items():
            body = bodies.get(game_id, self._bodies.get(game_id))
            if body is not None and self._is_news(game, body):
                yield self._told(game, body)
                await breath.take()

    def forget(self, game_id: GameId) -> None:
        """It is none of ours any more."""
        self._bodies.pop(game_id, None)
        self._links.pop(game_id, None)
        self._pregames.forget(game_id)

    def _is_news(self, game: Game, body: bytes) -> bool:
        taken = self._taken.get(game.id)
        if taken is None or taken.game != game or self._bodies.get(game.id) != body:
            return True
        is_other = taken.is_followed != self._is_followed
        return is_other or (taken.pregame is None and self._pregames.of(game.id) is not None)

    def _told(self, game: Game, body: bytes) -> GameTaken:
        if self._bodies.get(game.id) != body:
            self._bodies[game.id], self._links[game.id] = body, read_links(body)
        return GameTaken(game, self._links[game.id], self._now(), self._pregames.of(game.id), self._is_followed)
