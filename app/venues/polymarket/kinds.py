"""Polymarket's `sportsMarketType` → what kind of question it is, about which part of the game."""

from typing import get_args

import msgspec

from app.domain.leagues import League
from app.domain.markets import Topic
from app.domain.propositions import Kind, Scope


class MarketType(msgspec.Struct, frozen=True):
    """What a type name says. All but a `game` topic have no kind: they speak about no proposition of ours."""

    topic: Topic
    kind: Kind | None = None
    scope: Scope | None = None


PROP = MarketType("prop")
PART = MarketType("part")
ADVANCE = MarketType("advance")
UNKNOWN = MarketType("unknown_type")

_PARTS: dict[str, Scope] = {
    "": "game",
    "first_half_": "1h",
    "second_half_": "2h",
    "first_quarter_": "q1",
    "second_quarter_": "q2",
    "third_quarter_": "q3",
    "fourth_quarter_": "q4",
    "q1_": "q1",
    "q2_": "q2",
    "q3_": "q3",
    "q4_": "q4",
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

_OF_ANY_SPORT: dict[str, MarketType] = {
    f"{part}{name}": MarketType("game", kind, scope) for part, scope in _PARTS.items() for name, kind in _KINDS.items()
}
TYPES: dict[str, MarketType] = {
    **_OF_ANY_SPORT,
    "soccer_halftime_result": MarketType("game", "moneyline", "1h"),
    "soccer_second_half_result": MarketType("game", "moneyline", "2h"),
    "soccer_team_totals": MarketType("game", "team_total", "game"),
    "soccer_home_team_totals": MarketType("game", "team_total", "game"),
    "soccer_away_team_totals": MarketType("game", "team_total", "game"),
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
    *("points", "rebounds", "assists", "threes", "steals", "blocks", "double_double", "triple_double", "touchdown"),
    *("yards", "receptions", "strikeouts", "home_runs", "hits", "bases", "saves", "shots", "goals", "goalscorer"),
    *("player", "exact_score", "exact_margin", "corner", "first_to_score", "to_score_first", "nrfi", "odd_even"),
    *("extra_innings", "first_inning_run", "set_totals", "set_handicap", "game_handicap", "completed_match", "cards"),
    *("conversion", "field_goal", "sacks", "turnover", "interception", "penalty", "double_chance", "draw_no_bet"),
    *("ufc_", "distance", "method_of", "toss", "sixes", "batter", "kill", "tower", "drake", "nashor", "inhibitor"),
    *("blood", "half_time_full_time", "halftime_fulltime", "race_to", "most_"),
)
_ABOUT_PARTS = ("child_moneyline", "map_", "_map", "inning", "round_", "rounds_", "set_games")
_UNITLESS = frozenset({"total", "spread", "team_total"})  # where no team scores points: of maps, of rounds, of sets?
_SETS: tuple[Scope, ...] = tuple(scope for scope in get_args(Scope) if scope.startswith("s"))


def read_type(name: str, league: League | None, line: float | None = None, part: str = "") -> MarketType:
    """What a type name says in a league; `part`: what the market's slug adds. Soccer's whole game ends with regulation
    time."""
    if name == "tennis_set_winner":  # `line` is the number of the set
        return _of_set("moneyline", f"s{line or 0:g}")
    if name == "tennis_set_games_totals":  # `line` is games; the set is told by the slug: set-2-total-8pt5
        return _of_set("total", f"s{part.removeprefix('set-').partition('-')[0]}")
    known = TYPES.get(name)
    if known is None:
        return _without_kind(name)
    if name in _OF_ANY_SPORT and known.kind in _UNITLESS and league is not None and not league.has_teams:
        return PROP
    if known.scope == "game" and league is not None and league.has_draw_outcome:
        return MarketType(known.topic, known.kind, "regulation")
    return known


def _of_set(kind: Kind, scope: str) -> MarketType:
    return next((MarketType("game", kind, known) for known in _SETS if known == scope), PART)


def _without_kind(name: str) -> MarketType:
    if "advance" in name or "qualif" in name:
        return ADVANCE
    if any(word in name for word in _ABOUT_PLAYERS_OR_MOMENTS):
        return PROP
    return PART if any(word in name for word in _ABOUT_PARTS) else UNKNOWN
