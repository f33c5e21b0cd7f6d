"""A plan: what is to happen on a simulated slate, and when. A JSON list of entries; docs/sandbox.md describes them."""

from collections.abc import Iterator
from math import isfinite
from pathlib import Path
from typing import Literal

import msgspec

from app.domain.parsing import NOT_READABLE
from app.errors import StartRefused
from app.sandbox.faults import Fault
from app.sandbox.fees import Fees
from app.sandbox.games import Interruption
from app.sandbox.grids import DOLLAR
from app.sandbox.markets import Venue
from app.sandbox.quirks import NEEDS_MORE, Quirk

DEEDS = ("ladder", "price", "rules", "rules_secondary", "fees", "score", "final", "status", "oddity", "fault")
_OF_MARKETS = frozenset({"ladder", "rules", "rules_secondary", "fees"})
_OF_GAMES = frozenset({"score", "final", "status", "oddity"})
_TO_THE_END = frozenset({"final", "status", "oddity"})
LONGEST = 365 * 24 * 3600.0  # seconds: a year
HIGHEST_FEE, STEEPEST_FEE = 10.0, 4
_REMEDY = "Mend the plan; docs/sandbox.md shows every kind of entry."


class Levels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Price and size as decimal strings, in terms of the YES or of the first outcome."""

    bids: tuple[tuple[str, str], ...] = ()
    asks: tuple[tuple[str, str], ...] = ()


class Points(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is scored: besides what is played, or in all."""

    home: int = 0
    away: int = 0


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that happens: exactly one of its deeds, from `ladder` on."""

    at: float  # seconds
    after: Literal["start", "game"] = "start"  # of the sandbox, or of the entry's game
    for_seconds: float | None = None  # of ladder, price, rules and fees; left out: to the end
    venue: Venue | None = None
    game: str = ""  # "nba:NY@BOS", "mlb:NYY@BOS#2", or the score feed's id
    market: str = ""  # ticker, condition, token or slug; with a game also its label: "GAME-BOS", "moneyline"
    ladder: Levels | None = None
    price: str | None = None  # of the market; of a game: of its home side to win
    rules: str | None = None  # Kalshi's primary ones, Polymarket's description
    rules_secondary: str | None = None  # of Kalshi
    fees: Fees | None = None
    score: Points | None = None
    final: Points | None = None  # the game is over, and ends so
    status: Interruption | None = None
    oddity: Quirk | None = None  # how the game is listed, from the start to the end
    fault: Fault | None = None

    @property
    def deed(self) -> str:
        """Which one it is."""
        return next(name for name in DEEDS if getattr(self, name) is not None)


def read_plan(file: Path) -> tuple[Entry, ...]:
    """The entries of a file. Raises StartRefused with the entry and the field that is wrong."""
    try:
        written = file.read_bytes()
    except OSError as error:
        raise StartRefused(f"{file} cannot be read: {error.strerror}", remedy="Name the plan's file.") from error
    return entries_of(written, str(file))


def entries_of(written: bytes, named: str) -> tuple[Entry, ...]:
    """The entries of a JSON list. Raises StartRefused with the entry and the field that is wrong."""
    try:
        entries = msgspec.json.decode(written, type=tuple[Entry, ...])
    except NOT_READABLE as error:
        raise StartRefused(f"{named}: {error}", remedy=_REMEDY) from error
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
    for complaint in (*_untimely(entry, deeds[0]), *_unnamed(entry, deeds[0]), *_impossible(entry)):
        raise wrong(number, complaint)


def _untimely(entry: Entry, deed: str) -> Iterator[str]:
    if entry.at < 0:
        yield "happens before the start"
    if entry.for_seconds is not None and entry.for_seconds <= 0:
        yield "ends before it begins"
    if entry.at > LONGEST or (entry.for_seconds or 0) > LONGEST:
        yield "is more than a year away; leave for_seconds out for what lasts to the end"
    if deed in _TO_THE_END and entry.for_seconds is not None:
        yield f"{deed} lasts to the end; leave for_seconds out"
    if deed == "oddity" and (entry.at or entry.after != "start"):
        yield "oddity is how a game is listed from the start: at must be 0"


def _unnamed(entry: Entry, deed: str) -> Iterator[str]:
    if entry.after == "game" and not entry.game:
        yield "counts from the start of a game, and names none"
    if deed in _OF_MARKETS and not entry.market:
        yield f"{deed} needs a market"
    if deed in _OF_GAMES and not entry.game:
        yield f"{deed} needs a game"
    if deed == "price" and not (entry.market or entry.game):
        yield "price needs a market or a game"


def _impossible(entry: Entry) -> Iterator[str]:
    if entry.final and min(entry.final.home, entry.final.away) < 0:
        yield "final is no score"
    if entry.oddity in NEEDS_MORE:
        yield f"oddity {entry.oddity} needs {NEEDS_MORE[entry.oddity]}, which no plan can give"
    if (fees := entry.fees) is None:
        return
    if (fees.multiplier is not None or fees.is_waived) == (fees.rate is not None):
        yield "fees holds multiplier or is_waived (Kalshi), or rate (Polymarket)"
    if not (0 <= (fees.multiplier or 0) <= HIGHEST_FEE and 0 <= (fees.rate or 0) <= HIGHEST_FEE):
        yield f"fees are not between 0 and {HIGHEST_FEE:g}"
    if not 1 <= fees.exponent <= STEEPEST_FEE:
        yield f"exponent is not between 1 and {STEEPEST_FEE}"
