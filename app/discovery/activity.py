"""Which games are active, which Eastern days to ask for, and which leagues are due to be asked."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from app.domain.games import Game, eastern_date
from app.domain.leagues import LeagueCode
from app.settings import DiscoverySettings

QUIET = 4.0  # leagues with nothing near are asked this many times less often; below the life of a saved game


def is_active(game: Game, now: datetime, settings: DiscoverySettings) -> bool:
    """Live, or scheduled to start within `ahead`; a listed game that should have begun counts until `behind`."""
    if game.status in ("live", "suspended"):
        return True
    return game.status == "scheduled" and now - settings.behind <= game.start <= now + settings.ahead


def days_to_ask(now: datetime, settings: DiscoverySettings) -> tuple[date, ...]:
    """The Eastern days that active games can belong to: around midnight in New York these are two."""
    first, last = eastern_date(now - settings.behind), eastern_date(now + settings.ahead)
    return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))


class Pacing:
    """When each league was last asked, so that busy ones are asked often and quiet ones politely."""

    def __init__(self, every: float, every_live: float) -> None:
        self.every = every
        self.every_live = every_live
        self._next: dict[LeagueCode, datetime] = {}

    def due(self, leagues: Iterable[LeagueCode], now: datetime) -> Sequence[LeagueCode]:
        """The leagues to ask now."""
        return [league for league in leagues if self._next.get(league, now) <= now]

    def asked(self, league: LeagueCode, games: Sequence[Game], now: datetime) -> None:
        """A league was asked and has these active games."""
        is_live = any(game.status == "live" for game in games)
        wait = self.every_live if is_live else self.every if games else self.every * QUIET
        self._next[league] = now + timedelta(seconds=wait)

    def ask_all_again(self) -> None:
        """Somebody asked for a refresh: everything is due."""
        self._next.clear()
