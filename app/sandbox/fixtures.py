"""Which games the simulated slate has: the first round by hand, later rounds from the same teams paired anew."""

from collections.abc import Iterator

import msgspec

from app.sandbox.quirks import Quirk

ROUNDS_A_DAY = 5  # rounds until a pair may meet again: more than a day
_FARTHEST = 120  # minutes, within which a round's games begin
_SECOND_HALF = 165  # minutes by which half of the leagues play later, so that something is always live
_LATE_LEAGUES = frozenset({"nfl", "ncaaf", "nhl", "epl", "laliga", "mls"})

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
    alias: str = ""  # what the venues call the home side instead


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
    Fixture("ncaaw", "USC", "SC", 35, (Quirk.OTHER_DAY,), group="50"),
    Fixture("ncaaw", "MIA", "CONN", -30, on=_ON_POLYMARKET, group="50"),
    Fixture("nfl", "LAC", "KC", -70),
    Fixture("nfl", "DET", "BUF", 65, (Quirk.UTC_SLUG,)),
    Fixture("nfl", "NYJ", "NYG", 85, (Quirk.ZERO_FEES,)),
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
    Fixture("mlb", "LAD", "SF", 12, (Quirk.FEE_OVERRIDE,)),
    Fixture("mlb", "WSH", "ATH", 88, (Quirk.UNKNOWN_NAME,), on=_ON_KALSHI, alias="Sutter Nine"),
    Fixture("mlb", "CHC", "DET", -230),
    Fixture("nhl", "TB", "NSH", -50),
    Fixture("nhl", "LA", "VGK", 55, (Quirk.INVERTED_PRICES,)),
    Fixture("nhl", "NYR", "NYI", 35, (Quirk.UNREAD_CLAUSE,)),
    Fixture("nhl", "MTL", "UTAH", 92, (Quirk.UNKNOWN_NAME,), on=_ON_POLYMARKET, alias="Beehive Tuskers"),
    Fixture("epl", "CHE", "ARS", -40),
    Fixture("epl", "MNC", "MAN", 58),
    Fixture("epl", "NFO", "TOT", 112, (Quirk.OTHER_WINDOW,)),
    Fixture("laliga", "BAR", "RMA", 22),
    Fixture("laliga", "ATH", "ATM", -75, on=_ON_POLYMARKET),
    Fixture("mls", "LAFC", "LA", 48, (Quirk.FEE_WAIVER,)),
    Fixture("mls", "NYC", "MIA", 98),
)


def fixtures_of(round_number: int) -> tuple[Fixture, ...]:
    """The games of a round. In later ones every away team meets another home team, and nothing is odd."""
    if round_number == 0:
        return FIXTURES
    leagues = dict.fromkeys(fixture.league for fixture in FIXTURES)
    return tuple(fixture for league in leagues for fixture in _paired_anew(league, round_number % ROUNDS_A_DAY))


def _paired_anew(league: str, turn: int) -> Iterator[Fixture]:
    planned = [fixture for fixture in FIXTURES if fixture.league == league and _is_regular(fixture)]
    if turn >= len(planned):
        return
    for place, fixture in enumerate(planned):
        home = planned[(place + turn) % len(planned)].home
        minutes = abs(fixture.minutes) % _FARTHEST + (_SECOND_HALF if league in _LATE_LEAGUES else 0)
        yield Fixture(league, fixture.away, home, minutes, on=fixture.on | {"espn"}, group=fixture.group)


def _is_regular(fixture: Fixture) -> bool:
    return fixture.minutes < _FARTHEST and fixture.number != 2 and (fixture.league, fixture.home) not in _BOOKED


_BOOKED = {(fixture.league, fixture.home) for fixture in FIXTURES if fixture.minutes >= _FARTHEST}  # play far ahead
