"""What the score source's page of a game says of who wins, where its scoreboard says nothing."""

from collections.abc import Mapping

import msgspec

from app.domain.games import Game, GameId, WinProbability
from app.domain.parsing import NOT_READABLE
from app.hot.keys import WIN_PROBABILITY_LIFETIME, win_probability_key
from app.hot.shelves import Keeper, set_command

_SAID = msgspec.json.Decoder(WinProbability)


class WinProbabilities(Keeper):
    """Each is of one score, and soon too old to say anything."""

    async def save_win_probability(self, game_id: GameId, said: WinProbability) -> None:
        key, body = win_probability_key(game_id), msgspec.json.encode(said)
        await self._door.transact(set_command(key, body, WIN_PROBABILITY_LIFETIME))

    async def with_win_probabilities(self, games: Mapping[GameId, Game]) -> dict[GameId, Game]:
        """All of these: those that are played and have none with the one of their score, if there is one."""
        without = [each.id for each in games.values() if each.status == "live" and each.home_win_probability is None]
        found = await self._door.values([win_probability_key(game_id) for game_id in without])
        said = {game_id: _read(body) for game_id, body in zip(without, found, strict=True) if body is not None}
        return {game_id: _told(game, said.get(game_id)) for game_id, game in games.items()}


def _told(game: Game, said: WinProbability | None) -> Game:
    if said is None or (game.home_score, game.away_score) != (said.home_score, said.away_score):
        return game
    return msgspec.structs.replace(game, home_win_probability=said.home)


def _read(body: bytes) -> WinProbability | None:
    try:
        return _SAID.decode(body)
    except NOT_READABLE:
        return None
