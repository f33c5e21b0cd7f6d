"""Which games are active, which Eastern days to ask for, and which leagues are due to be asked."""

from collections.abc import Collection, Hashable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar

from app.domain.games import Game, eastern_date
from app.settings import DiscoverySettings

Key = TypeVar("Key", bound=Hashable)

QUIET = 4.0  # leagues with nothing near are asked this many times less often; below the life of a saved game
FIRST_RETRY = 15.0  # seconds after a failure, doubled with each further one
LONGEST_RETRY = 240.0
LONGEST_RETRY_LIVE = 60.0  # while a game was live when last heard of
MOST_DOUBLINGS = 10


def is_active(game: Game, now: datetime, settings: DiscoverySettings) -> bool:
    """Live, or scheduled to start within `ahead`; a listed game that should have begun counts until `behind`."""
    if game.status in ("live", "suspended"):
        return True
    return game.status == "scheduled" and now - settings.behind <= game.start <= now + settings.ahead


def days_to_ask(now: datetime, settings: DiscoverySettings) -> tuple[date, ...]:
    """The Eastern days that active games can belong to: around midnight in New York these are two."""
    first, last = eastern_date(now - settings.behind), eastern_date(now + settings.ahead)
    return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))


class Pacing(Generic[Key]):
    """When each league (or venue's league) was last asked, so that busy ones are asked often, quiet ones politely, and
    those that fail more and more seldom."""

    def __init__(self, every: float, every_live: float) -> None:
        self.every = every
        self.every_live = every_live
        self._next: dict[Key, datetime] = {}
        self._live: set[Key] = set()
        self._failures: dict[Key, int] = {}  # in a row
        self._troubles: dict[Key, str] = {}
        self._is_again = False  # a refresh was asked for while a round ran: it does not count as asked

    def due(self, keys: Iterable[Key], now: datetime) -> Sequence[Key]:
        """Those to ask now; a round begins."""
        self._is_again = False
        return [key for key in keys if self._next.get(key, now) <= now]

    def asked(self, key: Key, games: Sequence[Game], now: datetime) -> None:
        """It has answered, and has these active games."""
        self._failures.pop(key, None)
        self._troubles.pop(key, None)
        is_live = self._note_live(key, games)
        self._wait(key, self.every_live if is_live else self.every if games else self.every * QUIET, now)

    def failed(self, key: Key, trouble: str, now: datetime, games: Sequence[Game] | None = None) -> None:
        """It did not answer, or told no more than these games: it waits twice as long as after the failure before, yet
        no live game waits for more than a minute."""
        if games is not None:
            self._note_live(key, games)
        failures = self._failures[key] = self._failures.get(key, 0) + 1
        self._troubles[key] = trouble
        longest = LONGEST_RETRY_LIVE if key in self._live else LONGEST_RETRY
        self._wait(key, min(FIRST_RETRY * 2.0 ** min(failures - 1, MOST_DOUBLINGS), longest), now)

    def troubles_of_others(self, keys: Collection[Key]) -> Sequence[str]:
        """What went wrong with those that wait for another try and are not among these."""
        return [trouble for key, trouble in self._troubles.items() if key not in keys]

    def ask_all_again(self) -> None:
        """Somebody asked for a refresh: everything is due."""
        self._next.clear()
        self._is_again = True

    def _note_live(self, key: Key, games: Sequence[Game]) -> bool:
        is_live = any(game.status == "live" for game in games)
        (self._live.add if is_live else self._live.discard)(key)
        return is_live

    def _wait(self, key: Key, seconds: float, now: datetime) -> None:
        if not self._is_again:
            self._next[key] = now + timedelta(seconds=seconds)
