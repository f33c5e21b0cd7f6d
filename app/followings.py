"""The games that something here is about, whoever works on them: an order, something that is held, a signal of another
process. The core of this process has to know them, and the `game_follower` sees to that."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress

from app.domain.games import GameId
from app.domain.inputs import GameTaken
from app.domain.prices import SECOND, Nanos

KEPT = 120 * SECOND  # since it was wanted last: the next signal often comes within minutes
KNOWN_WITHIN = 0.5  # seconds that somebody waits for a game that was not followed yet


class Followings:
    """`taken`: the games that the core knows; `now`: the clock."""

    def __init__(self, taken: Mapping[GameId, GameTaken], now: Callable[[], Nanos]) -> None:
        self.is_heeded = False  # somebody in this process sees to it
        self.news = asyncio.Event()  # a game is wanted that was not
        self._taken = taken
        self._now = now
        self._until: dict[GameId, Nanos] = {}
        self._seen: set[GameId] = set()  # looked at since they were wanted
        self._looked = asyncio.Event()

    def __contains__(self, game_id: object) -> bool:
        return self.is_heeded and game_id in self._until

    def want(self, game_ids: Iterable[GameId]) -> None:
        """They are followed for a while, unless they are worked on here."""
        until = Nanos(self._now() + KEPT)
        for game_id in game_ids:
            if game_id not in self._until:
                self.news.set()
            self._until[game_id] = until

    async def know(self, game_ids: Collection[GameId]) -> None:
        """The same, and wait until it is so; not for long: of a game that is over there may be nothing to know."""
        self.want(game_ids)
        with suppress(TimeoutError):
            async with asyncio.timeout(KNOWN_WITHIN):
                while self.is_heeded and not all(map(self._is_known, game_ids)):
                    await self._looked.wait()

    def wanted(self) -> list[GameId]:
        """All of them, now."""
        now = self._now()
        self._until = {each: min(until, Nanos(now + KEPT)) for each, until in self._until.items() if until > now}
        self._seen &= self._until.keys()
        return list(self._until)

    def note(self, game_ids: Iterable[GameId]) -> None:
        """What can be known of these is known now."""
        self._seen.update(game_ids)
        self._looked.set()
        self._looked = asyncio.Event()

    def _is_known(self, game_id: GameId) -> bool:
        taken = self._taken.get(game_id)
        return game_id in self._seen or (taken is not None and not taken.is_followed)
