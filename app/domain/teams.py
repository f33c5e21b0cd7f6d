"""Teams, and what is said when two names are compared."""

from datetime import datetime
from typing import Annotated, Literal, NewType

import msgspec

from app.domain.leagues import LeagueCode, Pool

TeamId = NewType("TeamId", str)  # "{pool}:{score source's id}": "nba:2", "soccer:83"

Method = Literal["exact", "alias", "context", "fuzzy", "none"]
TeamKind = Literal["", "nation", "women", "college"]  # of women beside men's in one pool; "": a club, or nobody knows
Finding = Literal["agrees", "differs", "unknown"]


class Team(msgspec.Struct, frozen=True, gc=False):
    """A side that plays. Every name is as its source writes it; `names` are further names known for it."""

    id: TeamId
    pool: Pool
    name: str  # "Boston Celtics"
    location: str = ""  # "Boston"
    nickname: str = ""  # "Celtics"
    abbreviation: str = ""  # "BOS"
    names: tuple[str, ...] = ()
    places: tuple[str, ...] = ()  # that may stand beside its name: "Santa Fe", "Argentina", "ARG"
    kind: TeamKind = ""


class Reason(msgspec.Struct, frozen=True, gc=False):
    """One field that was compared, what came of it, and the two values in words."""

    field: str
    finding: Finding
    detail: str


class MatchContext(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What else is known about the game a name was found in; all optional."""

    opponent: str | None = None
    start: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    league: LeagueCode | None = None
    venue_id: str | None = None  # of the stadium, as the score source numbers it
    matched_side: str | None = None  # a team already agreed on for this game


class Resolution(msgspec.Struct, frozen=True, gc=False):
    """Name → team. `team` is None when nothing, or more than one thing, answers to the name."""

    query: str
    team: Team | None
    confidence: float  # 0..1
    method: Method
    candidates: tuple[Team, ...] = ()
    reasons: tuple[Reason, ...] = ()


class TeamMatch(msgspec.Struct, frozen=True, gc=False):
    """Are two names one team? `candidates` names who else could be meant when it is ambiguous."""

    is_match: bool
    confidence: float  # 0..1, of the verdict itself
    method: Method
    target_team: Team | None
    candidate_team: Team | None
    reasons: tuple[Reason, ...] = ()
    candidates: tuple[Team, ...] = ()
