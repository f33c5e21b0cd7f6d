"""Listings, the games they may be about, and what each outcome says. `python -m benchmarks.matching.listings` writes
them out of the fixtures and the venues' styles in `facts/`."""

from pathlib import Path
from typing import Literal

import msgspec

VenueName = Literal["kalshi", "polymarket"]

LISTINGS = Path(__file__).parent / "listings.jsonl"


class Candidate(msgspec.Struct, frozen=True, omit_defaults=True):
    """One game of the slate. `start` in UTC."""

    id: str
    league: str
    home: str
    away: str
    start: str
    number: int = 0  # of a doubleheader


class Claim(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an outcome says: of which game, and that its holder is paid when `kind` comes true (or, `pays` no, when it
    does not). Spreads: `team` wins by more than `-line`. Totals: more than `line`. `game` null: nothing to link."""

    game: str | None = None
    kind: str = ""
    period: str = ""
    team: str = ""
    line: float | None = None
    pays: Literal["yes", "no"] = "yes"


class Listing(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One outcome of one market as its venue lists it. What the venue does not say is absent."""

    id: str
    league: str
    tests: str  # what it is here for
    venue: VenueName
    title: str  # of the event
    event: str  # event ticker, or slug
    market: str  # market ticker, or slug
    question: str
    subtitle: str = ""  # Kalshi: what YES is about
    market_type: str = ""  # Polymarket's own field
    line: float | None = None  # the venue's own field
    outcomes: tuple[str, str]
    outcome: str  # the one that is held
    start: str = ""  # UTC
    market_start: str = ""  # what the market says apart from its event
    games: tuple[Candidate, ...]
    answer: Claim
    why: str = ""


def read_listings() -> list[Listing]:
    """The listings as they are published."""
    return [msgspec.json.decode(line, type=Listing) for line in LISTINGS.read_bytes().splitlines()]
