"""Who plays in an event: the venue's names and codes, and its title, each asked for the two teams."""

from collections.abc import Sequence

import msgspec

from app.domain.leagues import League
from app.domain.markets import Competitor, Event
from app.domain.teams import MatchContext, Reason, Resolution, Team
from app.matching.matcher import resolve_team
from app.matching.registry import Registry
from app.matching.titles import Matchup, read_matchup


class Side(msgspec.Struct, frozen=True):
    """One competitor and the teams that may be meant: one when it is clear, several when the name is ambiguous."""

    competitor: Competitor
    teams: tuple[Team, ...]
    reason: Reason
    named: tuple[Team, ...] = ()  # whom the name alone may mean
    coded: tuple[Team, ...] = ()  # whom the code alone would mean

    @property
    def team(self) -> Team | None:
        return self.teams[0] if len(self.teams) == 1 else None


def find_sides(event: Event, league: League, registry: Registry) -> tuple[Side, Side] | None:
    """Both sides of an event in the venue's own order; None when it does not name two."""
    named = _name_competitors(event)
    if named is None:
        return None
    first, second = (_find_side(competitor, league, registry) for competitor in named)
    return _crossed(*_without_each_other(first, second))


def home_and_away(event: Event, first: Side, second: Side, league: League) -> tuple[Side, Side]:
    """Nominal (home, away) for a game that only venues know: by the venue's own mark, else by its order of names."""
    if first.competitor.side == "home" or second.competitor.side == "away":
        return first, second
    if first.competitor.side == "away" or second.competitor.side == "home":
        return second, first
    matchup = _read_matchup(event)
    if matchup is not None and matchup.first_is_away:
        return second, first
    return (first, second) if league.sport == "soccer" else (second, first)


def _name_competitors(event: Event) -> tuple[Competitor, Competitor] | None:
    """The venue's competitors, with the names of the title where the venue gives codes only."""
    matchup = _read_matchup(event)
    given = event.competitors
    if len(given) != 2:
        return (Competitor(matchup.first), Competitor(matchup.second)) if matchup else None
    if matchup is None or all(competitor.name for competitor in given):
        return (given[0], given[1])
    first, second = (
        msgspec.structs.replace(competitor, name=competitor.name or name)
        for competitor, name in zip(given, (matchup.first, matchup.second), strict=True)
    )
    return first, second


def _read_matchup(event: Event) -> Matchup | None:
    """By the event's title; of a market that came without its event, by what every market's title says."""
    if event.title:
        return read_matchup(event.title)
    told = {read_matchup(market.title) for market in event.markets or ()} - {None}
    return told.pop() if len(told) == 1 else None


def _find_side(competitor: Competitor, league: League, registry: Registry) -> Side:
    """The name counts; a code, which every venue makes up its own, may settle an ambiguous name or stand alone. Where
    not every competitor is known, likeness says nothing, and that of a code never beside a name."""
    named = _resolve(competitor.name, league, registry, may_be_alike=league.has_teams)
    coded = _resolve(competitor.code, league, registry, may_be_alike=league.has_teams and not competitor.name)
    by_name, by_code = _meant(named), _meant(coded)
    both = [team for team in by_name if team.id in {other.id for other in by_code}]
    is_settled = bool(both) or len(by_name) == 1
    teams = (both or by_name) if is_settled else [*by_name, *by_code]
    reason = _say(competitor, teams, named, is_both=bool(both))
    return Side(competitor, tuple(teams), reason, tuple(by_name), tuple(by_code))


def _resolve(name: str, league: League, registry: Registry, *, may_be_alike: bool) -> Resolution | None:
    found = resolve_team(registry, name, league, MatchContext(league=league.code)) if name else None
    return None if found and found.method == "fuzzy" and not may_be_alike else found


def _meant(found: Resolution | None) -> list[Team]:
    if found is None:
        return []
    return [found.team] if found.team else list(found.candidates)


def _say(competitor: Competitor, teams: Sequence[Team], named: Resolution | None, *, is_both: bool) -> Reason:
    """Likeness alone, and a code alone, are clues that may pick the game; they prove nothing."""
    written = " / ".join(part for part in (competitor.name, competitor.code) if part)
    if not teams:
        return Reason("team", "unknown", f"'{written}' answers to no known team")
    if len(teams) > 1:
        return Reason("team", "unknown", f"'{written}' may be {', '.join(team.name for team in teams[:6])}")
    if is_both:
        return Reason("team", "agrees", f"'{written}' is {teams[0].name} (by name and code)")
    if named is None or named.team is None:
        return Reason("team", "unknown", f"'{written}' is {teams[0].name} by its code alone")
    if named.method == "fuzzy":
        return Reason("team", "unknown", f"'{written}' is only most like {teams[0].name}")
    return Reason("team", "agrees", f"'{written}' is {teams[0].name} (by name)")


def _without_each_other(first: Side, second: Side) -> tuple[Side, Side]:
    """A team does not play itself: who is surely on one side is not the other."""
    return _without(first, second.team), _without(second, first.team)


def _crossed(first: Side, second: Side) -> tuple[Side, Side]:
    """A code that means the other side's team contradicts its own name."""
    return _contradicted(first, second), _contradicted(second, first)


def _contradicted(side: Side, other: Side) -> Side:
    if side.team is None or other.team is None or {team.id for team in side.coded} != {other.team.id}:
        return side
    detail = f"'{side.competitor.name}' is {side.team.name}, but code {side.competitor.code} is {other.team.name}"
    return msgspec.structs.replace(side, reason=Reason("team", "differs", detail))


def _without(side: Side, other: Team | None) -> Side:
    if other is None or side.team is not None:
        return side
    rest = tuple(team for team in side.teams if team.id != other.id)
    if len(rest) == len(side.teams):
        return side
    detail = f"{side.reason.detail}; not the opponent {other.name}"
    return msgspec.structs.replace(
        side, teams=rest, reason=Reason("team", "agrees" if len(rest) == 1 else "unknown", detail)
    )
