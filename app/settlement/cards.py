"""Rule cards: what each venue pays when, by league, kind and scope, with where and when that was read.

A card stands in for a market's own text where that is silent, and never against it. What nobody has confirmed is shown
to people and compared, and decides nothing.
"""

import csv
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

import msgspec

from app.domain.leagues import LEAGUES, League, LeagueCode
from app.domain.markets import VenueId
from app.domain.propositions import Kind, Scope
from app.domain.settlements import FOREVER, Payout

ClauseName = Literal["overtime", "tie", "window", "late", "cancelled", "abandoned"]
ClauseValue = bool | int | Payout | tuple[Payout, ...]  # as the fields of `Terms`

ANY = "*"
SPORT = "@"  # "@soccer": every league of that sport


class Ruling(msgspec.Struct, frozen=True):
    """One clause of one or several cards. `win` and `lose` speak about the market's YES."""

    leagues: tuple[str, ...]
    venue: str
    kinds: tuple[str, ...]
    scopes: tuple[str, ...]
    clause: ClauseName
    value: ClauseValue
    is_confirmed: bool
    source: str
    dated: str  # ISO 8601: a day, a month

    def covers(self, league: League, venue: VenueId, kind: Kind, scope: Scope) -> bool:
        """Whether it speaks about such markets."""
        return (
            self.venue in (ANY, venue)
            and covers(self.leagues, league)
            and (ANY in self.kinds or kind in self.kinds)
            and (ANY in self.scopes or scope in self.scopes)
        )


Card = dict[ClauseName, Ruling]


@cache
def card_of(league: LeagueCode, venue: VenueId, kind: Kind, scope: Scope) -> Card:
    """What is known of such markets, confirmed or not; empty where nothing is."""
    card: Card = {}
    for ruling in rulings():
        if ruling.covers(LEAGUES[league], venue, kind, scope):
            card.setdefault(ruling.clause, ruling)  # the first one that covers it: particular ones stand on top
    return card


@cache
def rulings() -> Sequence[Ruling]:
    """Every clause of every card, in the order of the file."""
    return tuple(_ruling(row) for row in rows("cards.csv"))


def rows(name: str) -> Iterator[dict[str, str]]:
    """The lines of one of this room's files."""
    text = files("app.settlement").joinpath("data", name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


def covers(leagues: Sequence[str], league: League) -> bool:
    """Whether one of these names means the league: its code, its sport, or any."""
    return league.code in leagues or SPORT + league.sport in leagues or ANY in leagues


def _ruling(row: dict[str, str]) -> Ruling:
    return Ruling(
        leagues=tuple(row["leagues"].split("|")),
        venue=row["venue"],
        kinds=tuple(row["kinds"].split("|")),
        scopes=tuple(row["scopes"].split("|")),
        clause=msgspec.convert(row["clause"], ClauseName),
        value=_value(row["clause"], row["value"]),
        is_confirmed=row["confirmed"] == "yes",
        source=row["source"],
        dated=row["dated"],
    )


def _value(clause: str, written: str) -> ClauseValue:
    if clause == "overtime":
        return written == "yes"
    if clause == "window":
        return FOREVER if written == "forever" else int(written)
    payouts = tuple(payout for word in written.split("|") for payout in get_args(Payout) if payout == word)
    return payouts if clause == "abandoned" else payouts[0]
