"""How Polymarket names a game: its sides, its slug, its day."""

from datetime import datetime, timedelta

from app.sandbox.games import Contest
from app.sandbox.leagues import Team
from app.sandbox.messages import EASTERN
from app.sandbox.quirks import Quirk


def listed_start(contest: Contest) -> datetime:
    """When the event says that the game begins, UTC."""
    return contest.start + timedelta(days=1) if contest.has(Quirk.OTHER_DAY) else contest.start


def eastern_start(contest: Contest) -> datetime:
    """The same by the clock in New York."""
    return listed_start(contest).astimezone(EASTERN)


def event_slug(contest: Contest) -> str:
    """`nba-lac-lal-2026-11-22`: away and home (soccer: home first), Eastern date, now and then the UTC date."""
    day = (listed_start(contest) if contest.has(Quirk.UTC_SLUG) else eastern_start(contest)).date()
    first, second = ordered(contest)
    tail = f"-game-{contest.number}" if contest.number > 1 else ""
    return f"{contest.league.slug}-{first.polymarket_code}-{second.polymarket_code}-{day.isoformat()}{tail}"


def sides(contest: Contest) -> tuple[Team, Team]:
    """Home and away as Polymarket has them."""
    both = contest.home, contest.away
    return both[::-1] if contest.has(Quirk.SWAPPED_SIDES) else both


def ordered(contest: Contest) -> tuple[Team, Team]:
    """The order of titles and slugs: away first, in soccer home first."""
    home, away = sides(contest)
    return (home, away) if contest.league.is_soccer else (away, home)


def title(contest: Contest) -> str:
    """`Knicks vs. Celtics`."""
    first, second = ordered(contest)
    return f"{first.polymarket_name} vs. {second.polymarket_name}"
