"""A plan: what is to happen on a simulated slate, and when. A JSON list of entries; docs/sandbox.md describes them."""

from math import isfinite
from pathlib import Path
from typing import Literal

import msgspec

from app.errors import StartRefused
from app.sandbox.faults import Fault
from app.sandbox.grids import DOLLAR
from app.sandbox.markets import Venue

DEEDS = ("ladder", "price", "rules", "score", "status", "fault")
LONGEST = 365 * 24 * 3600.0  # seconds: a year
_REMEDY = "Mend the plan; docs/sandbox.md shows every kind of entry."


class Levels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Price and size as decimal strings, in terms of the YES or of the first outcome."""

    bids: tuple[tuple[str, str], ...] = ()
    asks: tuple[tuple[str, str], ...] = ()


class Points(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is scored besides what is played."""

    home: int = 0
    away: int = 0


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that happens: exactly one of ladder, price, rules, score, status and fault."""

    at: float  # seconds
    after: Literal["start", "game"] = "start"  # of the sandbox, or of the entry's game
    for_seconds: float | None = None  # of ladder, price and rules; left out: to the end
    venue: Venue | None = None
    game: str = ""  # "nba:NY@BOS", "mlb:NYY@BOS#2", or the score feed's id
    market: str = ""  # ticker, condition, token or slug; with a game also its label: "GAME-BOS", "moneyline"
    ladder: Levels | None = None
    price: str | None = None  # of the market; of a game: of its home side to win
    rules: str | None = None
    score: Points | None = None
    status: Literal["postponed"] | None = None
    fault: Fault | None = None

    @property
    def deed(self) -> str:
        """Which of the six it is."""
        return next(name for name in DEEDS if getattr(self, name) is not None)


def read_plan(file: Path) -> tuple[Entry, ...]:
    """The entries of a file. Raises StartRefused with the entry and the field that is wrong."""
    try:
        entries = msgspec.json.decode(file.read_bytes(), type=tuple[Entry, ...])
    except OSError as error:
        raise StartRefused(f"{file} cannot be read: {error.strerror}", remedy="Name the plan's file.") from error
    except msgspec.DecodeError as error:
        raise StartRefused(f"{file}: {error}", remedy=_REMEDY) from error
    for number, entry in enumerate(entries):
        _check(number, entry)
    return entries


def wrong(number: int, what: str) -> StartRefused:
    """Entry `number`, from 0 as in the messages about JSON, cannot be done."""
    return StartRefused(f"plan, entry {number}: {what}", remedy=_REMEDY)


def units(number: int, written: str, one: int, what: str) -> int:
    """A decimal string in whole units, of which `one` make 1. Raises StartRefused."""
    try:
        counted = float(written) * one
    except ValueError:
        raise wrong(number, f"{what} {written!r} is no number") from None
    if not isfinite(counted) or abs(counted - round(counted)) > 1e-6 or round(counted) <= 0:
        raise wrong(number, f"{what} {written} is not a positive multiple of 1/{one}")
    return round(counted)


def read_price(number: int, written: str) -> int:
    """1/10,000 dollar. Raises StartRefused."""
    found = units(number, written, DOLLAR, "price")
    if found >= DOLLAR:
        raise wrong(number, f"price {written} is not below a dollar")
    return found


def _check(number: int, entry: Entry) -> None:
    deeds = [name for name in DEEDS if getattr(entry, name) is not None]
    if len(deeds) != 1:
        raise wrong(number, f"holds {' and '.join(deeds) or 'none'} of {', '.join(DEEDS)}; exactly one is needed")
    if entry.at < 0:
        raise wrong(number, "happens before the start")
    if entry.for_seconds is not None and entry.for_seconds <= 0:
        raise wrong(number, "ends before it begins")
    if entry.at > LONGEST or (entry.for_seconds or 0) > LONGEST:
        raise wrong(number, "is more than a year away; leave for_seconds out for what lasts to the end")
    if entry.after == "game" and not entry.game:
        raise wrong(number, "counts from the start of a game, and names none")
    if deeds[0] in ("ladder", "rules") and not entry.market:
        raise wrong(number, f"{deeds[0]} needs a market")
    if deeds[0] in ("score", "status") and not entry.game:
        raise wrong(number, f"{deeds[0]} needs a game")
    if deeds[0] == "price" and not (entry.market or entry.game):
        raise wrong(number, "price needs a market or a game")
