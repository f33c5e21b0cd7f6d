"""Which outcome is which side: proven by two independent witnesses that agree, or not proven.

The witnesses are what a listing's words call the side, what its codes and ids say (those of slug, ticker and team are
one table of the venue's: they count once), the order of its sides, and the text that settles it.
"""

from collections.abc import Sequence

import msgspec

from app.domain.games import Game
from app.domain.leagues import League
from app.domain.markets import Competitor, Market, Outcome
from app.domain.propositions import HalfPoints, Polarity, Proposition, points
from app.domain.teams import Finding, MatchContext, Reason, Team, TeamId
from app.matching.clauses import read_clauses
from app.matching.matcher import resolve_team
from app.matching.readings import Reading, Unreadable
from app.matching.registry import Registry
from app.matching.titles import read_question


class Seated(msgspec.Struct, frozen=True):
    """An event's competitors put in the seats of a game: which of the two teams each one is."""

    game: Game
    league: League
    registry: Registry
    seats: tuple[tuple[Competitor, Team], ...]

    def team_named(self, name: str) -> Team | None:
        """The one of the two teams that a name means, or None; likeness alone is no witness."""
        if not name:
            return None
        both = (self.game.home, self.game.away)
        found = resolve_team(self.registry, name, self.league, MatchContext(league=self.league.code), among=both)
        return found.team if found.method != "fuzzy" else None

    def team_coded(self, code: str) -> Team | None:
        """The team whose competitor carries this code."""
        return next((team for competitor, team in self.seats if code and competitor.code == code), None)

    def team_with_venue_id(self, venue_team_id: str) -> Team | None:
        """The team whose competitor has this id at the venue."""
        return next(
            (team for competitor, team in self.seats if venue_team_id and competitor.venue_team_id == venue_team_id),
            None,
        )

    def other(self, team: Team) -> Team:
        return self.game.away if team.id == self.game.home.id else self.game.home


class Claim(msgspec.Struct, frozen=True):
    """What one outcome says."""

    outcome: Outcome
    proposition: Proposition
    polarity: Polarity


class Oriented(msgspec.Struct, frozen=True):
    """Every outcome of a market with its claim; the reason agrees when the sides are proven."""

    claims: tuple[Claim, ...]
    reason: Reason


def orient(market: Market, reading: Reading, seated: Seated) -> Oriented | Unreadable:
    """The claims of a market's outcomes, or why it cannot be said which outcome is which side."""
    labels = [outcome.label.strip().lower() for outcome in market.outcomes]
    if len(labels) != 2 or len(set(labels)) != 2 or not all(labels):
        return Unreadable("not_two_outcomes", f"{len(labels)} outcomes: {', '.join(labels)[:80]}")
    if reading.kind in ("draw", "both_to_score"):
        return _orient_plain(market, labels, reading, seated)
    if reading.kind == "total":
        return _orient_count(market, labels, reading, seated)
    if reading.kind == "team_total" or set(labels) == {"yes", "no"}:
        return _orient_by_subject(market, labels, reading, seated)
    if reading.kind == "moneyline":
        return _orient_winner(market, reading, seated)
    return _orient_spread(market, reading, seated)


def _orient_plain(market: Market, labels: Sequence[str], reading: Reading, seated: Seated) -> Oriented | Unreadable:
    if set(labels) != {"yes", "no"}:
        return Unreadable("unknown_outcomes", f"outcomes {', '.join(labels)} of a {reading.kind} market")
    proposition = Proposition(seated.game.id, reading.kind, reading.scope)
    return Oriented(
        _affirmed(market, labels, proposition), Reason("side", "agrees", "yes and no of a statement without a team")
    )


def _orient_count(market: Market, labels: Sequence[str], reading: Reading, seated: Seated) -> Oriented | Unreadable:
    proposition = Proposition(seated.game.id, "total", reading.scope, _positive(reading.line))
    how = _count_labels(labels, reading)
    if isinstance(how, Unreadable):
        return how
    flipped = "yes" in labels and reading.way == "under"
    return Oriented(_affirmed(market, labels, proposition, flipped=flipped), Reason("side", "agrees", how))


def _count_labels(labels: Sequence[str], reading: Reading) -> str | Unreadable:
    """How two labels say over and under, in words. A number in a label must be the line."""
    words = [label.split() for label in labels]
    numbers = {number for _, *numbers in words for number in numbers}
    line = f"{points(_positive(reading.line)):g}"
    if {first for first, *_ in words} == {"over", "under"}:
        if numbers - {line}:
            return Unreadable("line_conflict", f"outcomes {' and '.join(labels)} of a line of {line}")
        return "outcomes are named over and under"
    if set(labels) != {"yes", "no"} or not reading.way:
        return Unreadable("unknown_outcomes", f"outcomes {', '.join(labels)} do not say over or under")
    return f"yes is {reading.way}"


def _orient_winner(market: Market, reading: Reading, seated: Seated) -> Oriented | Unreadable:
    teams = _teams_labelled(market, seated)
    if isinstance(teams, Unreadable):
        return teams
    if seated.league.has_draw_outcome:
        return Unreadable("two_way", "two outcomes where a draw is a third: what a draw pays is not said")
    paid = _paid(market, seated)
    if wrong := next((f"'{answer.name}' when {who.name} wins" for who, answer in paid if who.id != answer.id), ""):
        return Unreadable("side_conflict", f"the rules pay {wrong}")
    claims = tuple(
        Claim(outcome, Proposition(seated.game.id, "moneyline", reading.scope, None, team.id), "yes")
        for outcome, team in zip(market.outcomes, teams, strict=True)
    )
    in_order = bool(seated.seats) and seated.seats[0][1].id == teams[0].id
    second = "so do the rules" if paid else "in the order of the sides" if in_order else "a second witness is missing"
    detail = f"outcomes name {teams[0].name} and {teams[1].name}; {second}"
    return Oriented(claims, Reason("side", "agrees" if paid or in_order else "unknown", detail))


def _orient_spread(market: Market, reading: Reading, seated: Seated) -> Oriented | Unreadable:
    """The title says who gives points; that its team is the first outcome, as the line's field counts, confirms it."""
    teams = _teams_labelled(market, seated)
    if isinstance(teams, Unreadable):
        return teams
    said = seated.team_named(reading.subject)
    by_slug = _slug_side(market, seated)
    if said is not None and by_slug is not None and said.id != by_slug.id:
        return Unreadable("side_conflict", f"the title gives the line to {said.name}, the slug to {by_slug.name}")
    subject = said or by_slug or teams[0]
    giver, line = _giver(seated, subject, reading.line)
    proposition = Proposition(seated.game.id, "spread", reading.scope, line, giver.id)
    claims = tuple(
        Claim(outcome, proposition, "yes" if team.id == giver.id else "no")
        for outcome, team in zip(market.outcomes, teams, strict=True)
    )
    by_rules = next((who for who, answer in _paid(market, seated) if who.id == answer.id), None)
    if by_rules is not None and by_rules.id != giver.id:
        return Unreadable(
            "side_conflict", f"the line is given by {giver.name}, and the rules ask {by_rules.name} to win"
        )
    is_proven = said is not None and (said.id == teams[0].id or by_slug is not None or by_rules is not None)
    detail = f"outcomes name {teams[0].name} and {teams[1].name}; the line is {subject.name}'s"
    return Oriented(claims, Reason("side", "agrees" if is_proven else "unknown", detail))


def _teams_labelled(market: Market, seated: Seated) -> tuple[Team, Team] | Unreadable:
    first, second = (seated.team_named(outcome.label) for outcome in market.outcomes)
    if first is None or second is None or first.id == second.id:
        written = " and ".join(outcome.label for outcome in market.outcomes)
        return Unreadable("unknown_outcomes", f"outcomes {written} do not name the two teams")
    return first, second


def _orient_by_subject(
    market: Market, labels: Sequence[str], reading: Reading, seated: Seated
) -> Oriented | Unreadable:
    witnesses = _witnesses(market, reading, seated)
    teams: dict[TeamId, Team] = {team.id: team for _, team in witnesses}
    said = "; ".join(f"{source} says {team.name}" for source, team in witnesses)
    if not teams:
        return Unreadable("unknown_side", f"'{market.subject or market.title}' does not say which team YES is")
    if len(teams) > 1:
        return Unreadable("side_conflict", f"which team YES is cannot be told: {said}")
    team = next(iter(teams.values()))
    is_proven = len({_TABLE if source in _OF_TABLE else source for source, _ in witnesses}) >= 2
    finding: Finding = "agrees" if is_proven else "unknown"
    reason = Reason("side", finding, said if is_proven else f"{said}; a second witness is missing")
    if reading.kind == "spread":
        giver, line = _giver(seated, team, reading.line)
        proposition = Proposition(seated.game.id, "spread", reading.scope, line, giver.id)
        return Oriented(_affirmed(market, labels, proposition, flipped=giver.id != team.id), reason)
    over = _positive(reading.line) if reading.line is not None else None
    proposition = Proposition(seated.game.id, reading.kind, reading.scope, over, team.id)
    flipped = reading.way == "under" and "yes" in labels
    return Oriented(_affirmed(market, labels, proposition, flipped=flipped), reason)


_TABLE = "the code"
_OF_TABLE = frozenset({_TABLE, "the venue's team id", "the slug"})


def _witnesses(market: Market, reading: Reading, seated: Seated) -> list[tuple[str, Team]]:
    """Who each field says that YES is about."""
    code = market.subject_code.rstrip("0123456789")
    subject = reading.subject or read_question(market.subject).subject or market.subject
    found = (
        ("the subject", seated.team_named(subject)),
        (_TABLE, seated.team_coded(market.subject_code) or seated.team_coded(code) or seated.team_named(code)),
        ("the venue's team id", seated.team_with_venue_id(market.subject_id)),
        ("the rules text", _team_paid(market, seated)),
        ("the slug", _slug_team(market, seated)),
    )
    return [(source, team) for source, team in found if team is not None]


def _team_paid(market: Market, seated: Seated) -> Team | None:
    """Who must win for YES, by the rules; a text that pays NO for a win means the other side by YES."""
    for clause in read_clauses(market.rules):
        team, answer = seated.team_named(clause.who), clause.answer.lower()
        if team is not None and answer in ("yes", "no"):
            return team if answer == "yes" else seated.other(team)
    return None


def _paid(market: Market, seated: Seated) -> list[tuple[Team, Team]]:
    """By the rules: who wins, and the team that the answer paid for it names."""
    named = ((seated.team_named(one.who), seated.team_named(one.answer)) for one in read_clauses(market.rules))
    return [(who, answer) for who, answer in named if who is not None and answer is not None]


def _slug_team(market: Market, seated: Seated) -> Team | None:
    tail = market.slug.rsplit("-", 1)[-1]
    return next((team for competitor, team in seated.seats if tail and competitor.code.lower() == tail.lower()), None)


def _slug_side(market: Market, seated: Seated) -> Team | None:
    """`...-spread-home-3pt5`: the team whose competitor the venue calls its home side."""
    parts = market.slug.split("-")
    side = "home" if "home" in parts else "away" if "away" in parts else ""
    return next((team for competitor, team in seated.seats if side and competitor.side == side), None)


def _giver(seated: Seated, team: Team, line: HalfPoints | None) -> tuple[Team, HalfPoints]:
    """Canonical spread: the team that gives points, and how many, as a negative line."""
    assert line is not None  # a spread that was read has a line
    return (team, line) if line < 0 else (seated.other(team), HalfPoints(-line))


def _positive(line: HalfPoints | None) -> HalfPoints:
    assert line is not None  # a total that was read has a line
    return HalfPoints(abs(line))


def _affirmed(
    market: Market, labels: Sequence[str], proposition: Proposition, *, flipped: bool = False
) -> tuple[Claim, ...]:
    """Yes and over affirm, no and under deny; `flipped`: the other way about."""
    affirmed: Polarity = "no" if flipped else "yes"
    denied: Polarity = "yes" if flipped else "no"
    return tuple(
        Claim(outcome, proposition, affirmed if label.split()[0] in ("yes", "over") else denied)
        for outcome, label in zip(market.outcomes, labels, strict=True)
    )
