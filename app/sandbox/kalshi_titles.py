"""How Kalshi names a game: its sides, its tickers, its day."""

from datetime import datetime

from app.sandbox.games import Contest
from app.sandbox.leagues import Team
from app.sandbox.messages import EASTERN
from app.sandbox.quirks import Quirk


def sides(contest: Contest) -> tuple[Team, Team]:
    """Home and away as Kalshi has them."""
    both = contest.home, contest.away
    return both[::-1] if contest.has(Quirk.SWAPPED_SIDES) else both


def ordered(contest: Contest) -> tuple[Team, Team]:
    """The order of titles and tickers: away first, in soccer home first."""
    home, away = sides(contest)
    return (home, away) if contest.league.is_soccer else (away, home)


def title(contest: Contest) -> str:
    """`Los Angeles C at Los Angeles L`."""
    first, second = ordered(contest)
    return f"{first.kalshi_text} {contest.league.joiner} {second.kalshi_text}"


def game_words(contest: Contest) -> str:
    """The game as the rules name it, with its day."""
    start = contest.start.astimezone(EASTERN)
    words = f"{title(contest)} {contest.league.game_words} originally scheduled for {day(start)}, {start.year}"
    if contest.league.sport == "baseball":
        words += f" at {start.strftime('%I:%M %p').lstrip('0')} {start.tzname()}"
    return words + (_REGULATION if contest.league.is_soccer else "")


_REGULATION = " after 90 minutes plus stoppage time (does not include extra time or penalties)"


def day(start: datetime) -> str:
    """`Nov 22`."""
    return f"{start:%b} {start.day}"


def event_suffix(contest: Contest) -> str:
    """`26NOV22LALBOS`: Eastern date, for baseball the Eastern time, and both codes."""
    start = contest.start.astimezone(EASTERN)
    at = f"{start:%H%M}" if contest.league.sport == "baseball" else ""
    first, second = ordered(contest)
    tail = f"G{contest.number}" if contest.has(Quirk.GAME_SUFFIX) else ""
    return f"{start:%y%b%d}".upper() + at + first.kalshi_code + second.kalshi_code + tail
