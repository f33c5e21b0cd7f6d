"""ESPN's answers as they are written. Unknown keys are skipped, known ones may all be absent."""

import msgspec

Id = str | int


class Wire(msgspec.Struct, rename="camel", kw_only=True, gc=False):
    """A JSON object of ESPN."""


class StatusType(Wire):
    name: str | None = None
    state: str | None = None  # pre, in, post; a postponed game is post too
    completed: bool | None = None
    short_detail: str | None = None  # baseball: "Top 6th", "Mid 6th", "Bot 6th", "End 6th"


class Status(Wire):
    type: StatusType | None = None
    period: int | float | None = None
    display_clock: str | None = None


class Team(Wire):
    id: Id | None = None
    location: str | None = None
    name: str | None = None
    nickname: str | None = None  # in team lists: the place once more, or a short form of it
    abbreviation: str | None = None
    display_name: str | None = None
    short_display_name: str | None = None
    is_active: bool | None = None


class Person(Wire):
    """An athlete, or the roster of a doubles team."""

    display_name: str | None = None
    full_name: str | None = None
    short_name: str | None = None
    short_display_name: str | None = None


class ScoreObject(Wire):
    value: float | None = None


class Competitor(Wire):
    id: Id | None = None
    home_away: str | None = None
    score: str | int | float | ScoreObject | None = None
    team: Team | None = None
    athlete: Person | None = None
    roster: Person | None = None


class Probability(Wire):
    home_win_percentage: float | None = None  # 0..1


class LastPlay(Wire):
    probability: Probability | None = None


class Situation(Wire):
    last_play: LastPlay | None = None
    outs: int | None = None  # baseball


class Venue(Wire):
    id: Id | None = None


class Competition(Wire):
    id: Id | None = None
    uid: str | None = None
    date: str | None = None
    start_date: str | None = None
    time_valid: bool | None = None
    neutral_site: bool | None = None
    venue: Venue | None = None
    competitors: list[Competitor] | None = None
    status: Status | None = None
    situation: Situation | None = None


class Grouping(Wire):
    competitions: list[msgspec.Raw] | None = None


class Event(Wire):
    """A game; in tennis a tournament, in mixed martial arts a card of fights."""

    id: Id | None = None
    uid: str | None = None  # "s:40~l:46~e:401810123": sport, league, event
    date: str | None = None
    status: Status | None = None
    competitions: list[msgspec.Raw] | None = None
    groupings: list[Grouping] | None = None


class Scoreboard(Wire):
    events: list[msgspec.Raw] | None = None


class Summary(Wire):
    """One game in depth: `header` is shaped like an event of the scoreboard."""

    header: msgspec.Raw = msgspec.Raw()  # empty: missing
    winprobability: list[Probability] | None = None  # a play each, oldest first


class TeamEntry(Wire):
    team: Team | None = None


class TeamLeague(Wire):
    teams: list[msgspec.Raw] | None = None


class TeamSport(Wire):
    leagues: list[TeamLeague] | None = None


class TeamList(Wire):
    sports: list[TeamSport] | None = None


SCOREBOARD = msgspec.json.Decoder(Scoreboard)
EVENT = msgspec.json.Decoder(Event, strict=False)
COMPETITION = msgspec.json.Decoder(Competition, strict=False)
SUMMARY = msgspec.json.Decoder(Summary, strict=False)
TEAM_LIST = msgspec.json.Decoder(TeamList)
TEAM_ENTRY = msgspec.json.Decoder(TeamEntry, strict=False)
