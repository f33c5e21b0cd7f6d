"""Remembers what the markets said of a game before it began: afterwards nobody could tell how strong each side is."""

from collections.abc import Sequence

from app.domain.games import Game, GameId
from app.domain.prices import SECOND, Nanos
from app.domain.views import GameView
from app.hot.state import HotState
from app.prices.glances import home_chance


class Pregames:
    """Of the games of one shard. In Redis for whoever has them next; a shard that restarts may be that one."""

    def __init__(self, hot: HotState) -> None:
        self._hot = hot
        self._chances: dict[GameId, float] = {}

    def of(self, game_id: GameId) -> float | None:
        """The home side's chance as it was last seen before the start; None when nobody has seen it."""
        return self._chances.get(game_id)

    async def recall(self, game_ids: Sequence[GameId]) -> None:
        """Look for what others have seen of these. Raises HotStoreUnavailable."""
        unknown = [game_id for game_id in game_ids if game_id not in self._chances]
        if unknown:
            for game_id, chance in (await self._hot.pregames(unknown)).items():
                self._chances.setdefault(game_id, chance)

    async def note(self, view: GameView, now: Nanos) -> None:
        """Keep what the markets say now, if the game has not begun. Raises HotStoreUnavailable; it is known here all
        the same."""
        chance = home_chance(view) if has_not_begun(view.game, now) else None
        if chance is not None and self._chances.get(view.game.id) != chance:
            self._chances[view.game.id] = chance
            await self._hot.save_pregames({view.game.id: chance})

    def forget(self, game_id: GameId) -> None:
        """It is worked on elsewhere, or over."""
        self._chances.pop(game_id, None)


def has_not_begun(game: Game, now: Nanos) -> bool:
    """By the source's word and by the clock: scores come late, and prices know before them that it has begun."""
    return game.status == "scheduled" and (not game.start_is_known or now < game.start.timestamp() * SECOND)
