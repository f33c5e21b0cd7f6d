"""The simulated slate: its games, their starts, what is odd about each. Same seed and minute, same slate."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from app.sandbox.games import Contest, Score, Standing, plan_scores, stand
from app.sandbox.leagues import LEAGUES, TEAMS
from app.sandbox.quirks import Quirk

FEED_LAG = (5, 20)  # seconds by which the score feed trails the venues

_ALL = frozenset({"espn", "polymarket", "kalshi"})
_LISTED = frozenset({"polymarket", "kalshi"})


class Fixture(msgspec.Struct, frozen=True):
    """A planned game. `minutes`: its start, counted from the start of the process; negative: already under way."""

    league: str
    away: str  # ESPN abbreviations
    home: str
    minutes: int
    quirks: tuple[Quirk, ...] = ()
    on: frozenset[str] = _ALL
    number: int = 0
    is_postponed: bool = False
    is_neutral: bool = False
    group: str = ""


_RICH = (Quirk.PROPS, Quirk.HALVES)
_NEXT_DAY = 24 * 60
_ON_POLYMARKET = frozenset({"espn", "polymarket"})
_ON_KALSHI = frozenset({"espn", "kalshi"})

FIXTURES = (
    Fixture("nba", "NY", "BOS", -35, _RICH),
    Fixture("nba", "LAC", "LAL", 45, _RICH),
    Fixture("nba", "GS", "SA", -95, (Quirk.SETTLED_LINE, *_RICH)),
    Fixture("nba", "WSH", "NO", 20, (Quirk.NO_TEAMS,)),
    Fixture("nba", "UTAH", "PHX", 105, (Quirk.INVERTED,)),
    Fixture("nba", "PHI", "TOR", 75, (Quirk.PUSH_LINES,)),
    Fixture("nba", "PHI", "TOR", 75 + _NEXT_DAY),
    Fixture("nba", "OKC", "DEN", -190),
    Fixture("nba", "POR", "MEM", 300),
    Fixture("nba", "MIL", "BKN", 30, is_postponed=True),
    Fixture("nba", "CHI", "DAL", 90, on=_LISTED),
    Fixture("wnba", "LV", "NY", 50),
    Fixture("wnba", "LA", "GS", -25, on=_ON_KALSHI),
    Fixture("ncaab", "DUKE", "MIA", 40, group="50"),
    Fixture("ncaab", "XAV", "M-OH", 40, group="50"),
    Fixture("ncaab", "GONZ", "SMC", -20, group="50"),
    Fixture("ncaab", "SJU", "CONN", 15, (Quirk.SWAPPED_SIDES,), is_neutral=True, group="50"),
    Fixture("ncaab", "AMCC", "TA&M", 60, group="50"),
    Fixture("ncaab", "UNCG", "UNC", -60, group="50"),
    Fixture("ncaab", "SLU", "LUC", 80, group="50"),
    Fixture("ncaab", "LMU", "SF", 100, group="50"),
    Fixture("ncaab", "SC", "USC", 25, (Quirk.NO_MILESTONE,), group="50"),
    Fixture("ncaab", "MSU", "MICH", 110, group="50"),
    Fixture("ncaab", "HAW", "MISS", 70, on=_ON_KALSHI, group="50"),
    Fixture("ncaab", "MSM", "SIE", 55, on=frozenset({"espn"}), group="50"),
    Fixture("ncaaw", "USC", "SC", 35, group="50"),
    Fixture("ncaaw", "MIA", "CONN", -30, on=_ON_POLYMARKET, group="50"),
    Fixture("nfl", "LAC", "KC", -70),
    Fixture("nfl", "DET", "BUF", 65, (Quirk.UTC_SLUG,)),
    Fixture("nfl", "NYJ", "NYG", 85),
    Fixture("nfl", "WSH", "JAX", 10),
    Fixture("nfl", "LAR", "SF", 2 * _NEXT_DAY),
    Fixture("ncaaf", "M-OH", "OHIO", -45, group="80"),
    Fixture("ncaaf", "OSU", "MICH", 95, group="80"),
    Fixture("ncaaf", "MIA", "FSU", 5, group="80"),
    Fixture("ncaaf", "TA&M", "TEX", 115, group="80"),
    Fixture("ncaaf", "TOW", "VILL", 50, on=_ON_POLYMARKET, group="81"),
    Fixture("mlb", "NYY", "BOS", -80, (Quirk.GAME_SUFFIX,), number=1),
    Fixture("mlb", "NYY", "BOS", 118, (Quirk.GAME_SUFFIX,), number=2),
    Fixture("mlb", "CHW", "ARI", 30, (Quirk.WRONG_START,)),
    Fixture("mlb", "LAD", "SF", 12),
    Fixture("mlb", "WSH", "ATH", 88, on=_ON_KALSHI),
    Fixture("mlb", "CHC", "DET", -230),
    Fixture("nhl", "TB", "NSH", -50),
    Fixture("nhl", "LA", "VGK", 55),
    Fixture("nhl", "NYR", "NYI", 35),
    Fixture("nhl", "MTL", "UTAH", 92, on=_ON_POLYMARKET),
    Fixture("epl", "CHE", "ARS", -40),
    Fixture("epl", "MNC", "MAN", 58),
    Fixture("epl", "NFO", "TOT", 112),
    Fixture("laliga", "BAR", "RMA", 22),
    Fixture("laliga", "ATH", "ATM", -75, on=_ON_POLYMARKET),
    Fixture("mls", "LAFC", "LA", 48),
    Fixture("mls", "NYC", "MIA", 98),
)


class Slate(msgspec.Struct, frozen=True):
    """All games of a simulation and how they play out. `origin`: its first minute; `speed` moves games, not clocks."""

    seed: int
    origin: datetime
    speed: float
    contests: tuple[Contest, ...]
    scores: dict[str, tuple[Score, ...]]

    def standing(self, contest: Contest, now: datetime) -> Standing:
        """How the game stands at a moment of real time."""
        return stand(contest, self.scores[contest.id], self._elapsed(contest, now))

    def standing_as_fed(self, contest: Contest, now: datetime) -> Standing:
        """How the score feed tells it: 5 to 20 s late."""
        lag = FEED_LAG[0] + int(contest.id) % (FEED_LAG[1] - FEED_LAG[0] + 1)
        return self.standing(contest, now - timedelta(seconds=lag))

    def end(self, contest: Contest) -> datetime:
        """When the game ends, in real time."""
        length = timedelta(seconds=contest.league.clockwork.length)
        if contest.start > self.origin:
            return contest.start + length / self.speed
        left = contest.start + length - self.origin
        return self.origin + (left / self.speed if left > timedelta() else left)

    def _elapsed(self, contest: Contest, now: datetime) -> float:
        begun = min(self.origin, now)
        before = max(0.0, (begun - contest.start).total_seconds())
        since = (now - max(begun, contest.start)).total_seconds()
        return before + since * self.speed if contest.start <= now else since


def make_slate(seed: int, now: datetime, speed: float = 1.0) -> Slate:
    """The slate that begins in the minute of `now`."""
    origin = now.replace(second=0, microsecond=0)
    contests = tuple(_contests(seed, origin))
    scores = {contest.id: plan_scores(seed, contest) for contest in contests}
    return Slate(seed, origin, speed, contests, scores)


def _contests(seed: int, origin: datetime) -> Iterator[Contest]:
    draw = random.Random(f"{seed}:{origin.isoformat()}")
    number = 401_800_000 + draw.randrange(50_000)
    for fixture in FIXTURES:
        number += draw.randrange(1, 9)
        jitter = draw.randrange(-4, 5) if abs(fixture.minutes) > 10 and not fixture.number else 0
        yield _contest(fixture, str(number), origin + timedelta(minutes=fixture.minutes + jitter), draw)


def _contest(fixture: Fixture, number: str, start: datetime, draw: random.Random) -> Contest:
    league = LEAGUES[fixture.league]
    pace = league.clockwork
    return Contest(
        id=number,
        league=league,
        home=TEAMS[fixture.league, fixture.home],
        away=TEAMS[fixture.league, fixture.away],
        start=start,
        edge=draw.gauss(0.2, 0.45) * pace.margin_spread,
        total=max(pace.total * 0.7, draw.gauss(pace.total, pace.total_spread / 3)),
        number=fixture.number,
        is_postponed=fixture.is_postponed,
        is_neutral=fixture.is_neutral,
        group=fixture.group,
        on=fixture.on,
        quirks=frozenset(fixture.quirks),
    )
