"""The grammar of Gamma's slugs: `nba-nyk-bos-2026-10-08-spread-home-12pt5`. A hint, never proof.

>>> slug = read_slug("nba-nyk-bos-2026-10-08-spread-home-12pt5")
>>> slug.league, slug.first, slug.second, str(slug.day), slug.part
('nba', 'nyk', 'bos', '2026-10-08', 'spread-home-12pt5')
>>> read_part("1h-spread-home-12pt5")
Part(kind='spread', scope='1h', side='home', line=12.5)
"""

import re
from datetime import date
from typing import Literal, cast

import msgspec

from app.domain.leagues import LEAGUES, League, LeagueCode
from app.domain.propositions import Kind, Scope

Side = Literal["home", "away", ""]

# Gamma's word for a league, in slugs and in /sports, where it differs from ours.
_PREFIXES = {
    "cfb": "ncaaf",
    "cfp": "ncaaf",
    "cbb": "ncaab",
    "cwbb": "ncaaw",
    "elc": "championship",
    "lal": "laliga",
    "bun": "bundesliga",
    "sea": "seriea",
    "fl1": "ligue1",
    "mex": "ligamx",
    "fifwc": "worldcup",
    "atp": "tennis",
    "wta": "tennis",
    "itf": "tennis",
    "val": "valorant",
}

_GAME = re.compile(
    r"(?P<prefix>[a-z0-9]+)-(?:doubles-)?(?P<first>[a-z0-9]+)-(?P<second>[a-z0-9]+)"
    r"-(?P<day>\d{4}-\d{2}-\d{2})(?:-(?P<part>.+))?"
)
_PART = re.compile(
    r"(?:(?P<scope>1h|2h|[1-4]q|[1-3]p)-)?(?P<kind>moneyline|spread|total)"
    r"(?:-(?P<side>home|away))?(?:-(?P<points>\d+)(?:pt(?P<tenths>\d+))?)?"
)
_KINDS: dict[str, Kind] = {"moneyline": "moneyline", "spread": "spread", "total": "total", "draw": "draw"}


class Slug(msgspec.Struct, frozen=True):
    """A game's slug: two codes in the order of the league's habit, a day that is mostly Eastern, and what follows."""

    prefix: str
    league: LeagueCode | None  # None: not one of ours
    first: str
    second: str
    day: date
    part: str = ""

    def code_of(self, side: Side, league: League) -> str:
        """The code of the home or the away side; empty for neither."""
        if not side:
            return ""
        return self.first if (side == "home") == home_is_first(league) else self.second


class Part(msgspec.Struct, frozen=True):
    """What a market's slug adds to its event's. `line` has no sign: `side` is who gives the points."""

    kind: Kind
    scope: Scope | None = None  # None: the whole game
    side: Side = ""
    line: float | None = None


def home_is_first(league: League) -> bool:
    """Soccer names the home side first, US sports the visitors."""
    return league.sport == "soccer"


def league_of(prefix: str) -> LeagueCode | None:
    """Gamma's word for a league → ours."""
    code = LeagueCode(_PREFIXES.get(prefix, prefix))
    return code if code in LEAGUES else None


def prefixes_of(league: LeagueCode) -> tuple[str, ...]:
    """Every word Gamma may use for a league, ours among them."""
    return (*(prefix for prefix, code in _PREFIXES.items() if code == league), league)


def read_slug(slug: str) -> Slug | None:
    """A game's or a game market's slug, or None for every other one."""
    found = _GAME.fullmatch(slug.lower())
    if not found:
        return None
    try:
        day = date.fromisoformat(found["day"])
    except ValueError:
        return None
    return Slug(found["prefix"], league_of(found["prefix"]), found["first"], found["second"], day, found["part"] or "")


def read_part(part: str) -> Part | None:
    """The kind, scope, side and line in a market's part of a slug, or None when it says none of them."""
    if part == "draw":
        return Part("draw")
    found = _PART.fullmatch(part)
    if not found:
        return None
    line = float(f"{found['points']}.{found['tenths'] or 0}") if found["points"] else None
    return Part(_KINDS[found["kind"]], _scope(found["scope"]), cast(Side, found["side"] or ""), line)


def _scope(written: str | None) -> Scope | None:
    if written is None:
        return None
    return cast(Scope, written if written.endswith("h") else written[::-1])  # 1q is our q1, 2p our p2
