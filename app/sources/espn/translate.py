"""ESPN's answers → games and teams. Pure; every trap of the feed is handled here."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import partial
from itertools import groupby

import msgspec

from app.domain.games import Game, GameId, GameStatus, WinProbability
from app.domain.leagues import LEAGUES, League, LeagueCode, Pool
from app.domain.parsing import (
    Page,
    Parsed,
    Refusal,
    WrongField,
    decode,
    decode_element,
    first_of_each,
    parsed,
    read_moment,
    refused_where,
)
from app.domain.teams import Team, TeamId
from app.errors import PayloadRefused
from app.sources.espn import wire
from app.sources.espn.boards import SOCCER_NUMBERS, SPORT_NUMBERS

# All of these have the state `post`, most of them at 0-0: never read `post` as final.
DELAYED = frozenset({"STATUS_DELAYED", "STATUS_RAIN_DELAY", "STATUS_DELAY"})
NO_RESULT: dict[str, GameStatus] = {
    "STATUS_POSTPONED": "postponed",
    "STATUS_CANCELED": "cancelled",
    "STATUS_CANCELLED": "cancelled",
    "STATUS_ABANDONED": "cancelled",
    "STATUS_SUSPENDED": "suspended",
}
_TO_BE_DECIDED = re.compile(r"^(TBD|TBA|.*\b(Winner|Loser))$", re.IGNORECASE)
_HALF_INNING = re.compile(r"\b(Top|Mid|Bot|End) \d+\w\w\b")
MOST_COUNTED = 10_000  # points or periods of a game; more is neither
_UID = re.compile(r"s:(\d+)(?:~l:(\d+))?")


def games_from(payload: bytes, league: LeagueCode) -> Parsed[Game]:
    """Every game of a scoreboard. Raises PayloadRefused when it is none."""
    read = parsed(games_page(payload, league).elements)
    return Parsed(number_doubleheaders(read.items), read.refused)


def games_page(payload: bytes, league: LeagueCode) -> Page[Game]:
    """A scoreboard to be read game by game, doubleheaders not numbered yet. Raises PayloadRefused."""
    board = decode(payload, wire.SCOREBOARD)
    if board.events is None:
        raise PayloadRefused("events: missing")
    return Page(first_of_each(_games(board.events, LEAGUES[league])))


def summary_from(payload: bytes, league: LeagueCode) -> Parsed[Game]:
    """The one game of a summary, with the newest win probability of its plays. Raises PayloadRefused."""
    summary = decode(payload, wire.SUMMARY)
    if not bytes(summary.header):
        raise PayloadRefused("header: missing")
    read = parsed(_games([summary.header], LEAGUES[league]))
    newest = summary.winprobability[-1].home_win_percentage if summary.winprobability else None
    games = [msgspec.structs.replace(game, home_win_probability=share(newest)) for game in read.items]
    return Parsed(tuple(games), read.refused)


def win_probability_from(payload: bytes, league: LeagueCode) -> WinProbability | None:
    """The newest of a summary, with the score; None when the game has none. Raises PayloadRefused."""
    for game in summary_from(payload, league).items:
        if game.home_win_probability is not None and game.home_score is not None and game.away_score is not None:
            return WinProbability(game.home_win_probability, game.home_score, game.away_score)
    return None


def teams_page(payload: bytes, league: LeagueCode) -> Page[Team]:
    """A team list to be read team by team. Raises PayloadRefused."""
    listed = decode(payload, wire.TEAM_LIST)
    if listed.sports is None:
        raise PayloadRefused("sports: missing")
    raws = [raw for sport in listed.sports for part in sport.leagues or () for raw in part.teams or ()]
    return Page(first_of_each(_teams(raws, LEAGUES[league].pool)))


def number_doubleheaders(games: Sequence[Game]) -> tuple[Game, ...]:
    """Games 1 and 2 where the same two teams play twice on one Eastern day. Games called off are not counted."""
    numbers: dict[GameId, int] = {}
    played = filter(_counts_as_played, games)
    for _, same in groupby(sorted(played, key=_order_of_play), key=_pairing):
        if len(pair := list(same)) > 1:
            numbers |= {game.id: number for number, game in enumerate(pair, 1)}
    return tuple(msgspec.structs.replace(game, number=numbers.get(game.id, 0)) for game in games)


def _counts_as_played(game: Game) -> bool:
    return LEAGUES[game.league].has_teams and game.status not in ("postponed", "cancelled")


def _pairing(game: Game) -> tuple[str, tuple[str, ...], date]:
    return game.league, tuple(sorted(game.teams)), game.eastern_date


def _order_of_play(game: Game) -> tuple[object, ...]:
    return _pairing(game), not game.start_is_known, game.start, game.id


def _games(raws: Sequence[msgspec.Raw], asked: League) -> Iterator[Game | Refusal]:
    for index, raw in enumerate(raws):
        where = f"events[{index}]"
        event = decode_element(raw, wire.EVENT, where)
        if isinstance(event, Refusal):
            yield event
            continue
        where = f"{where} {event.id or ''}".rstrip()
        league = refused_where(where, partial(_league_of, event, asked))
        if isinstance(league, Refusal):
            yield league
        else:
            yield from _games_of(event, league, where)


def _games_of(event: wire.Event, league: League, where: str) -> Iterator[Game | Refusal]:
    if event.competitions is None and event.groupings is None:
        yield Refusal(where, "competitions", "missing")
    for place, raw in _competitions(event):
        competition = decode_element(raw, wire.COMPETITION, f"{where} {place}")
        if isinstance(competition, Refusal):
            yield competition
        elif not _is_to_be_decided(competition):
            yield refused_where(f"{where} {place}", partial(_game, competition, event, league))


def _competitions(event: wire.Event) -> Iterator[tuple[str, msgspec.Raw]]:
    for number, raw in enumerate(event.competitions or ()):
        yield f"competitions[{number}]", raw
    for group, grouping in enumerate(event.groupings or ()):
        for number, raw in enumerate(grouping.competitions or ()):
            yield f"groupings[{group}].competitions[{number}]", raw


def _game(competition: wire.Competition, event: wire.Event, league: League) -> Game:
    home, away = _sides(competition.competitors or [])
    status = _status(competition.status or event.status)
    has_begun = status not in ("scheduled", "postponed", "cancelled")
    return Game(
        id=GameId(_present(competition.id or event.id, "id")),
        league=league.code,
        home=_side(home, league.pool),
        away=_side(away, league.pool),
        start=_start(competition, event),
        start_is_known=competition.time_valid is not False and _status_name(competition) != "STATUS_TBD",
        status=status,
        is_delayed=status in ("live", "scheduled") and _status_name(competition) in DELAYED,
        period=_period(competition.status) if has_begun else 0,
        clock=_clock(competition) if status == "live" else "",
        home_score=_score(home) if has_begun else None,
        away_score=_score(away) if has_begun else None,
        is_neutral_site=bool(competition.neutral_site),
        stadium_id=str(competition.venue.id or "") if competition.venue else "",
        home_win_probability=_probability(competition),
    )


def _league_of(event: wire.Event, asked: League) -> League:
    found = _UID.match(event.uid or "")
    if not found:
        return asked
    if found[1] != SPORT_NUMBERS.get(asked.sport, found[1]):
        raise WrongField("uid", f"{event.uid} is of another sport than {asked.code}")
    if asked.code == "soccer" and found[2] in SOCCER_NUMBERS:
        return LEAGUES[SOCCER_NUMBERS[found[2]]]
    return asked


def _sides(competitors: Sequence[wire.Competitor]) -> tuple[wire.Competitor, wire.Competitor]:
    """Home and away by their own word, never by order; where nobody is at home, the first listed counts as home."""
    if len(competitors) != 2:
        raise WrongField("competitors", f"{len(competitors)} instead of two")
    first, second = competitors
    said = (first.home_away, second.home_away)
    if said == ("away", "home"):
        return second, first
    if said != ("home", "away") and any(side.team for side in competitors):
        raise WrongField("competitors.homeAway", f"{said[0]} and {said[1]}")
    return first, second


def _status(status: wire.Status | None) -> GameStatus:
    """A name unknown to us falls back to the state; `post` without a result is suspended, which settles nothing."""
    kind = status.type if status else None
    if kind is None or kind.state not in ("pre", "in", "post"):
        raise WrongField("status.type.state", "missing" if kind is None or not kind.state else repr(kind.state))
    if kind.name in NO_RESULT:
        return NO_RESULT[kind.name]
    if kind.state == "post":
        return "final" if kind.completed else "suspended"
    return "live" if kind.state == "in" else "scheduled"


def _status_name(competition: wire.Competition) -> str:
    status = competition.status
    return (status.type.name or "") if status and status.type else ""


def _start(competition: wire.Competition, event: wire.Event) -> datetime:
    said = competition.date or competition.start_date or event.date
    return read_moment(_present(said, "date"), "date")


def _period(status: wire.Status | None) -> int:
    return counted((status.period if status else None) or 0) or 0


def _clock(competition: wire.Competition) -> str:
    """As it is shown; baseball has none ("0:00"), and is told by half-inning and outs."""
    status, situation = competition.status or wire.Status(), competition.situation
    inning = _HALF_INNING.search((status.type and status.type.short_detail) or "")
    if inning is None:
        return status.display_clock or ""
    outs = situation.outs if situation and inning[1] in ("Top", "Bot") else None
    return inning[0] if outs is None else f"{inning[0]}, {outs} {'out' if outs == 1 else 'outs'}"


def _score(side: wire.Competitor) -> int | None:
    score = side.score.value if isinstance(side.score, wire.ScoreObject) else side.score
    try:
        return counted(float(score)) if score is not None else None
    except (ValueError, OverflowError):  # cricket and golf write prose
        return None


def counted(said: float | None) -> int | None:
    """Points or periods; None for what cannot be so many."""
    return int(said) if said is not None and 0 <= said <= MOST_COUNTED else None


def _probability(competition: wire.Competition) -> float | None:
    play = competition.situation.last_play if competition.situation else None
    said = play.probability.home_win_percentage if play and play.probability else None
    return share(said)


def share(said: float | None) -> float | None:
    """A chance; None for what is none."""
    return said if said is not None and 0 <= said <= 1 else None


def _is_to_be_decided(competition: wire.Competition) -> bool:
    """A bracket slot without its teams is no game yet."""
    return any(
        str(side.id or "").startswith("-")
        or (side.team is not None and side.team.abbreviation in ("TBD", "TBA"))
        or _TO_BE_DECIDED.match((named.display_name or "") if (named := side.team or _person(side)) else "")
        for side in competition.competitors or ()
    )


def _person(side: wire.Competitor) -> wire.Person | None:
    return side.athlete or side.roster


def _side(side: wire.Competitor, pool: Pool) -> Team:
    if side.team:
        return _team(side.team, pool, "competitors.team")
    person = _person(side) or wire.Person()
    name = person.display_name or person.full_name
    return Team(
        id=TeamId(f"{pool}:{_present(side.id, 'competitors.id')}"),
        pool=pool,
        name=_present(name, "competitors.athlete.displayName"),
        names=_further((person.full_name, person.short_name, person.short_display_name), known=(name,)),
    )


def _teams(raws: Sequence[msgspec.Raw], pool: Pool) -> Iterator[Team | Refusal]:
    for index, raw in enumerate(raws):
        where = f"teams[{index}]"
        entry = decode_element(raw, wire.TEAM_ENTRY, where)
        if isinstance(entry, Refusal):
            yield entry
        else:
            yield refused_where(where, partial(_team, entry.team or wire.Team(), pool, "team"))


def _team(team: wire.Team, pool: Pool, field: str) -> Team:
    name = _present(team.display_name or team.location, f"{field}.displayName")
    known = (name, team.location, team.name, team.abbreviation)
    return Team(
        id=TeamId(f"{pool}:{_present(team.id, f'{field}.id')}"),
        pool=pool,
        name=name,
        location=(team.location or "").strip(),
        nickname=(team.name or "").strip(),
        abbreviation=(team.abbreviation or "").strip(),
        names=_further((team.short_display_name, team.nickname), known),
    )


def _further(names: Sequence[str | None], known: Sequence[str | None]) -> tuple[str, ...]:
    """What is not known yet, each once, without the blanks that some names end with."""
    said = dict.fromkeys(name.strip() for name in names if name)
    return tuple(name for name in said if name and name not in known)


def _present(value: str | int | None, field: str) -> str:
    if value is None or not str(value).strip():
        raise WrongField(field)
    return str(value).strip()
