"""Polymarket's `sportsMarketType` → what kind of question it is, about which part of the game."""

from typing import get_args

import msgspec

from app.domain.leagues import League
from app.domain.markets import Topic
from app.domain.propositions import Kind, Scope


class MarketType(msgspec.Struct, frozen=True):
    """What a type name says. A `prop` or `other` has no kind: it speaks about no proposition of ours."""

    topic: Topic
    kind: Kind | None = None
    scope: Scope | None = None


PROP = MarketType("prop")
OTHER = MarketType("other")

_PARTS: dict[str, Scope] = {
    "": "game",
    "first_half_": "1h",
    "second_half_": "2h",
    "first_quarter_": "q1",
    "second_quarter_": "q2",
    "third_quarter_": "q3",
    "fourth_quarter_": "q4",
    "first_period_": "p1",
    "second_period_": "p2",
    "third_period_": "p3",
}
_KINDS: dict[str, Kind] = {
    "moneyline": "moneyline",
    "spreads": "spread",
    "totals": "total",
    "team_totals": "team_total",
}

TYPES: dict[str, MarketType] = {
    **{
        f"{part}{name}": MarketType("game", kind, scope)
        for part, scope in _PARTS.items()
        for name, kind in _KINDS.items()
    },
    "soccer_halftime_result": MarketType("game", "moneyline", "1h"),
    "soccer_second_half_result": MarketType("game", "moneyline", "2h"),
    "soccer_team_totals": MarketType("game", "team_total", "game"),
    "soccer_first_half_team_totals": MarketType("game", "team_total", "1h"),
    "soccer_second_half_team_totals": MarketType("game", "team_total", "2h"),
    "both_teams_to_score": MarketType("game", "both_to_score", "game"),
    "both_teams_to_score_first_half": MarketType("game", "both_to_score", "1h"),
    "both_teams_to_score_second_half": MarketType("game", "both_to_score", "2h"),
    "baseball_team_first_five_winner": MarketType("game", "moneyline", "f5"),
    "baseball_team_first_five_spread": MarketType("game", "spread", "f5"),
    "baseball_team_first_five_total": MarketType("game", "total", "f5"),
    "tennis_first_set_winner": MarketType("game", "moneyline", "s1"),
    "tennis_first_set_totals": MarketType("game", "total", "s1"),
    "tennis_match_totals": MarketType("game", "total", "game"),  # in games; the totals and handicaps of sets are props
}

_ABOUT_PLAYERS_OR_MOMENTS = (
    *("points", "rebounds", "assists", "threes", "steals", "blocks", "double_double", "touchdowns", "yards"),
    *("receptions", "strikeouts", "home_runs", "hits", "bases", "saves", "shots", "goals", "goalscorer"),
    *("player", "exact_score", "corner", "first_to_score", "to_score_first", "nrfi", "odd_even", "innings"),
    *("set_totals", "set_handicap", "completed_match", "cards"),
)
_SETS: tuple[Scope, ...] = tuple(scope for scope in get_args(Scope) if scope.startswith("s"))


def read_type(name: str, league: League | None, line: float | None = None) -> MarketType:
    """What a type name says in a league. Soccer's whole game ends with regulation time."""
    if name == "tennis_set_winner":  # `line` is the number of the set
        return MarketType("game", "moneyline", f"s{line:g}") if f"s{line or 0:g}" in _SETS else OTHER  # type: ignore[arg-type]
    known = TYPES.get(name)
    if known is None:
        return PROP if any(word in name for word in _ABOUT_PLAYERS_OR_MOMENTS) else OTHER
    if known.scope == "game" and league is not None and league.has_draw_outcome:
        return MarketType(known.topic, known.kind, "regulation")
    return known
