"""What Kalshi's secondary rules say: what becomes of a game that is tied, put off or cancelled. Each league has words
of its own, and not every kind of market has any.
"""

from app.sandbox.games import Contest
from app.sandbox.kalshi_titles import game_words
from app.sandbox.quirks import Quirk

DISCLAIMER = (
    "Kalshi is not affiliated, associated, authorized, endorsed by, or in any way officially connected with the "
    "Governing League. All trademarks, logos, and brand names are the property of their respective owners."
)
_SPANS = {"mlb": "two days"}  # within which a game that is put off still counts
_USUAL_SPAN = "two weeks"
_SOCCER_SPAN, _OTHER_SOCCER_SPAN = "48 hours", "two weeks"
_UNSAID = frozenset({("baseball", "SPREAD"), ("baseball", "TOTAL")})  # nothing but the disclaimer
_OVERTIME_SAID = frozenset({("basketball", "TOTAL"), ("football", "SPREAD"), ("football", "TOTAL")})


def secondary_rules(contest: Contest, kind: str) -> str:
    """Of a market of an event of this kind: `GAME`, `SPREAD`, `1HTOTAL`, `PTS`."""
    if (contest.league.sport, kind) in _UNSAID:
        return DISCLAIMER
    said = f"{_player(contest)}{_put_off(contest)}" if kind == "PTS" else _of_the_game(contest, kind)
    return f"{said}\n\n{DISCLAIMER}"


def _of_the_game(contest: Contest, kind: str) -> str:
    is_winner = kind == "GAME"
    if contest.league.code == "wnba":
        return f"{_overtime(contest, kind)}{_put_off(contest)}"
    who = "the team who wins " if contest.league.sport == "football" and is_winner else ""
    tie = _tie(contest) if is_winner else ""
    return (
        f"{_overtime(contest, kind)}The following market refers to {who}the {game_words(contest)}.{tie} "
        f"{_put_off(contest)}"
    )


def _tie(contest: Contest) -> str:
    if contest.league.is_soccer:
        return ' If the game ends in a tie, the market called "Tie" resolves to Yes.'
    return " If the game ends in a tie, the market will resolve to $0.50 for each team." * (
        contest.league.code == "nfl"
    )


def _overtime(contest: Contest, kind: str) -> str:
    return "Note: This market includes overtime.\n\n" if (contest.league.sport, kind) in _OVERTIME_SAID else ""


def _put_off(contest: Contest) -> str:
    if contest.league.is_soccer:
        span = _OTHER_SOCCER_SPAN if contest.has(Quirk.OTHER_WINDOW) else _SOCCER_SPAN
        return f"If the game is cancelled or rescheduled to over {span} away, {_FAIR}"
    if contest.league.sport == "football":
        return _BEGUN_IN_TIME
    if contest.league.code == "wnba":
        return _WITHIN_DAYS
    span = _SPANS.get(contest.league.code, _USUAL_SPAN)
    return (
        "If this game is postponed or delayed, the market will remain open and close after the rescheduled game has "
        f"finished (within {span}). If the game is cancelled or rescheduled to over {span} away, {_FAIR}"
    )


_FAIR = "the market will resolve to a fair price in accordance with the rules."
_BEGUN_IN_TIME = (
    "If the game is postponed but begins within 48 hours from its originally scheduled start time, the market will "
    "remain open and resolve based on the official final result. If the game is not started within 48 hours, the "
    "market will resolve to a fair market price."
)
_WITHIN_DAYS = (
    "If this game is postponed or delayed, the market will remain open and close after the rescheduled game has "
    "finished (within 2 days). If the cancelled game is not played or is rescheduled further than 2 days out, all "
    "markets will resolve to a fair price in accordance with the rules."
)


def _player(contest: Contest) -> str:
    return (
        f"The following market refers to a player in the {game_words(contest)}. If a player is active but never takes "
        "the court, the market settles to a fair price. Once a player enters the game the market settles based on the "
        "player's points recorded. "
    )
