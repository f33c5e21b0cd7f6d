"""The fixtures and the venues' styles of `facts/`, read; and the slate of games around a fixture."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from benchmarks.matching.listings import Candidate
from benchmarks.matching.pairs import FACTS

EASTERN = ZoneInfo("America/New_York")
MOST_OTHERS = 4
DUELS = frozenset({"tennis", "ufc", "cs2"})
TWINS = {"ncaab": "ncaaw", "ncaaw": "ncaab"}
SOCCER = frozenset({"epl", "laliga", "bundesliga", "mls"})


class Style(NamedTuple):
    """How the venues write a team."""

    name: str
    kalshi: str
    ticker: str
    label: str
    slug: str


class Fixture(NamedTuple):
    """A game as its venues list it: the first side visits, in soccer it is at home."""

    league: str
    first: Style
    second: Style
    start: datetime  # New York
    gives: float  # points the second side gives
    total: float

    @property
    def utc(self) -> str:
        return in_utc(self.start)

    @property
    def is_soccer(self) -> bool:
        return self.league in SOCCER

    @property
    def is_duel(self) -> bool:
        """One against one: venues ask who wins, and here nothing else."""
        return self.league in DUELS

    @property
    def home(self) -> Style:
        return self.first if self.is_soccer else self.second

    @property
    def away(self) -> Style:
        return self.second if self.is_soccer else self.first

    @property
    def giver(self) -> Style:
        return self.second if self.gives > 0 else self.first

    @property
    def taker(self) -> Style:
        return self.first if self.gives > 0 else self.second

    @property
    def whole(self) -> str:
        return "regulation" if self.is_soccer else "game"


def read_fixtures() -> list[Fixture]:
    """Every fixture, with the styles of its sides."""
    styles = {(league, style[0]): Style(*style) for league, *style in _rows("venues.txt")}
    return [
        Fixture(
            league,
            styles[league, first],
            styles[league, second],
            datetime.fromisoformat(start).replace(tzinfo=EASTERN),
            float(gives),
            float(total),
        )
        for league, first, second, start, gives, total in _rows("fixtures.txt")
    ]


def slate(fixture: Fixture, fixtures: list[Fixture], *without: str) -> tuple[Candidate, ...]:
    """The game, the same sides a day later and the other way round ten days before, and what else is played around.
    `without` leaves out games by id."""
    later, before = fixture.start + timedelta(days=1), fixture.start - timedelta(days=10)
    games = [
        _game("game", fixture, fixture.start),
        _game("next_day", fixture, later),
        _game("return", fixture, before, turned=True),
        *(_game(f"other{number}", other, other.start) for number, other in enumerate(_near(fixture, fixtures), 1)),
        *_twin(fixture),
    ]
    return tuple(game for game in games if game.id not in without)


def in_utc(moment: datetime) -> str:
    """As the venues write it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _twin(fixture: Fixture) -> list[Candidate]:
    """The other sex's teams of two colleges meet on the same day."""
    league = TWINS.get(fixture.league)
    earlier = fixture.start - timedelta(hours=2, minutes=30)
    return [_game("twin", fixture._replace(league=league), earlier)] if league else []


def _near(fixture: Fixture, fixtures: list[Fixture]) -> list[Fixture]:
    """Games of the league, or of anybody with a name of these sides in another one; the nearest in time."""
    others = (
        other
        for other in fixtures
        if other is not fixture and (other.league == fixture.league or _shares_a_name(other, fixture))
    )
    return sorted(others, key=lambda other: abs(other.start - fixture.start))[:MOST_OTHERS]


def _shares_a_name(one: Fixture, other: Fixture) -> bool:
    labels = {other.first.label, other.second.label, other.first.name, other.second.name}
    return bool(labels & {one.first.label, one.second.label, one.first.name, one.second.name})


def _game(game_id: str, fixture: Fixture, start: datetime, *, turned: bool = False) -> Candidate:
    home, away = (fixture.away, fixture.home) if turned else (fixture.home, fixture.away)
    return Candidate(game_id, fixture.league, home.name, away.name, in_utc(start))


def _rows(name: str) -> list[list[str]]:
    lines = (FACTS / name).read_text("utf-8").splitlines()
    return [[part.strip() for part in line.split(" ; ")] for line in lines if not line.startswith("#")]
