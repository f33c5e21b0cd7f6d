"""What a plan makes of markets: levels, prices and rules that are held for a while, whatever the makers think."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

import msgspec

from app.sandbox.fees import Fees
from app.sandbox.markets import Market, Venue


class Held(msgspec.Struct, frozen=True):
    """The levels of one market between two moments (unix milliseconds); price → size, best first."""

    market_id: str
    start: int
    end: int
    bids: dict[int, int]
    asks: dict[int, int]


class Priced(msgspec.Struct, frozen=True):
    """A chance between two moments (unix milliseconds): of one market, or of a game's home side to win."""

    start: int
    end: int
    chance: float
    market_id: str = ""
    game_id: str = ""
    venue: Venue | None = None  # none: both


class Worded(msgspec.Struct, frozen=True):
    """The rules text of one market between two moments (unix milliseconds); `is_secondary`: Kalshi's fine print."""

    market_id: str
    start: int
    end: int
    text: str
    is_secondary: bool = False


class Charged(msgspec.Struct, frozen=True):
    """The fees of one market between two moments (unix milliseconds)."""

    market_id: str
    start: int
    end: int
    fees: Fees


class Acts(msgspec.Struct, frozen=True):
    """Everything that a plan holds; of what is held twice for one market, the first counts."""

    held: Sequence[Held] = ()
    priced: Sequence[Priced] = ()
    worded: Sequence[Worded] = ()
    charged: Sequence[Charged] = ()


NO_ACTS = Acts()


class Script:
    """What is held when."""

    def __init__(self, acts: Acts = NO_ACTS) -> None:
        self._held: dict[str, list[Held]] = {}
        self._priced: Sequence[Priced] = ()
        self._worded: dict[str, list[Worded]] = {}
        self._charged: dict[str, list[Charged]] = {}
        self.add(acts)

    def add(self, acts: Acts) -> None:
        """Hold these, too; they count before those that were there."""
        _put_first(acts.held, self._held)
        self._priced = (*acts.priced, *self._priced)
        _put_first(acts.worded, self._worded)
        _put_first(acts.charged, self._charged)

    def held(self, market: Market, now: int) -> Held | None:
        """The levels to show now, if they are held."""
        return next(_in_force(self._held.get(market.id, ()), now), None)

    def chance(self, market: Market, now: int) -> float | None:
        """What this market is to be worth now, if that is held."""
        found = (one.chance for one in _in_force(self._priced, now) if one.market_id == market.id)
        return next(found, None)

    def home_chance(self, game_id: str, venue: Venue, now: int) -> float | None:
        """How likely a venue is to think the home side's win now, if that is held."""
        priced = _in_force(self._priced, now)
        found = (one.chance for one in priced if one.game_id == game_id and one.venue in (None, venue))
        return next(found, None)

    def rules(self, market: Market, now: int) -> str | None:
        """What this market's rules say now, if that is held."""
        return self._text(market, now, is_secondary=False)

    def fine_print(self, market: Market, now: int) -> str | None:
        """What its secondary rules say now, if that is held."""
        return self._text(market, now, is_secondary=True)

    def fees(self, market: Market, now: int) -> Fees | None:
        """What this market charges now, if that is held."""
        return next((one.fees for one in _in_force(self._charged.get(market.id, ()), now)), None)

    def next_turn(self, market: Market, now: int) -> int | None:
        """When levels of this market are next held, or let go."""
        turns = (turn for one in self._held.get(market.id, ()) for turn in (one.start, one.end))
        return min((turn for turn in turns if turn > now), default=None)

    def _text(self, market: Market, now: int, *, is_secondary: bool) -> str | None:
        worded = _in_force(self._worded.get(market.id, ()), now)
        return next((one.text for one in worded if one.is_secondary == is_secondary), None)


Span = TypeVar("Span", Held, Priced, Worded, Charged)
OfMarket = TypeVar("OfMarket", Held, Worded, Charged)


def _in_force(acts: Sequence[Span], now: int) -> Iterator[Span]:
    return (one for one in acts if one.start <= now < one.end)


def _put_first(acts: Sequence[OfMarket], known: dict[str, list[OfMarket]]) -> None:
    for one in reversed(acts):
        known.setdefault(one.market_id, []).insert(0, one)
