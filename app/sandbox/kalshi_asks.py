"""What Kalshi asks about a game, in its own words and tickers."""

import math
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from app.sandbox.claims import Claim, fixed
from app.sandbox.games import Contest
from app.sandbox.kalshi_titles import game_words, ordered, title
from app.sandbox.leagues import Team, made_id
from app.sandbox.lines import favourite_is_home, spread_lines, total_lines
from app.sandbox.players import Player, players_of
from app.sandbox.quirks import Quirk


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """One market: what it asks, in Kalshi's words and as arithmetic."""

    suffix: str
    title: str
    yes: str
    rules: str
    claim: Claim
    strike: float | None = None
    target: dict[str, object] | None = None
    condition: str = "a winner is declared"


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """One event: markets of one kind about one game."""

    kind: str  # GAME, SPREAD, TOTAL, ...
    title_tail: str
    scope: str
    asks: tuple[Ask, ...]
    is_exclusive: bool = False


@lru_cache(maxsize=1024)  # words that stay as they are while the game goes on
def boards_on(contest: Contest) -> tuple[Board, ...]:
    """Every event about a game."""
    return tuple(_boards(contest))


def _boards(contest: Contest) -> Iterator[Board]:
    yield Board(kind="GAME", title_tail="", scope="Game", asks=_winners(contest), is_exclusive=True)
    unit = contest.league.clockwork.unit
    yield Board(kind="SPREAD", title_tail=": Spread", scope="Spread", asks=_spreads(contest))
    total = ": Total Runs" if unit == "runs" else ": Total"
    yield Board(kind="TOTAL", title_tail=total, scope="Point Total", asks=_totals(contest))
    if contest.has(Quirk.HALVES):
        yield from _half_boards(contest)
    if contest.has(Quirk.PROPS) and players_of(contest):
        yield Board(kind="PTS", title_tail=": Points", scope="Points", asks=_points(contest))


def _half_boards(contest: Contest) -> Iterator[Board]:
    half = "First Half"
    winners = _winners(contest, half=True)
    yield Board(kind="1HWINNER", title_tail=f": {half} Winner", scope=f"{half} Winner", asks=winners, is_exclusive=True)
    spreads, totals = _spreads(contest, half=True), _totals(contest, half=True)
    yield Board(kind="1HSPREAD", title_tail=f": {half} Spread", scope=f"{half} Spread", asks=spreads)
    yield Board(kind="1HTOTAL", title_tail=f": {half} Total", scope=f"{half} Total", asks=totals)


def _winners(contest: Contest, half: bool = False) -> tuple[Ask, ...]:
    has_draw = half or contest.league.clockwork.can_tie
    least = 0.5 if has_draw else 0.0
    claims = ((contest.home, Claim("home", least, half)), (contest.away, Claim("away", least, half)))
    asks = [_winner(contest, team, claim, half) for team, claim in claims]
    if contest.has(Quirk.INVERTED) and not half:
        asks = [_renamed(asks[0], contest.away, asks[1]), _renamed(asks[1], contest.home, asks[0])]
    return (*asks, _tie(contest, half)) if has_draw else tuple(asks)


def _renamed(ask: Ask, team: Team, words: Ask) -> Ask:
    return msgspec.structs.replace(ask, yes=team.kalshi_text, title=words.title)


def _winner(contest: Contest, team: Team, claim: Claim, half: bool) -> Ask:
    name = team.kalshi_text
    where = f"the first half of the {game_words(contest)}" if half else f"the {game_words(contest)}"
    return Ask(
        suffix=team.kalshi_code,
        title=_winner_title(contest, name, half),
        yes=name,
        rules=f"If {name} wins {where}, then the market resolves to Yes.",
        claim=claim,
        target={contest.league.target: team.target},
    )


def _winner_title(contest: Contest, name: str, half: bool) -> str:
    if half:
        return f"{title(contest)}: {name} wins the first half?"
    if contest.league.sport == "football":
        words = contest.league.game_words.replace("professional football", "Pro Football")
        return f"Will {name} win the {title(contest)} {words}?"
    if contest.league.code == "wnba":
        return f"{title(contest)} {contest.league.game_words}: {name} wins?"
    return f"{title(contest)} Winner?"


def _tie(contest: Contest, half: bool) -> Ask:
    where = f"the first half of the {game_words(contest)}" if half else f"the {game_words(contest)}"
    return Ask(
        suffix="TIE",
        title=_winner_title(contest, "Tie", half),
        yes="Tie",
        rules=f"If Tie wins {where}, then the market resolves to Yes.",
        claim=Claim("draw", is_half=half),
        target={contest.league.target: made_id("team:tie")},
    )


def _spreads(contest: Contest, half: bool = False) -> tuple[Ask, ...]:
    lines = spread_lines(contest, "kalshi", 0.5 if half else 1.0)
    favourite, other = (contest.home, contest.away) if favourite_is_home(contest) else (contest.away, contest.home)
    return (
        *(_spread(contest, favourite, line, half) for line in lines),
        _spread(contest, other, lines[0], half),
    )


def _spread(contest: Contest, team: Team, line: float, half: bool) -> Ask:
    unit, name = contest.league.clockwork.unit, team.kalshi_text
    span = " the first half" if half else "" if unit == "runs" else " the game"
    where = f"the first half of the {game_words(contest)}" if half else f"the {game_words(contest)}"
    return Ask(
        suffix=f"{team.kalshi_code}{math.ceil(line)}",
        title=f"{name} wins{span} by over {line} {unit}?",
        yes=f"{name} wins{' the first half' if half else ''} by over {line} {unit}",
        rules=f"If {name} wins by more than {line} {unit} in {where}, then the market resolves to Yes.",
        claim=Claim("home" if team == contest.home else "away", line, half),
        strike=line,
        target={contest.league.target: team.target},
    )


def _totals(contest: Contest, half: bool = False) -> tuple[Ask, ...]:
    lines = total_lines(contest, "kalshi", 0.5 if half else 1.0)
    return tuple(_total(contest, line, half) for line in lines)


def _total(contest: Contest, line: float, half: bool) -> Ask:
    unit = contest.league.clockwork.unit
    where = f"the first half of the {game_words(contest)}" if half else f"the {game_words(contest)}"
    more, (first, second) = f"collectively score more than {line} {unit}", ordered(contest)
    scored = f"the teams in {where} {more}"
    if unit == "runs":
        scored = f"{first.kalshi_text} and {second.kalshi_text} {more} in {where}"
    question = f"{title(contest)} Total Runs?" if unit == "runs" else f"{title(contest)}: Over {line} {unit}?"
    return Ask(
        suffix=str(math.ceil(line)),
        title=question.replace(": Over", ": First Half Over") if half else question,
        yes=f"Over {line} {unit} scored{' in the first half' if half else ''}",
        rules=f"If {scored}, then the market resolves to Yes.",
        claim=Claim("over", line, half),
        strike=line,
        condition="the event occurs",
    )


def _points(contest: Contest) -> tuple[Ask, ...]:
    return tuple(_player_points(contest, player) for player in players_of(contest))


def _player_points(contest: Contest, player: Player) -> Ask:
    least = math.ceil(player.points)
    return Ask(
        suffix=f"{player.team.kalshi_code}{player.code}-{least}",
        title=f"{player.name}: {least}+ points?",
        yes=f"{player.name}: {least}+",
        rules=f"If {player.name} records {least}+ points in the {game_words(contest)}, then it resolves to Yes.",
        claim=fixed(0.5),
        strike=player.points,
        target={
            "basketball_player": made_id(f"player:{player.name}"),
            contest.league.target: player.team.target,
        },
        condition="the event occurs",
    )
