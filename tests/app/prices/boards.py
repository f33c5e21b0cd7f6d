"""Boards and what they are told, for tests: a moment is a whole number of milliseconds."""

from app.domain.games import GameId
from app.domain.inputs import Added, Followed, Replaced, Shown, Snapshot
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.money import Price, Size
from app.domain.prices import CENT_GRID, MILLISECOND, SECOND, BookId, Grid, LaneId, Level, Listed, Nanos
from app.prices.board import Board

BOOK = BookId("kalshi:T")
YES, NO = ContractId("kalshi:T:yes"), ContractId("kalshi:T:no")
LISTED = Listed(BOOK, VenueId("kalshi"), MarketId("T"), GameId("1"), YES, NO)
LANE = LaneId("kalshi:1")
ONE = Size(1_000_000)


def at(milliseconds: int) -> Nanos:
    return Nanos(1_000 * SECOND + milliseconds * MILLISECOND)


def levels(*pairs: tuple[int, int]) -> tuple[Level, ...]:
    """Cents and contracts."""
    return tuple((Price(cents * 100), Size(count * ONE)) for cents, count in pairs)


def followed(now: int = 0, grid: Grid = CENT_GRID, listed: Listed = LISTED) -> Followed:
    return Followed(listed, grid, at(now))


def snapshot(bids: tuple[Level, ...], asks: tuple[Level, ...], now: int = 0, lane: LaneId = LANE) -> Snapshot:
    return Snapshot(BOOK, lane, bids, asks, at(now), at(now), 1)


def added(is_bid: bool, cents: int, count: int, now: int = 0, sequence: int = 2) -> Added:
    return Added(BOOK, is_bid, Price(cents * 100), count * ONE, at(now), at(now), sequence)


def replaced(is_bid: bool, cents: int, count: int, now: int = 0, *, has_more: bool = False) -> Replaced:
    return Replaced(BOOK, is_bid, Price(cents * 100), Size(count * ONE), at(now), at(now), 0, "", has_more)


def shown(bids: tuple[Level, ...], asks: tuple[Level, ...], asked: int, now: int | None = None) -> Shown:
    return Shown(BOOK, bids, asks, at(asked), at(asked + 5 if now is None else now))


def open_board(now: int = 0) -> Board:
    """One book with 40 bid and 45 asked, ten contracts each, and one more level behind either."""
    board = Board(5 * SECOND)
    board.follow(followed(now))
    board.load(snapshot(levels((40, 10), (39, 5)), levels((45, 10), (46, 5)), now))
    return board
