"""Minute candles of a Kalshi winner market as public tables have them: `timestamp` is the end of the minute in unix
seconds, prices are cents of the side that the ticker ends with, and empty where nobody traded."""

import csv
from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from app.domain.leagues import LEAGUES, LeagueCode
from app.domain.teams import TeamId
from app.errors import BadInput
from app.matching.matcher import resolve_team
from app.matching.registry import Registry
from app.venues.kalshi.series import read_series
from app.venues.kalshi.tickers import read_ticker, split_codes

DECIDED = 0.03  # of a dollar, from either end: what the last trade of a game that is over was for
STALE_AFTER = 600  # seconds without a trade: what was paid before says nothing any more


class Candles(NamedTuple):
    """The home side's price, minute by minute in which somebody traded. `ends`: unix seconds; `closes`: dollars."""

    league: LeagueCode
    day: date  # Eastern
    away: TeamId
    home: TeamId
    ends: Sequence[int]
    closes: Sequence[float]

    @property
    def came(self) -> float | None:
        """Whether the home side has won; None where the last trade does not say."""
        last = self.closes[-1] if self.closes else 0.5
        return 1.0 if last >= 1 - DECIDED else 0.0 if last <= DECIDED else None

    def at(self, moment: float) -> float | None:
        """The last price before a moment (unix seconds): of a minute that had ended by then."""
        place = bisect_right(self.ends, moment) - 1
        return self.closes[place] if place >= 0 and moment - self.ends[place] <= STALE_AFTER else None


def read_candles(path: Path, registry: Registry) -> Candles:
    """Raises BadInput for a table of another form, or of sides that nobody knows."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    try:
        told = sorted((int(row["timestamp"]), float(row["close"]) / 100) for row in rows if row["close"])
        ticker = rows[0]["ticker"]
    except (KeyError, ValueError, IndexError):
        raise BadInput(f"{path.name}: no table of candles", remedy="It has timestamp, ticker and close.") from None
    event, _, code = ticker.rpartition("-")
    league, day, away, home = _sides(event, code, registry)
    side = _team(code, league, registry)
    closes = [close if side == home else 1 - close for _, close in told]
    return Candles(league, day, away, home, [end for end, _ in told], closes)


def _sides(event: str, side: str, registry: Registry) -> tuple[LeagueCode, date, TeamId, TeamId]:
    """The ticker names the away side first."""
    found, league = read_ticker(event), read_series(event).league
    codes = None if found is None else split_codes(found.codes, "", [side])
    if found is None or league is None or codes is None:
        raise BadInput(f"{event} is no ticker of a game")
    away, home = (_team(code, league, registry) for code in codes)
    return league, found.day, away, home


def _team(code: str, league: LeagueCode, registry: Registry) -> TeamId:
    found = resolve_team(registry, code, LEAGUES[league]).team
    if found is None:
        raise BadInput(f"nobody in {league} is called {code}")
    return found.id
