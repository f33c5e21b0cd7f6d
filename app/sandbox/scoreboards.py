"""ESPN's scoreboard and team messages about simulated games."""

from collections.abc import Iterable
from datetime import UTC, datetime

from app.sandbox.games import Contest, Interruption, Standing
from app.sandbox.leagues import TEAMS, League, Team
from app.sandbox.messages import EASTERN, FIXED, Message
from app.sandbox.prices import outlook
from app.sandbox.slates import Slate

_LOGOS = "https://a.espncdn.com/i/teamlogos"


def scoreboard(league: League, events: list[Message], now: datetime) -> Message:
    """The whole answer of a league's scoreboard."""
    today = now.astimezone(EASTERN)
    season: Message = {"type": 2, "year": today.year}
    board: Message = {"leagues": [_league(league, today.year)], "season": season}
    if league.sport == "football":
        board["week"] = {"number": today.isocalendar().week}
    else:
        board["day"] = {"date": today.date().isoformat()}
    return {**board, "events": events}


def scoreboard_event(slate: Slate, contest: Contest, now: datetime) -> Message:
    """One game as the score feed tells it now."""
    standing = slate.standing_as_fed(contest, now)
    names = f"{contest.away.name} at {contest.home.name}"
    joiner = "VS" if contest.is_neutral else "@"
    status = _status(contest, standing)
    return {
        "id": contest.id,
        "uid": _uid(contest.league, f"~e:{contest.id}"),
        "date": _minute(contest.start),
        "name": names,
        "shortName": f"{contest.away.abbreviation} {joiner} {contest.home.abbreviation}",
        "season": {"year": contest.start.year, "type": 2, "slug": "regular-season"},
        "competitions": [_competition(contest, standing, status)],
        "links": [_link(contest.league, f"game/_/gameId/{contest.id}", "Gamecast", ["summary", "desktop", "event"])],
        "status": status,
    }


def team_list(league: League, now: datetime) -> Message:
    """The answer of a league's `/teams`."""
    teams = [{"team": _listed_team(league, team)} for (code, _), team in TEAMS.items() if code == league.code]
    season = {"year": now.year, "displayName": str(now.year)}
    listed: Message = {
        "id": str(league.espn_league),
        "uid": _uid(league),
        "name": league.name,
        "abbreviation": league.abbreviation,
        "shortName": league.abbreviation,
        "slug": league.path,
        "teams": teams,
        "year": now.year,
        "season": season,
    }
    sport = league.sport
    return {
        "sports": [
            {
                "id": str(league.espn_sport),
                "uid": f"s:{league.espn_sport}",
                "name": sport.title(),
                "slug": sport,
                "leagues": [listed],
            }
        ]
    }


def _competition(contest: Contest, standing: Standing, status: Message) -> Message:
    home_city = contest.home.location
    competition: Message = {
        **FIXED["espn_competition"],
        "id": contest.id,
        "uid": _uid(contest.league, f"~e:{contest.id}~c:{contest.id}"),
        "date": _minute(contest.start),
        "neutralSite": contest.is_neutral,
        "recent": standing.phase != "before",
        "venue": {
            "id": str(3000 + int(contest.home.id) % 5000),
            "fullName": f"{home_city} home ground",
            "capacity": 0,
            "address": {"city": home_city},
            "indoor": contest.league.sport in ("basketball", "hockey"),
        },
        "competitors": [
            _competitor(contest, standing, is_home=True),
            _competitor(contest, standing, is_home=False),
        ],
        "notes": _notes(contest),
        "status": status,
        "format": {"regulation": {"periods": contest.league.clockwork.periods}},
        "startDate": _minute(contest.start),
        **_competition_by_sport(contest.league.sport),
    }
    if standing.phase in ("playing", "break") and contest.league.sport in ("basketball", "football"):
        competition["situation"] = _situation(contest, standing)
    return competition


def _competition_by_sport(sport: str) -> Message:
    if sport == "soccer":
        return {"details": [], "wasSuspended": False}
    return {"wasSuspended": False} if sport == "baseball" else {}


def _notes(contest: Contest) -> list[Message]:
    if contest.number:
        return [{"type": "event", "headline": f"Doubleheader - Game {contest.number}"}]
    return []


def _competitor(contest: Contest, standing: Standing, *, is_home: bool) -> Message:
    team = contest.home if is_home else contest.away
    side = 0 if is_home else 1
    competitor: Message = {
        **FIXED["espn_competitor"],
        "id": team.id,
        "uid": _uid(contest.league, f"~t:{team.id}"),
        "order": side,
        "homeAway": "home" if is_home else "away",
        "team": _team(contest.league, team),
        "score": str(standing.score[side]),
        **_competitor_by_sport(contest.league),
    }
    if contest.league.is_soccer or standing.phase == "over":
        competitor["winner"] = standing.phase == "over" and standing.score[side] > standing.score[1 - side]
    if standing.periods and not contest.league.is_soccer:
        competitor["linescores"] = [{"value": float(period[side])} for period in standing.periods]
    return competitor


def _competitor_by_sport(league: League) -> Message:
    if league.sport == "baseball":
        return {"hits": 0, "errors": 0, "leaders": [], "probables": []}
    if league.sport == "hockey":
        return {"probables": []}
    return {"curatedRank": {"current": 99}} if league.is_college else {}


def _team(league: League, team: Team) -> Message:
    return {
        **FIXED["espn_team"],
        "id": team.id,
        "uid": _uid(league, f"~t:{team.id}"),
        "location": team.location,
        "name": team.nickname,
        "abbreviation": team.abbreviation,
        "displayName": team.name,
        "shortDisplayName": team.short_name,
        "venue": {"id": str(3000 + int(team.id) % 5000)},
        "links": [_team_link(league, team)],
        "logo": f"{_LOGOS}/{league.path}/500/{team.abbreviation.lower()}.png",
    }


def _listed_team(league: League, team: Team) -> Message:
    named = {field: value for field, value in _team(league, team).items() if field not in ("venue", "logo", "links")}
    return {
        **named,
        "slug": "-".join(team.name.lower().split()),
        "nickname": team.location,
        "isAllStar": False,
        "logos": [],
        "links": [],
    }


def _status(contest: Contest, standing: Standing) -> Message:
    name = _status_name(contest, standing)
    number, state, words = _STATUSES[name]
    clock, shown = _clock(contest, standing)
    detail, short = _details(contest, standing, words, shown)
    kind = {
        "id": number,
        "name": name,
        "state": "pre" if name == "STATUS_DELAYED" and standing.phase == "before" else state,
        "completed": standing.phase == "over",
        "description": words,
        "detail": detail,
        "shortDetail": short,
    }
    return {"clock": clock, "displayClock": shown, "period": standing.period, "type": kind}


_STATUSES = {
    "STATUS_SCHEDULED": ("1", "pre", "Scheduled"),
    "STATUS_IN_PROGRESS": ("2", "in", "In Progress"),
    "STATUS_FINAL": ("3", "post", "Final"),
    "STATUS_CANCELED": ("5", "post", "Canceled"),
    "STATUS_POSTPONED": ("6", "post", "Postponed"),
    "STATUS_DELAYED": ("7", "in", "Delayed"),
    "STATUS_SUSPENDED": ("8", "post", "Suspended"),
    "STATUS_END_PERIOD": ("22", "in", "End of Period"),
    "STATUS_HALFTIME": ("23", "in", "Halftime"),
    "STATUS_FIRST_HALF": ("25", "in", "First Half"),
    "STATUS_SECOND_HALF": ("26", "in", "Second Half"),
    "STATUS_FULL_TIME": ("28", "post", "Full Time"),
}


_INTERRUPTED: dict[Interruption, str] = {
    "postponed": "STATUS_POSTPONED",
    "cancelled": "STATUS_CANCELED",
    "suspended": "STATUS_SUSPENDED",
    "delayed": "STATUS_DELAYED",
}


def _status_name(contest: Contest, standing: Standing) -> str:
    if contest.interruption:
        return _INTERRUPTED[contest.interruption]
    soccer = contest.league.is_soccer
    if standing.phase == "playing" and soccer:
        return "STATUS_FIRST_HALF" if standing.period == 1 else "STATUS_SECOND_HALF"
    if standing.phase == "break":
        is_half = bool(contest.league.clockwork.halftime) and standing.period == standing.half
        return "STATUS_HALFTIME" if is_half else "STATUS_END_PERIOD"
    names = {"before": "STATUS_SCHEDULED", "playing": "STATUS_IN_PROGRESS"}
    return names.get(standing.phase, "STATUS_FULL_TIME" if soccer else "STATUS_FINAL")


def _clock(contest: Contest, standing: Standing) -> tuple[float, str]:
    pace = contest.league.clockwork
    if pace.counts_up:
        gone = (standing.period - 1) * pace.period + standing.clock if standing.period else 0.0
        return float(int(gone)), f"{int(gone // 60)}'"
    left = float(int(pace.period - standing.clock)) if standing.phase == "playing" and pace.period else 0.0
    return left, f"{int(left // 60)}:{int(left % 60):02d}"


def _details(contest: Contest, standing: Standing, words: str, shown: str) -> tuple[str, str]:
    if standing.phase == "before" and not contest.interruption:
        start = contest.start.astimezone(EASTERN)
        at = f"{start.strftime('%I:%M %p').lstrip('0')} {start.tzname()}"
        return f"{start:%a, %B} {_ordinal(start.day)} at {at}", f"{start.month}/{start.day} - {at}"
    if contest.league.is_soccer and not contest.interruption and standing.phase in ("playing", "over"):
        label = "FT" if standing.phase == "over" else shown
        return label, label
    if contest.interruption or standing.phase != "playing":
        return words, words
    if contest.league.sport == "baseball":
        half = "Top" if standing.played * contest.league.clockwork.periods % 1 < 0.5 else "Bot"
        return f"{half} {_ordinal(standing.period)}", f"{half} {_ordinal(standing.period)}"
    period = _ordinal(standing.period)
    return f"{shown} - {period} {contest.league.clockwork.word}", f"{shown} - {period}"


def _situation(contest: Contest, standing: Standing) -> Message:
    home = round(outlook(contest, standing).home_by_more_than(0), 3)
    chances = {
        "tiePercentage": 0.0,
        "homeWinPercentage": home,
        "awayWinPercentage": round(1 - home, 3),
        "secondsLeft": 0,
    }
    play = {
        "id": f"{contest.id}{standing.total:04d}",
        "type": {"id": "1", "text": "Play"},
        "text": "Play",
        "scoreValue": 0,
        "team": {"id": contest.home.id},
        "probability": chances,
    }
    return {"lastPlay": play}


def _league(league: League, year: int) -> Message:
    kind = {"id": "2", "type": 2, "name": "Regular Season", "abbreviation": "reg"}
    first, last = f"{year}-01-01T08:00Z", f"{year}-12-31T07:59Z"
    season = {"year": year, "startDate": first, "endDate": last, "displayName": str(year), "type": kind}
    return {
        **FIXED["espn_league"],
        "id": str(league.espn_league),
        "uid": _uid(league),
        "name": league.name,
        "abbreviation": league.abbreviation,
        "slug": league.path,
        "season": season,
        "calendarStartDate": first,
        "calendarEndDate": last,
    }


def _link(league: League, path: str, words: str, kinds: Iterable[str]) -> Message:
    return {
        "language": "en-US",
        "rel": list(kinds),
        "href": f"https://www.espn.com/{league.path}/{path}",
        "text": words,
        "shortText": words,
        "isExternal": False,
        "isPremium": False,
    }


def _team_link(league: League, team: Team) -> Message:
    linked = _link(league, f"team/_/id/{team.id}", "Clubhouse", ["clubhouse", "desktop", "team"])
    return {field: value for field, value in linked.items() if field not in ("language", "shortText")}


def _uid(league: League, tail: str = "") -> str:
    return f"s:{league.espn_sport}~l:{league.espn_league}{tail}"


def _minute(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def _ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
