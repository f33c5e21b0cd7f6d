"""Games: real contests. A game knows no venue."""

from datetime import date, datetime
from typing import Literal, NewType
from zoneinfo import ZoneInfo

import msgspec

from app.domain.leagues import LeagueCode
from app.domain.teams import Team, TeamId

GameId = NewType("GameId", str)  # the score source's event id, or `x:{league}:{eastern date}:{away}-{home}[:n]`
GameStatus = Literal["scheduled", "live", "final", "postponed", "cancelled", "suspended"]

EASTERN = ZoneInfo("America/New_York")


class Game(msgspec.Struct, frozen=True, kw_only=True):
    """One contest between two teams, as the score source tells it."""

    id: GameId
    league: LeagueCode
    home: Team
    away: Team
    start: datetime  # UTC
    start_is_known: bool = True  # False: the clock time is a placeholder, only the Eastern day counts
    status: GameStatus = "scheduled"
    period: int = 0
    clock: str = ""  # as the source shows it: "8:32" left, "67'" gone; baseball: "Top 6th, 2 outs"
    home_score: int | None = None
    away_score: int | None = None
    number: int = 0  # 1, 2 in a doubleheader; 0 when it is the only game of the day
    is_neutral_site: bool = False
    is_delayed: bool = False  # the start has slipped, or play is interrupted, and goes on today
    is_provisional: bool = False  # the score source does not have it (yet): linkable, never tradable
    stadium_id: str = ""
    home_win_probability: float | None = None

    @property
    def eastern_date(self) -> date:
        """The calendar day in New York, by which US leagues and both venues name a game."""
        return eastern_date(self.start)

    @property
    def teams(self) -> frozenset[TeamId]:
        """Both sides without order: neutral sites are listed either way round."""
        return frozenset((self.home.id, self.away.id))


class WinProbability(msgspec.Struct, frozen=True):
    """What the source says of who wins, and the score that it speaks of. `home`: 0..1."""

    home: float
    home_score: int
    away_score: int


def eastern_date(moment: datetime) -> date:
    """The calendar day in New York of a moment."""
    return moment.astimezone(EASTERN).date()
