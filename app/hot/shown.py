"""Prices as other processes and people see them: JSON with decimal strings, times in RFC 3339, levels best first.

What is written says how old it was then; whoever reads it works that out anew from `proved_at`, and from what the lane
has carried since (`seen`).
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import TypeVar

import msgspec

from app.domain.games import GameId
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.money import Price, price, price_text, size, size_text
from app.domain.prices import (
    FINEST_GRID,
    MILLISECOND,
    BookId,
    Doubt,
    Grid,
    Ladder,
    LaneId,
    Level,
    Listed,
    Nanos,
    Quote,
    State,
    Step,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

shown_price = cache(price_text)
shown_size = lru_cache(1 << 16)(size_text)
_read_price = cache(price)
_read_size = lru_cache(1 << 16)(size)

LevelShown = tuple[str, str]  # price, size
StepShown = tuple[Price, Price, int]  # from, to, and the step between; in 1/10,000 dollar
Shown = TypeVar("Shown", "QuoteShown", "BookShown")


class QuoteShown(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Best bid and ask of one contract. `flush`: grows with each writing of a venue's prices, also over restarts; of
    two quotes of one contract the one with the smaller number is older."""

    contract_id: ContractId
    venue: VenueId
    market_id: MarketId
    game_id: GameId
    bid: str | None = None
    bid_size: str | None = None
    ask: str | None = None
    ask_size: str | None = None
    venue_time: datetime | None = None
    received_at: datetime | None = None  # of the last change; None before the first
    proved_at: datetime | None = None
    age_ms: int | None = None  # since the proof
    state: State
    doubt: Doubt | None = None
    sequence: int = 0
    mark: str = ""
    lane: LaneId = LaneId("")
    flush: int = 0


class PricesUpdate(msgspec.Struct, frozen=True, tag="prices", tag_field="type"):
    """Quotes of one game that have changed."""

    game_id: GameId
    at: datetime
    flush: int
    quotes: Sequence[QuoteShown]


class BookShown(msgspec.Struct, frozen=True, kw_only=True, tag="book", tag_field="type"):
    """One market's book in terms of its first contract; `second` costs one dollar less. `bids_beyond`, `asks_beyond`:
    levels that are not shown."""

    book_id: BookId
    venue: VenueId
    market_id: MarketId
    game_id: GameId
    first: ContractId
    second: ContractId | None = None
    bids: Sequence[LevelShown]
    asks: Sequence[LevelShown]
    bids_beyond: int = 0
    asks_beyond: int = 0
    venue_time: datetime | None = None
    received_at: datetime | None = None
    proved_at: datetime | None = None
    age_ms: int | None = None
    state: State
    doubt: Doubt | None = None
    doubted_at: datetime | None = None
    sequence: int = 0
    mark: str = ""
    lane: LaneId = LaneId("")
    flush: int = 0
    grid: Sequence[StepShown] = ()  # where its prices may lie; none: nobody has said

    @property
    def listed(self) -> Listed:
        return Listed(self.book_id, self.venue, self.market_id, self.game_id, self.first, self.second)


class LanesUpdate(msgspec.Struct, frozen=True, tag="lanes", tag_field="type"):
    """When each lane of a venue last carried data, in nanoseconds UTC; lanes that are cut off are not here. Said once a
    second: a venue of which it is not said has nobody who holds its sockets."""

    venue: VenueId
    at: datetime
    flush: int
    lanes: Mapping[LaneId, Nanos]


def quote_shown(listed: Listed, quote: Quote, now: Nanos, fresh_within: int, flush: int = 0) -> QuoteShown:
    """A quote of one of a market's two contracts. `fresh_within`: nanoseconds."""
    proved_at = quote.proved_at if quote.received_at else Nanos(0)  # nothing is proved before the first snapshot
    return QuoteShown(
        contract_id=quote.contract_id,
        venue=listed.venue,
        market_id=listed.market_id,
        game_id=listed.game_id,
        bid=None if quote.bid is None else shown_price(quote.bid),
        bid_size=None if quote.bid is None else shown_size(quote.bid_size),
        ask=None if quote.ask is None else shown_price(quote.ask),
        ask_size=None if quote.ask is None else shown_size(quote.ask_size),
        venue_time=moment(quote.venue_time),
        received_at=moment(quote.received_at),
        proved_at=moment(proved_at),
        age_ms=age_ms(proved_at, now),
        state=quote.state(now, fresh_within),
        doubt=quote.doubt,
        sequence=quote.sequence,
        mark=quote.mark,
        lane=quote.lane,
        flush=flush,
    )


def book_shown(
    ladder: Ladder, now: Nanos, fresh_within: int, depth: int, flush: int = 0, grid: Grid = FINEST_GRID
) -> BookShown:
    """The `depth` best levels of both sides."""
    listed = ladder.listed
    proved_at = ladder.proved_at if ladder.received_at else Nanos(0)
    is_fresh = now - ladder.proved_at <= fresh_within
    return BookShown(
        book_id=listed.book_id,
        venue=listed.venue,
        market_id=listed.market_id,
        game_id=listed.game_id,
        first=listed.first,
        second=listed.second,
        bids=levels_shown(ladder.bids[:depth]),
        asks=levels_shown(ladder.asks[:depth]),
        bids_beyond=max(0, len(ladder.bids) - depth),
        asks_beyond=max(0, len(ladder.asks) - depth),
        venue_time=moment(ladder.venue_time),
        received_at=moment(ladder.received_at),
        proved_at=moment(proved_at),
        age_ms=age_ms(proved_at, now),
        state="quarantined" if ladder.doubt else "fresh" if is_fresh else "stale",
        doubt=ladder.doubt,
        doubted_at=moment(ladder.doubted_at),
        sequence=ladder.sequence,
        mark=ladder.mark,
        lane=ladder.lane,
        flush=flush,
        grid=list(_grid_shown(grid)),
    )


def seen(shown: Shown, lanes: Mapping[LaneId, Nanos], now: Nanos, fresh_within: int) -> Shown:
    """The same as it is at reading time: proved by what its lane has carried since. `fresh_within`: nanoseconds."""
    proved_at = max(nanos(shown.proved_at), lanes.get(shown.lane, 0))
    state: State = shown.state
    if state in ("fresh", "stale"):
        state = "fresh" if now - proved_at <= fresh_within else "stale"
    return msgspec.structs.replace(
        shown, proved_at=moment(Nanos(proved_at)), age_ms=age_ms(Nanos(proved_at), now), state=state
    )


@lru_cache(1 << 13)  # a book's two quotes share their times, and a lane's books their proof
def moment(at: Nanos) -> datetime | None:
    """To the microsecond; None for never."""
    return EPOCH + timedelta(microseconds=at // 1000) if at else None


def nanos(at: datetime | None) -> Nanos:
    """The reverse, exactly."""
    return Nanos(0) if at is None else Nanos((at - EPOCH) // MICROSECOND * 1000)


def age_ms(proved_at: Nanos, now: Nanos) -> int | None:
    """Since the last proof; None when there was none."""
    return max(0, now - proved_at) // MILLISECOND if proved_at else None


def levels_shown(levels: Sequence[Level]) -> list[LevelShown]:
    """Levels as others see them."""
    return [(shown_price(price), shown_size(size)) for price, size in levels]


def grid_of(shown: Sequence[StepShown]) -> Grid:
    """Where prices may lie; anywhere, when nobody has said."""
    return _read_grid(tuple(shown)) if shown else FINEST_GRID


@cache  # venues have a handful
def _read_grid(steps: tuple[StepShown, ...]) -> Grid:
    return Grid(tuple(Step(*step) for step in steps))


@cache
def _grid_shown(grid: Grid) -> Sequence[StepShown]:
    return tuple((step.start, step.end, step.step) for step in grid.steps)


def levels_of(shown: Sequence[LevelShown]) -> tuple[Level, ...]:
    """Levels as the trading core takes them."""
    return tuple((_read_price(price), _read_size(size)) for price, size in shown)
