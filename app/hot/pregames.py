"""What the markets said of a game before it began: how strong each side is, for whoever works on it later."""

from collections.abc import Mapping, Sequence

from app.domain.games import GameId
from app.hot.keys import PREGAME_LIFETIME, pregame_key
from app.hot.shelves import Keeper, set_command


class Pregames(Keeper):
    """One number a game."""

    async def save_pregames(self, chances: Mapping[GameId, float]) -> None:
        """The home side's chance, 0..1, of games that have not begun: the newest stays."""
        if chances:
            commands = (
                set_command(pregame_key(game_id), repr(chance).encode(), PREGAME_LIFETIME)
                for game_id, chance in chances.items()
            )
            await self._door.transact(*commands)

    async def pregames(self, game_ids: Sequence[GameId]) -> dict[GameId, float]:
        """Of those of these that somebody has seen before they began."""
        found = await self._door.values([pregame_key(game_id) for game_id in game_ids])
        read = {game_id: _read(value) for game_id, value in zip(game_ids, found, strict=True) if value is not None}
        return {game_id: chance for game_id, chance in read.items() if chance is not None}

    async def drop_pregames(self, game_ids: Sequence[GameId]) -> None:
        """Their numbers are other games' from now on."""
        if game_ids:
            await self._door.transact(("DEL", *(pregame_key(game_id) for game_id in game_ids)))


def _read(value: bytes) -> float | None:
    try:
        chance = float(value)
    except ValueError:
        return None
    return chance if 0 <= chance <= 1 else None
