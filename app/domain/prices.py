"""Prices as they are now: levels, books, quotes. Every one knows two clocks: when the venue says it happened, and when
we heard of it.

A market has one book. It is told in terms of its first contract: the YES of a Kalshi market, the first outcome of a
Polymarket one. What is bid for the other contract is an ask of this book at one dollar less: the same liquidity, so it
is counted once.
"""

from collections.abc import Sequence
from typing import Annotated, Literal, NewType

import msgspec

from app.domain.games import GameId
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.money import ONE_DOLLAR, Price, Size

Nanos = NewType("Nanos", int)  # nanoseconds UTC since 1970
BookId = NewType("BookId", str)  # "{venue}:{market id}"
LaneId = NewType("LaneId", str)  # one subscription over one connection; what it carries is cut off together

MILLISECOND = 1_000_000  # nanoseconds
SECOND = 1_000 * MILLISECOND

Level = tuple[Price, Size]
Doubt = Literal[
    "waiting",  # for the first snapshot
    "paused",  # the venue has stopped the market's trading, or decided it
    "gap",  # a sequence number is missing
    "disconnected",
    "silence",  # nothing is heard, whether or not pings are answered
    "garbage",  # a frame that nobody can read may have been about this book
    "negative",  # more was taken from a level than it had
    "crossed",  # somebody would sell for less than another pays
    "off_grid",  # a price between two ticks
    "complement",  # the book of the other outcome is not this one's mirror
    "best",  # the venue names another best price
    "cross_check",  # asked over REST, the venue shows another book
    "lost",  # nobody holds the book any more: its process has fallen silent, or does not follow it
]
State = Literal["fresh", "stale", "quarantined", "indicative"]


class Listed(msgspec.Struct, frozen=True):
    """A market whose book is followed. `second` is the complement of `first`."""

    book_id: BookId
    venue: VenueId
    market_id: MarketId
    game_id: GameId
    first: ContractId
    second: ContractId | None = None


class Step(msgspec.Struct, frozen=True):
    """Prices from `start` to `end` are multiples of `step`; all in 1/10,000 dollar."""

    start: Price
    end: Price
    step: Annotated[int, msgspec.Meta(gt=0)]


class Grid(msgspec.Struct, frozen=True):
    """Where a market's prices may lie; ranges in ascending order, together from 0 to 1 dollar."""

    steps: Annotated[tuple[Step, ...], msgspec.Meta(min_length=1)]

    @property
    def unit(self) -> int:
        """The finest step, of which all others are multiples."""
        return min(step.step for step in self.steps)

    def holds(self, price: int) -> bool:
        """Whether an order may have this price."""
        return any(one.start <= price <= one.end and (price - one.start) % one.step == 0 for one in self.steps)


def even_grid(step: int) -> Grid:
    """The same step, in 1/10,000 dollar, from 0 to 1 dollar."""
    return Grid((Step(Price(0), ONE_DOLLAR, step),))


CENT_GRID = even_grid(100)
FINEST_GRID = even_grid(1)  # of a market whose grid is not told: nothing is off it


class Quote(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="quote"):
    """Best bid and ask of one contract, with what lies there. `proved_at`: the venue last showed then that this is so;
    the price may be much older. `sequence` and `mark` are the venue's own name of the book's state: Kalshi counts
    (`mark` names the subscription), Polymarket hashes."""

    contract_id: ContractId
    bid: Price | None
    bid_size: Size
    ask: Price | None
    ask_size: Size
    venue_time: Nanos
    received_at: Nanos
    proved_at: Nanos
    sequence: int = 0
    mark: str = ""
    doubt: Doubt | None = None
    lane: LaneId = LaneId("")

    def mirrored(self, contract_id: ContractId) -> "Quote":
        """The same of the complement."""
        return Quote(
            contract_id,
            complement(self.ask),
            self.ask_size,
            complement(self.bid),
            self.bid_size,
            self.venue_time,
            self.received_at,
            self.proved_at,
            self.sequence,
            self.mark,
            self.doubt,
            self.lane,
        )

    def state(self, now: Nanos, fresh_within: int) -> State:
        """Whether it may be used. `fresh_within`: nanoseconds."""
        if self.doubt is not None:
            return "quarantined"
        return "fresh" if now - self.proved_at <= fresh_within else "stale"


class Ladder(msgspec.Struct, frozen=True):
    """A whole book at one moment, the best level first on both sides."""

    listed: Listed
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    venue_time: Nanos
    received_at: Nanos
    proved_at: Nanos
    sequence: int = 0
    mark: str = ""
    doubt: Doubt | None = None
    lane: LaneId = LaneId("")
    doubted_at: Nanos = Nanos(0)  # since when; 0 when it is not

    def mirrored(self) -> "Ladder":
        """The same in terms of the complement."""
        return msgspec.structs.replace(self, bids=mirrored_levels(self.asks), asks=mirrored_levels(self.bids))


def complement(price: Price | None) -> Price | None:
    """What the other contract costs when this one costs so much."""
    return None if price is None else Price(ONE_DOLLAR - price)


def mirrored_levels(levels: Sequence[Level]) -> tuple[Level, ...]:
    """Bids for one contract as asks for the other, or the reverse; their order stays best first."""
    return tuple((Price(ONE_DOLLAR - price), size) for price, size in levels)


def lane_id(venue: str, number: int, opened_at: Nanos) -> LaneId:
    """The name of a lane. No other process gives the same one: what others remember of a lane of the process before
    would seem proved by ours."""
    return LaneId(f"{venue}:{number}:{opened_at // MILLISECOND:x}")


def book_id(venue: VenueId, market_id: MarketId) -> BookId:
    """The book of a market."""
    return BookId(f"{venue}:{market_id}")
