"""Which game of a pair of teams is meant: by start, by Eastern day, by game number. Teams meet again and again."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta

import msgspec

from app.domain.games import EASTERN, Game, GameId, eastern_date
from app.domain.leagues import LEAGUES, LeagueCode
from app.domain.markets import Event
from app.domain.teams import Reason, Team, TeamId

SAME_START = timedelta(minutes=15)
SAME_ESTIMATED_START = timedelta(minutes=100)  # an expected end less a typical length is no better than this
DOUBLEHEADER_GAP = timedelta(hours=2, minutes=30)  # further apart on one day: baseball's other game, not a delay
ANY_SOCCER = LeagueCode("soccer")
PLACEHOLDER = time(12)  # noon in New York, when only the day is known


class Found(msgspec.Struct, frozen=True):
    """The game that is meant, or in `code` why none can be named: `no_game` and `other_day` leave room for a
    provisional one, `ambiguous_game`, `no_date` and `day_conflict` do not."""

    game: Game | None
    reason: Reason
    code: str = ""


class GameIndex:
    """Games by pair of teams. Grows by provisional games as listings are linked.

    A provisional game gives way to the score source's own game of that pair and day, whichever came first.
    """

    def __init__(self, games: Iterable[Game] = ()) -> None:
        self._by_pair: dict[frozenset[TeamId], dict[GameId, Game]] = {}
        for game in sorted(games, key=lambda game: game.is_provisional):
            self.add(game)

    def add(self, game: Game) -> None:
        """Put in a game, or a newer state of one."""
        pair = self._by_pair.setdefault(game.teams, {})
        if game.is_provisional:
            if any(_is_same_contest(game, known) for known in pair.values() if not known.is_provisional):
                return
        else:
            for known in [known for known in pair.values() if known.is_provisional and _is_same_contest(known, game)]:
                del pair[known.id]
        pair[game.id] = game

    def __contains__(self, game: Game) -> bool:
        return game.id in self._by_pair.get(game.teams, {})

    def __iter__(self) -> Iterator[Game]:
        return (game for games in self._by_pair.values() for game in games.values())

    def between(self, first: Sequence[Team], second: Sequence[Team], league: LeagueCode) -> list[Game]:
        """Every game of this league between one of `first` and one of `second`, home and away either way."""
        pairs = {frozenset((one.id, other.id)) for one in first for other in second if one.id != other.id}
        games = (game for pair in pairs for game in self._by_pair.get(pair, {}).values())
        return sorted((game for game in games if same_league(game.league, league)), key=lambda game: game.start)


def same_league(one: LeagueCode, other: LeagueCode) -> bool:
    """Equal, or one of them is `soccer`, which stands for any soccer league."""
    return one == other or (LEAGUES[one].pool == LEAGUES[other].pool and ANY_SOCCER in (one, other))


def _is_same_contest(provisional: Game, real: Game) -> bool:
    if not same_league(provisional.league, real.league) or provisional.eastern_date != real.eastern_date:
        return False
    if not (provisional.start_is_known and real.start_is_known):
        return True
    return not (_plays_twice_a_day(real) and abs(real.start - provisional.start) >= DOUBLEHEADER_GAP)


def pick_game(event: Event, games: Sequence[Game]) -> Found:
    """The one among the games of a pair that an event's start, day and number speak of."""
    if event.start is None and event.day is None:
        return Found(None, Reason("start", "unknown", "the listing names neither time nor day"), "no_date")
    if contradicts_its_day(event):
        said = f"the listing is named for {event.day} and says it starts {event.start:%Y-%m-%d %H:%M} UTC"
        return Found(None, Reason("start", "differs", said), "day_conflict")
    if not games:
        return Found(None, Reason("game", "unknown", "no game of these teams is known"), "no_game")
    if event.start is not None and event.start_source != "date_only":
        return _by_start(event, event.start, games)
    return _by_day(event, games)


def contradicts_its_day(event: Event) -> bool:
    """Teams meet on consecutive days, so a listing whose name and start are of different days may mean either game.

    Single competitors are let be: their matches move by days, and they meet once."""
    if event.day is None or event.start is None or event.league is None or not LEAGUES[event.league].has_teams:
        return False
    days = {eastern_date(event.start)} | ({event.start.date()} if event.day_may_be_utc else set())
    return event.day not in days


def provisional_game(event: Event, home: Team, away: Team, code_of: dict[TeamId, str], number: int) -> Game:
    """A game that the score source does not show, from what a listing says of its start or day."""
    assert event.league is not None  # it was needed to find the teams
    day = eastern_date(event.start) if event.start else event.day
    assert day is not None  # pick_game has refused a listing without time and day
    tail = f":{number}" if number > 1 else ""
    return Game(
        id=GameId(f"x:{event.league}:{day.isoformat()}:{code_of[away.id]}-{code_of[home.id]}{tail}"),
        league=event.league,
        home=home,
        away=away,
        start=event.start or datetime.combine(day, PLACEHOLDER, EASTERN).astimezone(UTC),
        start_is_known=_states_start(event),
        number=number if event.number or number > 1 else 0,
        is_provisional=True,
    )


def with_better_start(game: Game, event: Event) -> Game:
    """A provisional game whose start was a day or an estimate, now that a listing states the time."""
    if not game.is_provisional or game.start_is_known or event.start is None or not _states_start(event):
        return game
    return msgspec.structs.replace(game, start=event.start, start_is_known=True)


def free_number(event: Event, games: Sequence[Game]) -> int:
    """The doubleheader number of a new provisional game: its own, or the first that no game of that day has."""
    day = eastern_date(event.start) if event.start else event.day
    taken = {game.number or 1 for game in games if game.eastern_date == day}
    if event.number and event.number not in taken:
        return event.number
    return next(number for number in range(1, len(taken) + 2) if number not in taken)


def _states_start(event: Event) -> bool:
    return event.start is not None and event.start_source != "expected_end"


def _by_start(event: Event, start: datetime, games: Sequence[Game]) -> Found:
    tolerance = SAME_START if _states_start(event) else SAME_ESTIMATED_START
    timed = [game for game in games if game.start_is_known]
    exact = [game for game in timed if abs(game.start - start) <= tolerance and _number_fits(event, game)]
    if len(exact) == 1:
        return Found(exact[0], Reason("start", "agrees", _compared(start, exact[0])))
    if len(exact) > 1:
        return _ambiguous(exact, f"{len(exact)} games start around {start:%H:%M} UTC")
    if not _states_start(event) and event.day is not None and not _plays_twice_a_day(games[0]):
        return _by_day(event, games)  # an estimate that is off says less than the day
    return _on_same_day(event, start, games)


def _on_same_day(event: Event, start: datetime, games: Sequence[Game]) -> Found:
    day = eastern_date(start)
    near = [game for game in games if game.eastern_date == day and _number_fits(event, game)]
    if not near:
        return _other_day(f"{day.isoformat()} (Eastern)", games)
    if len(near) > 1:
        return _ambiguous(near, f"{len(near)} games of these teams on {day.isoformat()}, none at this time")
    game = near[0]
    if not game.start_is_known:
        return Found(game, Reason("start", "unknown", f"same Eastern day {day.isoformat()}; the time is not set yet"))
    if _plays_twice_a_day(game) and abs(game.start - start) >= DOUBLEHEADER_GAP:
        return _other_day(f"{start:%Y-%m-%d %H:%M} UTC", games)
    return Found(game, Reason("start", "differs", _compared(start, game)))


def _by_day(event: Event, games: Sequence[Game]) -> Found:
    day = event.day
    assert day is not None  # a listing without a time has a day
    on_day = [game for game in games if game.eastern_date == day and _number_fits(event, game)]
    if len(on_day) > 1:
        return _ambiguous(on_day, f"doubleheader on {day.isoformat()} and the listing says no time or number")
    if not on_day:
        return _other_day(f"{day.isoformat()} (Eastern)", games)
    if event.day_may_be_utc:
        return Found(on_day[0], Reason("start", "unknown", f"{day.isoformat()}, which may be a UTC day, and no time"))
    return Found(on_day[0], Reason("start", "agrees", f"same Eastern day {day.isoformat()}"))


def _plays_twice_a_day(game: Game) -> bool:
    return LEAGUES[game.league].sport == "baseball"


def _number_fits(event: Event, game: Game) -> bool:
    """A game without a number is the first of its day, as far as anybody knows."""
    return not event.number or event.number == (game.number or 1)


def _compared(start: datetime, game: Game) -> str:
    minutes = round((game.start - start).total_seconds() / 60)
    apart = "same minute" if minutes == 0 else f"{abs(minutes)} min {'earlier' if minutes > 0 else 'later'}"
    return f"listing {start:%Y-%m-%d %H:%M} UTC, game {game.start:%Y-%m-%d %H:%M} UTC: {apart}"


def _other_day(wanted: str, games: Sequence[Game]) -> Found:
    days = ", ".join(sorted({game.eastern_date.isoformat() for game in games})[:5])
    return Found(None, Reason("start", "differs", f"listing is for {wanted}; these teams meet on {days}"), "other_day")


def _ambiguous(games: Sequence[Game], detail: str) -> Found:
    ids = ", ".join(game.id for game in games[:4])
    return Found(None, Reason("game", "unknown", f"{detail}: {ids}"), "ambiguous_game")
