"""The grammar of Kalshi's sports tickers: an Eastern day, perhaps an Eastern time, two codes without a mark between.

>>> ticker = read_ticker("KXMLBGAME-26JUN291835CWSBALG2")
>>> str(ticker.day), ticker.start.isoformat(), ticker.codes, ticker.number
('2026-06-29', '2026-06-29T22:35:00+00:00', 'CWSBAL', 2)
>>> split_codes("NYKSAS", "NYK at SAS (Jun 13)", ())
('NYK', 'SAS')
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone

import msgspec

from app.domain.games import EASTERN

_MONTHS = {name: number for number, name in enumerate(re.findall("...", "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"), 1)}
_EVENT = re.compile(
    r"(?P<series>[A-Z0-9]+)-(?P<year>\d{2})(?P<month>[A-Z]{3})(?P<day>\d{2})"
    r"(?:(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d))?(?P<codes>[A-Z0-9]+)"
)
_PAIR = re.compile(r"(?P<first>[A-Z0-9]+) (?:at|vs\.?|@) (?P<second>[A-Z0-9]+)(?: \(.*\))?")
_STRIKE = re.compile(r"(?P<code>[A-Z]+)\d+")
_SCHEDULED = re.compile(
    r"scheduled for (?P<month>[A-Z][a-z]{2})[a-z]* (?P<day>\d{1,2}), (?P<year>\d{4})"
    r" at (?P<hour>\d{1,2}):(?P<minute>\d{2}) (?P<half>[AP])M (?P<zone>E[DS]T)"
)
_ZONES = {"EDT": timezone(timedelta(hours=-4)), "EST": timezone(timedelta(hours=-5))}


class EventTicker(msgspec.Struct, frozen=True):
    """What the ticker of a game's event says."""

    series: str
    day: date  # Eastern
    start: datetime | None  # UTC, to the minute; most leagues write no time
    codes: str  # both teams, not yet split
    number: int = 0  # of a doubleheader


def read_ticker(ticker: str) -> EventTicker | None:
    """A game's event ticker, or None for a season's, a combination's and every other one."""
    found = _EVENT.fullmatch(ticker)
    if not found or found["month"] not in _MONTHS:
        return None
    codes, number = found["codes"], 0
    if found["series"].startswith("KXMLB") and codes[-2:] in ("G1", "G2"):  # elsewhere G2 is a team
        codes, number = codes[:-2], int(codes[-1])
    try:
        day = date(2000 + int(found["year"]), _MONTHS[found["month"]], int(found["day"]))
    except ValueError:
        return None
    start = None
    if found["hour"]:
        local = datetime(day.year, day.month, day.day, int(found["hour"]), int(found["minute"]), tzinfo=EASTERN)
        start = local.astimezone(UTC)
    return EventTicker(found["series"], day, start, codes, number) if codes else None


def split_codes(codes: str, sub_title: str, suffixes: Iterable[str]) -> tuple[str, str] | None:
    """The two codes in the order of the ticker: by the sub-title, else by the suffixes of the markets. None when
    neither fits the ticker."""
    said = _PAIR.fullmatch(sub_title)
    if said and said["first"] + said["second"] == codes:
        return said["first"], said["second"]
    known = {code for suffix in suffixes for code in (suffix, strike_code(suffix)) if code}
    pairs = {(first, second) for first in known for second in known if first + second == codes}
    if not pairs:
        pairs = {(one, codes[len(one) :]) for one in known if codes.startswith(one) and len(codes) > len(one)}
        pairs |= {(codes[: -len(one)], one) for one in known if codes.endswith(one) and len(codes) > len(one)}
    return pairs.pop() if len(pairs) == 1 else None


def suffix_of(ticker: str, event_ticker: str) -> str:
    """What a market's ticker adds to its event's: a code, a strike, a player; empty when they are the same."""
    return ticker.removeprefix(event_ticker).removeprefix("-")


def strike_code(suffix: str) -> str:
    """The team in front of a strike: `DEN12` → `DEN`; empty when it is none."""
    found = _STRIKE.fullmatch(suffix)
    return found["code"] if found else ""


def read_rules_start(rules: str) -> datetime | None:
    """The start in the rules' text, UTC; only baseball and a few others write a time."""
    found = _SCHEDULED.search(rules)
    if not found or found["month"].upper() not in _MONTHS:
        return None
    hour = int(found["hour"]) % 12 + (12 if found["half"] == "P" else 0)
    try:
        return datetime(
            int(found["year"]),
            _MONTHS[found["month"].upper()],
            int(found["day"]),
            hour,
            int(found["minute"]),
            tzinfo=_ZONES[found["zone"]],
        ).astimezone(UTC)
    except ValueError:
        return None
